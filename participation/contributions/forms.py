"""What may arrive from citizens. A wrong form keeps every typed word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import request, session
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from stdnum.dk import cvr
from stdnum.exceptions import ValidationError as InvalidNumber
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)

from participation.contributions.attach import ENDINGS, MOST_FILES
from participation.contributions.company_forms import CompanyFields
from participation.contributions.correct import Where
from participation.contributions.map_forms import set_on_map
from participation.contributions.model import Contribution
from participation.contributions.point_out import first_words, paragraphs, place_of, ref
from participation.contributions.receive import Sender, Sent, private_details
from participation.contributions.said_forms import SaidFields
from participation.foundation import files, markup
from participation.foundation.files import Refused, Stored
from participation.foundation.forms import (
    OLD_KEY,
    SENT_FROM_ELSEWHERE,
    CitizenForm,
    StaffForm,
    choices,
    fresh_key,
    read_key,
    same_origin,
    stripped,
)
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.personal import Detail, cpr_numbers
from participation.rules.kinds import PRIVATE, Capacity, Kind, Sign, Stance

#: As a form lists them: nothing said comes first.
STANCES = (Stance.NONE, Stance.FOR, Stance.AGAINST, Stance.MIXED)
TOO_QUICK = timedelta(seconds=2)


class WriteForm(SaidFields, CompanyFields, CitizenForm):
    """The one form of a citizen: the words, an address for the answer, and the rest closed under "Tilføj mere"."""

    #: Paragraphs of the material, by piece and number: ``12.3``.
    about = SelectMultipleField(_l("Du skriver om"), name="afsnit", validate_choice=False)
    words = TextAreaField(_l("Dit høringssvar"))
    email = EmailField(
        _l("E-mail"),
        [
            validators.Optional(),
            validators.Email(
                _l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk. Eller lad feltet stå tomt.")
            ),
            validators.Length(max=254),
        ],
        filters=[stripped],
    )
    name = StringField(_l("Navn"), [validators.Length(max=160), plain], filters=[stripped])
    show_name = BooleanField(_l("Vis mit navn på siden"))
    stance = SelectField(
        _l("For eller imod"),
        coerce=Stance,
        default=Stance.NONE,
        description=_l("Vi læser dine ord, uanset hvad du vælger."),
    )
    capacity = SelectField(_l("Jeg skriver som"), coerce=Capacity, default=Capacity.CITIZEN)
    organisation = StringField(
        _l("Forening, virksomhed eller myndighed"), [validators.Length(max=160), plain], filters=[stripped]
    )
    cvr = StringField(
        _l("CVR-nummer"),
        [validators.Length(max=20), plain],
        filters=[stripped],
        description=_l("Otte cifre. Kun for en virksomhed eller forening, der har et."),
    )
    files = MultipleFileField(
        _l("Filer"),
        description=_l(
            "PDF, Word, tekst eller billede. Højst 10 filer på 20 MB hver. Kun medarbejdere ser dem."
            " På siden viser vi højst en kopi, hvor det private er dækket."
        ),
    )
    key = HiddenField()
    #: Sent by a page that has not yet told what looks like a CPR number; missing from the page that has.
    tell_first = HiddenField()
    #: Hidden from people; only a robot fills it. It raises a flag and refuses nothing.
    website = StringField(_l("Lad dette felt stå tomt"))

    def __init__(self, *args: object, purpose: str, kind: Kind, project_id: int = 0, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.purpose, self.kind = purpose, kind
        self.paragraphs, self.not_there = paragraphs(project_id, self.about.data or ())
        self.about.data = [ref(one) for one in self.paragraphs]
        self.about.choices = [(ref(one), place_of(one.words, one.number, one.title)) for one in self.paragraphs]
        self.stored: list[Stored] = []
        self.capacity.choices = choices(Capacity)
        self.stance.choices = choices(STANCES)
        if not self.key.data:
            self.key.data = fresh_key(purpose)

    def validate_about(self, field: SelectMultipleField) -> None:
        """What is pointed at stands in this project's material; what does not is taken away and told."""
        if self.not_there:
            raise ValidationError(self.not_there)

    def validate_words(self, field: TextAreaField) -> None:
        """Something must be said, here or under a heading of its own, and it must be possible to keep it exactly."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            if self.apart:
                field.data = ""
                return
            raise ValidationError(gettext("Skriv, hvad du mener, før du sender."))
        plain(self, field)

    def validate_organisation(self, field: StringField) -> None:
        """Whoever speaks for others says for whom."""
        if self.capacity.data not in PRIVATE and not field.data:
            raise ValidationError(gettext("Skriv navnet på den forening, virksomhed eller myndighed, du skriver for."))

    def validate_cvr(self, field: StringField) -> None:
        """One that can exist, or none; it goes with an organisation."""
        if self.capacity.data not in PRIVATE:
            field.data = cvr_number(field.data or "")

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, the signed key and where the form came from; a stale key is replaced by a fresh one.

        The files are kept last, when all the rest is fine, and before anything is written.
        """
        fine = super().validate(extra_validators)
        signed = read_key(self.key.data or "", self.purpose)
        if signed is None:
            self.key.data, self.key.errors = fresh_key(self.purpose), [str(OLD_KEY)]
        elif not same_origin():
            self.key.errors = [str(SENT_FROM_ELSEWHERE)]
        return fine and signed is not None and same_origin() and self._keep_files()

    def _keep_files(self) -> bool:
        self.stored, problems = keep_files(self.files.data or ())
        if problems:
            self.files.errors = problems
        return not problems and keep_authority(self)

    @property
    def takes_offer(self) -> bool:
        """Whether people say what they can do themselves: with a proposal."""
        return self.kind is Kind.PROPOSAL

    @property
    def is_question(self) -> bool:
        """Whether it is a question, which has words alone."""
        return self.kind is Kind.QUESTION

    @property
    def first_words(self) -> dict[str, str]:
        """What each chosen paragraph begins with, by the value of its box."""
        return {ref(one): first_words(one.words) for one in self.paragraphs}

    @property
    def takes_side(self) -> bool:
        """Whether the sender has said what they think of it."""
        return self.stance.data is not Stance.NONE

    def numbers_found(self) -> list[tuple[Field, int]]:
        """Where something looks like a CPR number: the field, and the line in the words; 0 in the others."""
        fields = (self.name, self.organisation)
        found: list[tuple[Field, int]] = [(self.words, one.line) for one in cpr_numbers(self.words.data or "")]
        found += [(field, 0) for field in fields if cpr_numbers(field.data or "")] + self.numbers_said()
        found += [(field, 0) for field in self.numbers_in_company()]
        sent = (one.filename or "" for one in self.files.data or () if one)
        return found + [(self.files, 0) for name in sent if cpr_numbers(name)]

    def details_found(self) -> list[tuple[int, str]]:
        """What else looks private in the words: the line and what stands there, for the page that shows it before."""
        name, show_name = self.name.data or "", bool(self.show_name.data)
        return [
            (one.line, words[one.start : one.end])
            for words in (self.words.data or "", *(words for _source, words in self.apart))
            for one in private_details(words, name, show_name)
            if one.detail is not Detail.CPR
        ]

    def sent(self, received_at: datetime) -> Sent:
        """What came in, for the verb."""
        key, made_at = read_key(self.key.data or "", self.purpose) or ("", received_at)
        return Sent(
            words=self.words.data,
            kind=self.kind,
            received_at=received_at,
            key=key,
            language=str(get_locale() or "da"),
            stance=self.stance.data if self.kind is not Kind.QUESTION else Stance.NONE,
            material_place=self.material_place.data,
            about=self.paragraphs,
            apart=self.apart,
            **self.told_place(self.place.data),
            signs=(
                *((Sign.HIDDEN_FIELD,) if self.website.data else ()),
                *((Sign.TOO_QUICK,) if received_at - made_at < TOO_QUICK else ()),
            ),
            came_from=request.remote_addr or "",
            files=tuple(self.stored),
            draft=session.get("drafts", {}).get(self.purpose, ""),
            sender=Sender(
                name=self.name.data,
                email=self.email.data,
                organisation=self.organisation.data if self.capacity.data not in PRIVATE else "",
                capacity=self.capacity.data,
                cvr=self.cvr.data if self.capacity.data not in PRIVATE else "",
                show_name=self.show_name.data,
                **self.company(),
            ),
        )


