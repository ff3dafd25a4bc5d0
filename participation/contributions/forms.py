"""What may arrive from citizens. A wrong form keeps every typed word."""

from collections.abc import Sequence
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
from participation.contributions.map_forms import MapFields
from participation.contributions.point_out import first_words, paragraphs, place_of, ref
from participation.contributions.receive import Sender, Sent, private_details
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
from participation.rules.kinds import APART, PRIVATE, Capacity, Kind, Sign, Stance, TextSource

#: As a form lists them: nothing said comes first.
STANCES = (Stance.NONE, Stance.FOR, Stance.AGAINST, Stance.MIXED)
TOO_QUICK = timedelta(seconds=2)


class WriteForm(MapFields, CitizenForm):
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
    represents = StringField(
        _l("På vegne af"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("Navnet på den, du skriver for."),
    )
    authority = StringField(
        _l("Aftale om det"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("For eksempel: Jeg har fuldmagt fra min mor."),
    )
    place = StringField(
        _l("Sted"),
        [validators.Length(max=200), plain],
        filters=[stripped],
        description=_l("For eksempel: krydset ved kirken."),
    )
    need = TextAreaField(
        _l("Hvad har du brug for?"), [plain], description=_l("For eksempel: Mine børn skal kunne cykle i skole.")
    )
    wish = TextAreaField(_l("Hvad foreslår du?"), [plain], description=_l("Det, du helst vil have os til at gøre."))
    alternative = TextAreaField(
        _l("Et alternativ"), [plain], description=_l("En anden løsning end den, der står i forslaget.")
    )
    material_place = StringField(
        _l("Sted i materialet"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("For eksempel: § 5.2, side 14."),
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
        self.about.choices = [(ref(one), place_of(one.number, one.title)) for one in self.paragraphs]
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
        return not problems

    @property
    def apart(self) -> tuple[tuple[TextSource, str], ...]:
        """What is said under a heading of its own; a question has none."""
        if self.kind is Kind.QUESTION:
            return ()
        given = zip(APART, (self.need.data, self.wish.data, self.alternative.data), strict=True)
        return tuple((source, words) for source, words in given if words and markup.visible(words).strip())

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
        fields = (self.name, self.organisation, self.represents, self.authority, self.place, self.material_place)
        found: list[tuple[Field, int]] = [(self.words, one.line) for one in cpr_numbers(self.words.data or "")]
        said = (self.need, self.wish, self.alternative)
        found += [(field, 0) for field in (*said, *fields) if cpr_numbers(field.data or "")]
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
                represents=self.represents.data,
                authority=self.authority.data,
                show_name=self.show_name.data,
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


class OwnForm(CitizenForm):
    """New words for one's own contribution; the session's token guards it."""

    words = TextAreaField(_l("Det, du vil have til at stå"))
    #: As in `WriteForm`.
    tell_first = HiddenField()

    def numbers_found(self) -> list[tuple[Field, int]]:
        """Where the words hold what looks like a CPR number: the field and the line."""
        return [(self.words, one.line) for one in cpr_numbers(self.words.data or "")]

    def validate_words(self, field: TextAreaField) -> None:
        """Something must be said, and it must be possible to keep it exactly."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
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
}
