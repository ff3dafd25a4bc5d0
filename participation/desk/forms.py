"""What may arrive on the workbench: one row of the table a contribution or point, a change, a question's answer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from participation.answers.draft import Draft
from participation.answers.model import Answer
from participation.answers.text_block import unfilled
from participation.contributions.model import Contribution, Point
from participation.foundation.forms import StaffForm, choices, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.rules.kinds import ChangeCause
from participation.rules.outcomes import PREFILLED, REFUSING, Recommendation, reason_missing
from participation.themes.model import Theme

#: What an answer says; a new one takes all of it over from an earlier one but the assessment of its own case.
SAID = ("words", "recommendation", "reason", "alternative", "passed_on_to", "professional_reason", "assessed_by")
COPIED = SAID[:5]


def _maybe(value: str | None) -> Recommendation | None:
    return Recommendation(value) if value else None


def row_of(kept: Answer | None, resume: str = "") -> dict[str, Any]:
    """What a row shows before anybody types: the answer and the resumé that are kept."""
    shown = Answer(**dict.fromkeys(SAID, "") | {"recommendation": None}, version=0) if kept is None else kept
    names = (*SAID, "version")
    return {"resume": resume, **{name: getattr(shown, name) for name in names}}


class RowForm(Form):
    """One row: resumé, remarks, recommendation and its reason."""

    resume = TextAreaField(_l("Resumé"), [plain], filters=[stripped])
    words = TextAreaField(_l("Forvaltningens bemærkninger"), [plain], filters=[stripped])
    recommendation = SelectField(_l("Indstilling"), coerce=_maybe)
    reason = TextAreaField(_l("Begrundelse"), [plain], filters=[stripped])
    alternative = TextAreaField(_l("Det kan vi i stedet"), [plain], filters=[stripped])
    passed_on_to = StringField(_l("Sendt videre til"), [validators.Length(max=160), plain], filters=[stripped])
    professional_reason = TextAreaField(_l("Faglig vurdering"), [plain], filters=[stripped])
    assessed_by = StringField(_l("Vurderet af"), [validators.Length(max=160), plain], filters=[stripped])
    same_as = IntegerField(_l("Samme svar som nr."), [validators.Optional()])
    version = IntegerField(widget=HiddenField.widget, default=0)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.recommendation.choices = [SelectChoice("", _l("Vælg")), *choices(Recommendation)]

    def complete(self) -> None:
        """Fill in what a planner need not write where nothing is refused."""
        chosen = self.recommendation.data
        if chosen is not None and chosen not in REFUSING:
            self.reason.data = self.reason.data or PREFILLED[chosen]
            self.words.data = self.words.data or PREFILLED[chosen]

    def validate_reason(self, field: TextAreaField) -> None:
        """A no has its reason (FU-08)."""
        if self.recommendation.data and reason_missing(self.recommendation.data, field.data or ""):
            raise validators.ValidationError(
                str(_l("Skriv en begrundelse, når svaret er nej, delvist eller ikke kan afgøres i denne sag."))
            )
        self._all_filled(field)

    def validate_words(self, field: TextAreaField) -> None:
        """A no has its remarks, too."""
        if self.recommendation.data in REFUSING and not field.data:
            raise validators.ValidationError(str(_l("Skriv, hvad vi svarer.")))
        self._all_filled(field)

    def validate_alternative(self, field: TextAreaField) -> None:
        """No citizen is offered a place to fill in."""
        self._all_filled(field)

    def validate_assessed_by(self, field: StringField) -> None:
        """No anonymous assessor (RE-31)."""
        if self.professional_reason.data and not field.data:
            raise validators.ValidationError(str(_l("Skriv, hvilken enhed der har givet den faglige vurdering.")))

    @staticmethod
    def _all_filled(field: TextAreaField) -> None:
        if places := unfilled(field.data or ""):
            raise validators.ValidationError(_("Udfyld først: %(places)s", places=", ".join(places)))

    def draft(self, about: Theme | Contribution | Point, kept: Answer | None) -> Draft:
        """What was typed, as an answer to keep; what the form does not show stays as it is kept."""
        return Draft(
            about=about,
            words=self.words.data or "",
            recommendation=self.recommendation.data,
            reason=self.reason.data or "",
            alternative=self.alternative.data or "",
            professional_reason=self._shown(self.professional_reason, kept),
            assessed_by=self._shown(self.assessed_by, kept),
            passed_on_to=self.passed_on_to.data or "",
            version=self.version.data or 0,
        )

    def copy_from(self, other: "RowForm") -> None:
        """Give the same answer as another row."""
        for name in COPIED:
            self[name].data = other[name].data

    def begin_from(self, earlier: Answer) -> None:
        """Take over what an earlier answer says; nothing is kept before the planner saves it."""
        for name in COPIED:
            self[name].data = getattr(earlier, name)

    def assessed(self, words: str, unit: str) -> None:
        """Put a professional assessment in, after what stands there, with the unit that gave it (RE-31)."""
        field, by = self.professional_reason, self.assessed_by
        if words.strip() not in (field.data or ""):
            field.data = "\n\n".join(part for part in (field.data, words.strip()) if part)
        if unit not in (by.data or ""):
            by.data = ", ".join(part for part in (by.data, unit) if part)[:160]

    def newer(self, version: int) -> None:
        """The planner has seen a colleague's version: saving once more is a choice, and the other one is kept."""
        self.version.data, self.version.raw_data = version, None

    @staticmethod
    def _shown(field: StringField, kept: Answer | None) -> str:
        """What was typed in a field, or what is kept where the page did not show it."""
        if field.raw_data or kept is None:
            return field.data or ""
        return str(getattr(kept, field.short_name))