def cvr_number(typed: str) -> str:
    """The eight digits of a CVR number however it is written; empty where nothing is.

    Raises:
        ValidationError: it is not eight digits, or the last does not fit the others (modulus 11).
    """
    if not typed.strip():
        return ""
    try:
        return str(cvr.validate(typed))
    except InvalidNumber as no:
        raise ValidationError(
            gettext("Det er ikke et CVR-nummer. Se efter, om de otte cifre er rigtige, eller lad feltet stå tomt.")
        ) from no


def keep_files(sent: Sequence[FileStorage]) -> tuple[list[Stored], list[str]]:
    """Keep files that were sent along; with one Danish sentence for each that cannot be."""
    named = [one for one in sent if one and one.filename]
    if len(named) > MOST_FILES:
        return [], [gettext("Du kan højst sende %(num)s filer. Saml nogle af dem i én fil.", num=MOST_FILES)]
    stored, problems = [], []
    for one in named:
        name = one.filename or ""
        if not name.lower().endswith(ENDINGS):
            problems.append(
                gettext(
                    "Vi kan ikke tage imod filen »%(name)s«. Send den som PDF, Word (docx), odt, txt, JPG eller PNG.",
                    name=files.shown_name(name),
                )
            )
            continue
        try:
            stored.append(files.store(one.stream, name))  # type: ignore[arg-type]
        except Refused as no:
            problems.append(no.words)
    return ([], problems) if problems else (stored, [])


