"""What may arrive at the queue: a filter, its name, and what is to be done with many."""

from collections.abc import Sequence
from typing import Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from participation.answers.text_block import unfilled
from participation.foundation.forms import DayField, StaffForm, choices, listed, no_odd_characters, stripped
from participation.foundation.letters.facts import is_address
from participation.people.model import Department, Person
from participation.projects.model import Project
from participation.queue.answer import Said
from participation.queue.ask import Expert
from participation.queue.wanted import State, Wanted
from participation.rules.kinds import Capacity, Channel
from participation.rules.outcomes import PREFILLED, Recommendation, reason_missing
from participation.themes.forms import choices_of
from participation.themes.tree import standing

#: How a state is called on the page.
STATES = {
    State.UNREAD: _l("Ikke læst"),
    State.OPEN: _l("Mangler svar"),
    State.ANSWERED: _l("Har svar"),
    State.OVERDUE: _l("Over datoen og uden svar"),
    State.LATE: _l("Kom efter fristen"),
}
ALL = ("", _l("Alle"))


def recommendation_of(value: str | None) -> Recommendation | None:
    """The recommendation that was chosen, if any."""
    return Recommendation(value) if value else None


class FilterForm(Form):
    """Ways to narrow the queue; sent by GET, so that an address can be kept and shared."""

    q = SearchField(_l("Ord i teksten"))
    tilstand = SelectField(_l("Hvor langt er det?"))
    emne = SelectField(_l("Emne"))
    rolle = SelectField(_l("Hvem skriver?"))
    kanal = SelectField(_l("Hvordan kom det?"))
    hos = SelectField(_l("Hvem har det?"))

    @classmethod
    def filled(cls, wanted: Wanted, project: Project, holders: Sequence[Person]) -> Self:
        """The form as the filter stands, with what there is to choose from in a case."""
        form = cls(data=wanted.args)
        first = listed([ALL])
        form.tilstand.choices = [*first, *listed((state.value, words) for state, words in STATES.items())]
        themes = [*choices_of(standing(project.id)), *listed([(0, _l("Intet emne endnu"))])]
        form.emne.choices = [*first, *themes]
        form.rolle.choices = [*first, *choices(Capacity)]
        form.kanal.choices = [*first, *choices(Channel)]
        people = listed([(0, _l("Ingen")), *((one.id, one.name) for one in holders)])
        form.hos.choices = [*first, *people]
        return form


class NameForm(StaffForm):
    """The name that a filter is kept under."""

    name = StringField(
        _l("Gem filteret som"),
        [validators.InputRequired(_l("Skriv et navn til filteret.")), validators.Length(max=60), no_odd_characters],
        filters=[stripped],
    )


class ActForm(StaffForm):
    """What is to be done with many points, and with which."""

    handling = RadioField(
        _l("Hvad vil du gøre?"),
        choices=listed(
            [
                ("giv", _l("Giv dem til en kollega")),
                ("laest", _l("Markér dem som læst")),
                ("emne", _l("Læg dem i et emne")),
                ("svar", _l("Giv dem det samme svar")),
            ]
        ),
        default="giv",
    )
    til = SelectField(_l("Giv dem til"), coerce=int)
    i_emne = SelectField(_l("Læg dem i"), coerce=int, default=0)
    inden = DayField(_l("Svar senest"), [validators.Optional()])
    hvilke = RadioField(
        _l("Hvilke?"),
        choices=listed([("valgte", _l("Dem, der er valgt på siden")), ("alle", _l("Alle, som filteret viser"))]),
        default="valgte",
    )

    @classmethod
    def for_case(cls, project: Project, holders: Sequence[Person], **given: object) -> Self:
        """The form with those who can be handed something, and the themes there are; ``given`` as for a form."""
        form = cls(**({"formdata": None} | given))
        form.til.choices = listed((one.id, one.name) for one in holders)
        form.i_emne.choices = [*listed([(0, _l("Vælg emne"))]), *choices_of(standing(project.id))]
        return form

    @property
    def hands_out(self) -> bool:
        """Whether points are handed to somebody; else they are marked as read."""
        return bool(self.handling.data == "giv")

    def chosen_person(self, holders: Sequence[Person]) -> Person | None:
        """The person who is to have them."""
        return next((one for one in holders if one.id == self.til.data), None) if self.hands_out else None

    def check(self, ticked: Sequence[int]) -> bool:
        """Something was ticked, and a theme chosen, where that is what was asked."""
        if self.handling.data == "emne" and not self.i_emne.data:
            self.i_emne.errors = [gettext("Vælg det emne, de skal ligge i.")]
            return False
        if self.hvilke.data == "valgte" and not ticked:
            self.hvilke.errors = [gettext("Vælg mindst ét punkt på siden, eller vælg alle.")]
            return False
        return True