class QuestionForm(StaffForm):
    """The answer to a question."""

    words = TextAreaField(
        _l("Svar"), [validators.InputRequired(_l("Skriv et svar, før du sender det.")), plain], filters=[stripped]
    )
    publish = BooleanField(_l("Vis spørgsmål og svar på projektets side"), default=True)


class ChangeForm(StaffForm):
    """A change in the material."""

    place = StringField(
        _l("Sted i materialet"),
        [validators.InputRequired(_l("Skriv stedet, for eksempel § 5.2, side 14.")), validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("For eksempel: § 5.2, side 14."),
    )
    before = TextAreaField(_l("Det stod der"), [plain])
    after = TextAreaField(_l("Det skal der stå"), [plain])
    cause = SelectField(_l("Årsag"), coerce=ChangeCause, choices=choices(ChangeCause))
    answers = SelectMultipleField(
        _l("Svar, der gav ændringen"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput()
    )

    def validate_after(self, field: TextAreaField) -> None:
        """One of the two must say something."""
        if not (field.data or "").strip() and not (self.before.data or "").strip():
            raise validators.ValidationError(str(_l("Skriv, hvad der stod før, eller hvad der skal stå.")))


class TextBlockForm(StaffForm):
    """A text block of a department."""

    title = StringField(
        _l("Titel"),
        [validators.InputRequired(_l("Skriv en titel.")), validators.Length(max=80), plain],
        filters=[stripped],
    )
    words = TextAreaField(
        _l("Tekst"),
        [validators.InputRequired(_l("Skriv teksten.")), validators.Length(max=8000), plain],
        filters=[stripped],
    )


class TiesForm(StaffForm):
    """Where a person lives and is a member, one a line."""

    addresses = TextAreaField(
        _l("Hvor bor du?"),
        [validators.Length(max=2000), plain],
        description=_l("Vej og nummer, én adresse på hver linje. Også et sommerhus eller en ejendom, du ejer."),
    )
    organisations = TextAreaField(
        _l("Hvilke foreninger og firmaer er du med i?"),
        [validators.Length(max=4000), plain],
        description=_l("Én på hver linje, for eksempel din grundejerforening eller din ægtefælles firma."),
    )


class RecuseForm(StaffForm):
    """Who takes over when somebody stands aside."""

    substitute = SelectField(_l("Hvem tager over?"), coerce=int)


class DifferenceForm(StaffForm):
    """Why points that ask for the same are advised differently."""

    words = TextAreaField(
        _l("Hvorfor er de behandlet forskelligt?"),
        [
            validators.InputRequired(_l("Skriv, hvorfor de er behandlet forskelligt.")),
            validators.Length(max=4000),
            plain,
        ],
        filters=[stripped],
        description=_l(
            "Skriv den saglige forskel, for eksempel stedet eller reglen. Den bliver gemt som notat i sagen."
        ),
    )