def keep_authority(form: CompanyFields) -> bool:
    """Keep the written authority that was sent along; whether that went well, else the field says why not."""
    stored, problems = keep_files([form.authority_file.data])
    form.stored_authority = stored[0] if stored else None
    if problems:
        form.authority_file.errors = problems
    return not problems


class DraftLinkForm(StaffForm):
    """Where the link of a draft is sent; the session's token guards it."""

    email = EmailField(
        _l("E-mail"),
        [
            validators.InputRequired(_l("Skriv den e-mail, vi skal sende linket til.")),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254),
        ],
        filters=[stripped],
    )


class OwnForm(SaidFields, CitizenForm):
    """What can be corrected of one's own contribution, as it stands to begin with; the session's token guards it."""

    words = TextAreaField(_l("Det, du vil have til at stå"))
    #: As in `WriteForm`.
    tell_first = HiddenField()

    def __init__(self, *args: object, own: Contribution, **kwargs: object):
        self.own = own
        self.on_map = set_on_map(own.geometry, own.place, own.project.map)
        place = "" if self.on_map.get("area") else own.place
        apart = {text.source.value: text.words for text in own.apart}
        stands = {"words": own.words, "place": place, "material_place": own.material_place}
        super().__init__(*args, data=stands | apart | self.on_map, **kwargs)
        self.lay(own.project.map if not self.is_question else None)

    @property
    def takes_offer(self) -> bool:
        """Whether people say what they can do themselves: with a proposal."""
        return self.own.kind is Kind.PROPOSAL

    @property
    def is_question(self) -> bool:
        """Whether it is a question, which has words alone."""
        return self.own.kind is Kind.QUESTION

    @property
    def where(self) -> Where | None:
        """What it is to point at; the geometry stays as it is where nobody has touched the map."""
        if self.is_question:
            return None
        before = Where.of(self.own)
        in_words = self.place.data or ""
        if self.map is not None and self._map_moved:
            return Where(**{"material_place": self.material_place.data} | self.told_place(in_words))
        in_words = in_words or self.area.data or ""
        return replace(before, place=in_words, material_place=self.material_place.data or "")

    @property
    def _map_moved(self) -> bool:
        was = self.on_map
        same_shape = not self.corners.data or self.shape.data == was.get("shape")
        same = (self.corners.data or "", self.area.data or "") == (was.get("corners", ""), was.get("area", ""))
        return not (same and same_shape)

    def numbers_found(self) -> list[tuple[Field, int]]:
        """Where something looks like a CPR number: the field, and the line in the words; 0 in the others."""
        found: list[tuple[Field, int]] = [(self.words, one.line) for one in cpr_numbers(self.words.data or "")]
        return found + (self.numbers_said() if not self.is_question else [])

    def validate_words(self, field: TextAreaField) -> None:
        """Something must be said, here or under a heading of its own, and it must be possible to keep it exactly."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            if self.apart:
                field.data = ""
                return
            raise ValidationError(gettext("Skriv noget, eller træk dit svar tilbage i stedet."))
        plain(self, field)


class AppealForm(StaffForm):
    """Why a sender is not content with a step of ours; the session's token guards it."""

    words = TextAreaField(
        _l("Hvorfor skal vi se på det igen?"),
        [
            validators.InputRequired(_l("Skriv, hvorfor du er uenig, så vi kan se på det igen.")),
            validators.Length(max=4000),
            plain,
        ],
    )


LABELS = {
    Kind.RESPONSE: _l("Dit høringssvar"),
    Kind.PROPOSAL: _l("Dit forslag"),
    Kind.QUESTION: _l("Dit spørgsmål"),
    Kind.COMMENT: _l("Din kommentar"),
    Kind.REVISION: _l("Hvorfor foreslår du det?"),
}