class AnswerManyForm(StaffForm):
    """One answer that many points are given, each as its own."""

    words = TextAreaField(
        _l("Forvaltningens bemærkninger"),
        [validators.InputRequired(_l("Skriv, hvad vi svarer.")), no_odd_characters],
        filters=[stripped],
    )
    recommendation = SelectField(
        _l("Indstilling"), [validators.InputRequired(_l("Vælg en indstilling."))], coerce=recommendation_of
    )
    reason = TextAreaField(_l("Begrundelse"), [no_odd_characters], filters=[stripped])
    alternative = TextAreaField(_l("Det kan vi i stedet"), [no_odd_characters], filters=[stripped])
    erstat = BooleanField(_l("Også dem, der har et svar i forvejen"))

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.recommendation.choices = [SelectChoice("", _l("Vælg")), *choices(Recommendation)]

    def validate_words(self, field: TextAreaField) -> None:
        """No citizen is shown a place to fill in."""
        if places := unfilled(field.data or ""):
            raise validators.ValidationError(gettext("Udfyld først: %(places)s", places=", ".join(places)))

    def validate_reason(self, field: TextAreaField) -> None:
        """A no has its reason (FU-08); what is no refusal comes with its own."""
        chosen = self.recommendation.data
        if chosen is not None and reason_missing(chosen, field.data or ""):
            raise validators.ValidationError(
                gettext("Skriv en begrundelse, når svaret er nej, delvist eller ikke kan afgøres i denne sag.")
            )
        if chosen is not None and not field.data:
            field.data = PREFILLED[chosen]

    @property
    def said(self) -> Said:
        """What was typed, as an answer."""
        return Said(
            words=self.words.data or "",
            recommendation=self.recommendation.data,
            reason=self.reason.data or "",
            alternative=self.alternative.data or "",
        )


class AskForm(StaffForm):
    """Who is asked for an assessment, of what, and until when: a department of the municipality, or somebody else."""

    department = SelectField(
        _l("Afdeling i kommunen"),
        description=_l("Vælger du en afdeling, sender vi linket til dens postkasse."),
        validate_choice=False,
    )
    name = StringField(_l("Navn"), [validators.Length(max=120), no_odd_characters], filters=[stripped])
    unit = StringField(
        _l("Afdeling eller myndighed"), [validators.Length(max=160), no_odd_characters], filters=[stripped]
    )
    email = EmailField(_l("E-mail"), [validators.Length(max=254)], filters=[stripped])
    question = TextAreaField(
        _l("Hvad skal vurderes?"),
        [validators.InputRequired(_l("Skriv, hvad du gerne vil have vurderet.")), no_odd_characters],
        filters=[stripped],
    )
    due_on = DayField(_l("Svar senest"), [validators.InputRequired(_l("Vælg en dag."))])
    shows_names = BooleanField(_l("Vis også, hvem der har skrevet"))

    def __init__(self, *args: object, departments: Sequence[Department], **kwargs: object):
        super().__init__(*args, **kwargs)
        self._departments = {str(one.id): one for one in departments}
        nobody = ("", _l("Ingen af dem. Jeg skriver selv, hvem jeg spørger"))
        self.department.choices = listed([nobody, *((key, one.name) for key, one in self._departments.items())])

    def expert(self) -> Expert:
        """Who is asked; what is typed about a department says who there, else it is its contact."""
        name, unit, email = self.name.data or "", self.unit.data or "", self.email.data or ""
        if (one := self._chosen()) is not None:
            return Expert(name or one.contact_name or one.name, one.name, email or one.email)
        return Expert(name, unit, email)

    def _chosen(self) -> Department | None:
        return self._departments.get(self.department.data or "")

    def validate_name(self, field: StringField) -> None:
        """Somebody is asked."""
        if self._chosen() is None and not field.data:
            raise validators.ValidationError(gettext("Skriv, hvem du spørger."))

    def validate_email(self, field: EmailField) -> None:
        """The link can be sent there."""
        if not field.data and self._chosen() is not None:
            return
        if not field.data:
            raise validators.ValidationError(gettext("Skriv en e-mail, så linket kan sendes."))
        if not is_address(field.data):
            raise validators.ValidationError(gettext("Skriv en e-mail som navn@kommune.dk."))


class AssessForm(StaffForm):
    """The assessment, as it is written."""

    words = TextAreaField(
        _l("Din vurdering"),
        [validators.InputRequired(_l("Skriv din vurdering, før du sender den.")), no_odd_characters],
        filters=[stripped],
    )
