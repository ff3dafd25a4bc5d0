"""What may arrive from staff about contributions: dropped files, what an officer writes down, and how it is handled."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
    ValidationError,
    validators,
)
from wtforms.widgets import HiddenInput

from participation.contributions.block import DAYS
from participation.contributions.company_forms import CompanyFields
from participation.contributions.forms import STANCES, cvr_number, keep_authority, keep_files
from participation.contributions.mask import Area, Place, Words
from participation.contributions.model import Attachment, Contribution
from participation.contributions.point_out import paragraphs
from participation.contributions.receive import Paragraph, Sender, Sent
from participation.contributions.register import voices_of
from participation.contributions.said_forms import SaidFields
from participation.foundation import copies, markup
from participation.foundation.files import Stored
from participation.foundation.forms import StaffForm, choices, listed, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.personal import cpr_numbers, details
from participation.rules import dates
from participation.rules.handling import NEEDS_WORDS, ClearReason, HidingReason, MaskField, MaskReason
from participation.rules.kinds import PRIVATE, Capacity, Channel, Kind, NoteKind, Stance
from participation.rules.levels import Level
from participation.rules.words import danish

#: Ways in where an officer writes down what was said.
_RETOLD = frozenset({Channel.PHONE, Channel.COUNTER, Channel.MEETING})
_NUMBER = re.compile(r"(?a:\d{1,6})")
_CHANNELS = (Channel.PHONE, Channel.LETTER, Channel.COUNTER, Channel.MEETING, Channel.EMAIL)


class ReceivedForm(StaffForm):
    """When something came in, as the officer says: a day, and the clock where it matters."""

    received_on = DateField(_l("Modtaget den"), [validators.Optional()])
    received_at = TimeField(
        _l("Klokken"), [validators.Optional()], description=_l("Kun hvis det er tæt på fristen, for eksempel 14.30.")
    )

    def moment(self, now: datetime) -> datetime | None:
        """The moment that was said; a day without a clock is its first minute, so that the last day is in time."""
        day = self.received_on.data
        if day is None:
            return None
        if self.received_at.data is not None:
            return min(dates.local_moment(day, self.received_at.data), now)
        return now if day == dates.local_day(now) else dates.opens_at(day)

    def held(self, now: datetime) -> datetime:
        """When a meeting was: the day's first minute stands for the day alone, where no clock was said."""
        day, at = self.received_on.data or dates.local_day(now), self.received_at.data
        return min(dates.local_moment(day, at), now) if at is not None else dates.opens_at(day)

    def check_day(self, now: datetime) -> bool:
        """Nothing came in tomorrow."""
        try:
            fine = self.received_on.data is None or self.received_on.data <= dates.local_day(now)
            self.moment(now)
        except dates.NoSuchTime:
            fine = False
        if not fine:
            self.received_on.errors = [gettext("Skriv en dag, der har været.")]
        return fine


def unfit_for_all(notes: str) -> str:
    """Why notes cannot be laid out for everybody as they are; empty where they can."""
    if not (found := details(notes)):
        return ""
    return gettext(
        "Der står noget privat i linje %(line)s, som et navn eller et nummer. Alle kan læse det, så tag det ud.",
        line=found[0].line,
    )


class DropForm(ReceivedForm):
    """Mails and letters, many at once."""

    files = MultipleFileField(_l("Mails og breve"))

    def validate_files(self, field: MultipleFileField) -> None:
        """At least one file."""
        if not any(one and one.filename for one in field.data or ()):
            raise ValidationError(gettext("Vælg mindst én fil."))


class RegisterForm(SaidFields, CompanyFields, ReceivedForm):
    """What came by phone, letter, at the counter or at a meeting, on one screen."""

    channel = SelectField(_l("Kom som"), coerce=Channel, default=Channel.PHONE)
    kind = SelectField(_l("Det er"), coerce=Kind)
    words = TextAreaField(_l("Det, der blev sagt eller skrevet"))
    answered = TextAreaField(
        _l("Besvaret straks"),
        [plain],
        description=_l("Kun til spørgsmål. Skriv, hvad I svarede. Så er det besvaret."),
        filters=[stripped],
    )
    name = StringField(_l("Navn"), [validators.Length(max=160), plain], filters=[stripped])
    email = EmailField(
        _l("E-mail"),
        [
            validators.Optional(),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254),
        ],
        filters=[stripped],
    )
    phone = StringField(_l("Telefon"), [validators.Length(max=40), plain], filters=[stripped])
    address = StringField(_l("Adresse"), [validators.Length(max=300), plain], filters=[stripped])
    wants_post = BooleanField(_l("Vil have svar med posten"))
    capacity = SelectField(_l("Skriver som"), coerce=Capacity, default=Capacity.CITIZEN)
    organisation = StringField(
        _l("Forening, virksomhed eller myndighed"), [validators.Length(max=160), plain], filters=[stripped]
    )
    stance = SelectField(_l("For eller imod"), coerce=Stance, default=Stance.NONE)
    cvr = StringField(_l("CVR-nummer"), [validators.Length(max=20), plain], filters=[stripped])
    show_name = BooleanField(_l("Vil gerne vises med navn"))
    piece = SelectField(_l("Afsnit i"), choices=[], validate_choice=False)
    passages = StringField(
        _l("Numre på afsnittene"),
        [validators.Length(max=160), plain],
        filters=[stripped],
        description=_l("Tallene, der står ved afsnittene, for eksempel 3, 7."),
    )
    files = MultipleFileField(_l("Filer"))
    dropped = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
    #: The call that was asked for and is written down here.
    call_back = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
    #: The booked talk that is written down here.
    talk = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])

    def __init__(self, *args: object, level: Level, project_id: int = 0, annex: bool = False, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.annex = annex
        self.project_id, self.paragraphs = project_id, tuple[Paragraph, ...]()
        self.stored: list[Stored] = []
        self.channel.choices = choices(_CHANNELS)
        self.capacity.choices = choices(Capacity)
        self.stance.choices = choices(STANCES)
        self.level = level
        main = Kind.PROPOSAL if level is Level.COCREATION else Kind.RESPONSE
        self.kind.choices = choices([Kind.QUESTION] if level is Level.ORIENTATION else [main, Kind.QUESTION])

    @property
    def takes_offer(self) -> bool:
        """Whether people say what they can do themselves: where it is developed together."""
        return self.level is Level.COCREATION

    @property
    def is_annex(self) -> bool:
        """Whether these are notes from a meeting in a project that lays them in the case as an annex."""
        return self.annex and self.channel.data is Channel.MEETING and self.kind.data is not Kind.QUESTION

    def validate_words(self, field: TextAreaField) -> None:
        """Something was said, here, under a heading of its own or in a file."""
        field.data = field.data or ""
        if not markup.visible(field.data).strip():
            if (self.apart or any(one and one.filename for one in self.files.data or ())) and not self.is_annex:
                field.data = ""
                return
            raise ValidationError(gettext("Skriv, hvad der blev sagt, eller skriv af fra brevet."))
        plain(self, field)
        if self.is_annex and (why := unfit_for_all(field.data)):
            raise ValidationError(why)

    def validate_need(self, field: TextAreaField) -> None:
        """What is said apart is one person's, and no part of a question."""
        if self.apart and self.kind.data is Kind.QUESTION:
            raise ValidationError(
                gettext("Et spørgsmål har ikke behov, forslag og alternativ for sig. Skriv det sammen med spørgsmålet.")
            )
        if self.apart and (len(self.voices) > 1 or self.is_annex):
            raise ValidationError(
                gettext("Behov, forslag og alternativ er én persons. Skriv dem ind for hver person for sig.")
            )

    def validate_passages(self, field: StringField) -> None:
        """The paragraphs that are named stand in the material."""
        numbers = _NUMBER.findall(field.data or "")
        if not field.data and not self.piece.data:
            return
        if not self.piece.data:
            raise ValidationError(gettext("Vælg også, hvad afsnittene står i."))
        if not numbers:
            raise ValidationError(gettext("Skriv numrene på afsnittene, for eksempel 3, 7."))
        refs = [f"{self.piece.data}.{number}" for number in numbers]
        self.paragraphs, not_there = paragraphs(self.project_id, refs)
        if not_there:
            raise ValidationError(gettext("Et af afsnittene står ikke i materialet. Se efter numrene, og prøv igen."))

    def offer(self, pieces: list[tuple[int, str]]) -> None:
        """List the pieces of material that have paragraphs."""
        self.piece.choices = listed([("", gettext("Intet valgt")), *((str(key), title) for key, title in pieces)])

    @property
    def says_apart(self) -> bool:
        """Whether something stands in the fold of what is said apart and where, or is wrong with it."""
        return self.says_more or any(field.data or field.errors for field in (self.piece, self.passages))

    def validate_organisation(self, field: StringField) -> None:
        """Whoever speaks for others says for whom."""
        if self.capacity.data not in PRIVATE and not field.data:
            raise ValidationError(gettext("Skriv navnet på foreningen, virksomheden eller myndigheden."))

    def validate_cvr(self, field: StringField) -> None:
        """One that can exist, or none; it goes with an organisation."""
        if self.capacity.data not in PRIVATE:
            field.data = cvr_number(field.data or "")

    def validate_address(self, field: StringField) -> None:
        """Post needs an address."""
        if self.wants_post.data and not field.data:
            raise ValidationError(gettext("Skriv adressen, så brevet kan komme frem."))

    def keep(self) -> bool:
        """Keep the files, when all the rest is fine."""
        if self.is_annex and any(one and one.filename for one in self.files.data or ()):
            self.files.errors = [gettext("Læg filer fra mødet ind under Materiale, så alle kan se dem.")]
            return False
        self.stored, problems = keep_files(self.files.data or ())
        if problems:
            self.files.errors = problems
        return not problems and keep_authority(self)

    @property
    def voices(self) -> list[str]:
        """The voices of a meeting, each to be a contribution of its own; one for every other way in."""
        if self.channel.data is Channel.MEETING:
            return voices_of(self.words.data or "") or [""]
        return [self.words.data or ""]

    def sent(self, now: datetime) -> Sent:
        """What came in, for the verb."""
        return Sent(
            words=self.voices[0],
            kind=self.kind.data,
            received_at=self.moment(now) or now,
            channel=self.channel.data,
            retold=self.channel.data in _RETOLD,
            stance=self.stance.data if self.kind.data is not Kind.QUESTION else Stance.NONE,
            material_place=self.material_place.data,
            apart=self.apart,
            about=self.paragraphs,
            **self.told_place(self.place.data or ""),
            sender=Sender(
                name=self.name.data,
                email=self.email.data,
                phone=self.phone.data,
                address=self.address.data,
                wants_post=self.wants_post.data,
                capacity=self.capacity.data,
                organisation=self.organisation.data if self.capacity.data not in PRIVATE else "",
                cvr=self.cvr.data if self.capacity.data not in PRIVATE else "",
                show_name=self.show_name.data,
                **self.company(),
            ),
        )


class AwayForm(RegisterForm):
    """What was said at a table, a stand or a meeting, on a light form that is sent when there is a connection."""

    channel = SelectField(_l("Kom som"), coerce=Channel, default=Channel.COUNTER)
    #: Made in the browser when it was written down.
    key = HiddenField(validators=[validators.Regexp(r"^[0-9a-f-]{36}$")])
    #: Sent by a page that has told what looks like a CPR number.
    anyway = BooleanField()

    def __init__(self, *args: object, level: Level, **kwargs: Any):
        super().__init__(*args, level=level, **kwargs)
        self.channel.choices = choices((Channel.COUNTER, Channel.MEETING, Channel.PHONE))

    def numbers_found(self) -> list[int]:
        """The lines of the words that hold what looks like a CPR number."""
        return [one.line for one in cpr_numbers(self.words.data or "")]

    @property
    def voices(self) -> list[str]:
        """One person's words at a time, whatever lines they hold."""
        return [self.words.data or ""]

    def sent(self, now: datetime) -> Sent:
        """What came in, for the verb."""
        return replace(super().sent(now), key=self.key.data)


class ChooseForm(StaffForm):
    """Rows that were ticked on the list."""

    numbers = SelectMultipleField(_l("Valgte"), coerce=int, validate_choice=False)

    def validate_numbers(self, field: SelectMultipleField) -> None:
        """At least one, at most a page."""
        if not field.data or len(field.data) > 100:
            raise ValidationError(gettext("Sæt kryds ved mindst ét."))


class StepForm(StaffForm):
    """A step on the ladder: a reason from the published list, and own words to the sender."""

    reason = SelectField(_l("Grund"), coerce=HidingReason)
    words = TextAreaField(
        _l("Ord til afsenderen"),
        [
            validators.InputRequired(_l("Skriv med egne ord til afsenderen, hvad det handler om.")),
            validators.Length(max=2000),
            plain,
        ],
        filters=[stripped],
        description=_l("Skriv venligt, hvad det handler om, og hvad der skal ændres."),
    )

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.reason.choices = choices(HidingReason)


class FloodForm(StepForm):
    """The same step for the ticked ones of the list, or for all that are marked."""

    numbers = SelectMultipleField(_l("Valgte"), coerce=int, validate_choice=False)
    everyone = BooleanField(_l("Alle, der er mærket, ikke kun dem med kryds"))

    def validate_numbers(self, field: SelectMultipleField) -> None:
        """At least one, at most a page, unless all are meant."""
        if not self.everyone.data and (not field.data or len(field.data) > 100):
            raise ValidationError(gettext("Sæt kryds ved mindst ét."))


class BlockForm(StepForm):
    """How long comments and support are closed to a sender."""

    days = SelectField(_l("I hvor mange dage"), coerce=int, default=7)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.days.choices = listed((days, str(days)) for days in DAYS)


class AgainForm(StaffForm):
    """What came of looking at a step again; each of the two buttons says what."""

    keep = SubmitField(_l("Det bliver, som det er"))
    undo = SubmitField(_l("Afsenderen har ret. Gør det om"))
    words = TextAreaField(
        _l("Svar til afsenderen"),
        [
            validators.InputRequired(_l("Skriv til afsenderen, hvad du er kommet frem til, og hvorfor.")),
            validators.Length(max=2000),
            plain,
        ],
        filters=[stripped],
    )


class EraseForm(StaffForm):
    """A sender asks to have name and address erased; each of the two buttons says what becomes of it."""

    erase = SubmitField(_l("Slet navn og adresse"))
    refuse = SubmitField(_l("Vi skal gemme det"))
    words = TextAreaField(
        _l("Hvis I skal gemme det: hvorfor?"),
        [validators.Length(max=2000), plain],
        filters=[stripped],
        description=_l("Afsenderen får ordene i et brev. Vi skriver selv, hvilken lov det er, og hvor man kan klage."),
    )


class NoteForm(StaffForm):
    """A note to the case."""

    kind = SelectField(_l("Handler om"), coerce=NoteKind)
    words = TextAreaField(_l("Notat"), [validators.InputRequired(_l("Skriv notatet.")), plain])

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(NoteKind)


class RouteForm(StaffForm):
    """Who takes over; a place is ``p:7`` for a case, ``d:3`` for a department."""

    to = SelectField(_l("Hvem skal have det?"), [validators.InputRequired(_l("Vælg en sag eller en afdeling."))])
    words = TextAreaField(
        _l("Besked"),
        [validators.Length(max=2000), plain],
        filters=[stripped],
        description=_l("Den læses af dem, der tager over, og af afsenderen."),
    )
    #: The place that was suggested first, in a form that was opened with suggestions.
    suggested = HiddenField()

    def offer(self, cases: list[tuple[int, str]], departments: list[tuple[int, str]]) -> None:
        """Fill the list."""
        self.to.choices = listed(
            [
                ("", gettext("Vælg")),
                *((f"d:{key}", name) for key, name in departments),
                *((f"p:{key}", gettext("Sagen %(title)s", title=name)) for key, name in cases),
            ]
        )


class SheetForm(StaffForm):
    """A sheet of contributions."""

    sheet = FileField(_l("Regneark"))

    def validate_sheet(self, field: FileField) -> None:
        """There must be one."""
        if not field.data or not field.data.filename:
            raise ValidationError(gettext("Vælg et regneark."))


class MapForm(ReceivedForm):
    """Which column holds what; each field of the list is ``field-<name>``."""

    as_annex = BooleanField(
        _l("Rækkerne er noter fra et møde. Læg dem som et bilag, ikke som svar."),
        description=_l("Kun teksten kommer med. Alle kan læse bilaget under mødet på sagens side."),
    )

    send_receipts = BooleanField(
        _l("Send kvittering til dem, der har en e-mail"),
        description=_l("Lad feltet stå tomt, hvis de har fået kvittering et andet sted."),
    )

    def mapping(self, fields: tuple[str, ...], columns: list[str]) -> dict[str, str]:
        """Field → column, as chosen."""
        chosen = {field: request.form.get(f"field-{field}", "") for field in fields}
        return {field: column for field, column in chosen.items() if column in columns}


class ClearForm(StaffForm):
    """What is covered before it may be shown, and why it may be shown."""

    covers = SelectMultipleField(_l("Dæk det her"), coerce=int)
    reason = RadioField(_l("Derfor må det vises"), coerce=ClearReason, default=ClearReason.COVERED)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self._found: list[tuple[Words, MaskReason]] = []
        self.reason.choices = choices(ClearReason)

    def offer(self, one: Contribution, found: list[tuple[Words, MaskReason]]) -> None:
        """List what was found, all of it ticked to begin with."""
        self._found = found
        words = {text.id: text.words for text in one.standing}
        self.covers.choices = listed(
            (place, f"»{words[where.text_id][where.start : where.end]}« ({gettext(danish(why))})")
            for place, (where, why) in enumerate(found)
        )
        if not self.is_submitted():
            self.covers.data = list(range(len(found)))

    def chosen(self) -> list[tuple[Words, MaskReason]]:
        """What was ticked."""
        return [self._found[place] for place in self.covers.data or () if place < len(self._found)]


class _MaskForm(StaffForm):
    """Why something is covered, for the sender."""

    reason = SelectField(_l("Grund"), coerce=MaskReason)
    words = TextAreaField(
        _l("Ord til afsenderen"),
        [validators.Length(max=1000), plain],
        filters=[stripped],
        description=_l("Skal med, hvis grunden er trusler eller hån."),
    )

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.reason.choices = choices(MaskReason)

    def validate_words(self, field: TextAreaField) -> None:
        """Whoever is told that they were abusive is told how."""
        if self.reason.data in NEEDS_WORDS and not field.data:
            raise ValidationError(gettext("Skriv med egne ord til afsenderen, hvad det handler om."))


class QuoteForm(_MaskForm):
    """Words that are to be covered, as they were copied from the text ``segment``."""

    segment = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
    quote = TextAreaField(
        _l("Ordene, der skal dækkes"),
        [validators.InputRequired(_l("Skriv eller kopiér de ord, der skal dækkes.")), plain],
        description=_l("Kopiér dem fra teksten, og sæt dem ind her."),
    )


class FieldForm(_MaskForm):
    """A short field that is to be covered as a whole."""

    field = SelectField(_l("Dæk hele"), coerce=MaskField)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.field.choices = choices(MaskField)

    def offering(self, one: Contribution) -> "FieldForm":
        """Only the fields that hold something."""
        held = {
            MaskField.NAME: one.contact.name if one.contact is not None and one.show_name else "",
            MaskField.ORGANISATION: one.organisation,
            MaskField.PLACE: one.place or (gettext("på kortet") if one.geometry else ""),
            MaskField.MATERIAL_PLACE: one.material_place,
        }
        self.field.choices = listed(
            (name.value, f"{gettext(danish(name)).capitalize()}: {words}") for name, words in held.items() if words
        )
        return self


class AreaForm(_MaskForm):
    """A place on a page: found by its words, or by its edges in percent of the page from the top left corner."""

    quote = StringField(
        _l("Ord, der skal dækkes"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("Vi finder dem overalt i filen. I et skannet brev må du bruge felterne nedenfor."),
    )
    left = IntegerField(_l("Venstre kant, procent"), [validators.Optional(), validators.NumberRange(0, 99)])
    right = IntegerField(_l("Højre kant, procent"), [validators.Optional(), validators.NumberRange(1, 100)])
    top = IntegerField(_l("Øverste kant, procent"), [validators.Optional(), validators.NumberRange(0, 99)])
    bottom = IntegerField(_l("Nederste kant, procent"), [validators.Optional(), validators.NumberRange(1, 100)])

    def places(self, attachment: Attachment, page: int) -> list[Place]:
        """The places that are meant; none, and an error on the field, where there are none."""
        edges = [field.data for field in (self.left, self.top, self.right, self.bottom)]
        if self.quote.data:
            found = copies.boxes_of(attachment.file.sha256, attachment.file.media_type, self.quote.data)
            if not found:
                self.quote.errors = [gettext("De ord kan vi ikke finde i filen. Brug felterne med procent.")]
            return [Area(attachment.id, at, *box) for at, box in found]
        if None in edges or not (edges[0] < edges[2] and edges[1] < edges[3]):
            is_pdf = attachment.file.media_type == "application/pdf"
            asked = gettext("Skriv alle fire kanter, eller de ord, der skal dækkes.")
            self.left.errors = [
                asked if is_pdf else gettext("Skriv alle fire kanter: venstre før højre, øverst før nederst.")
            ]
            return []
        return [Area(attachment.id, page, *(edge / 100 for edge in edges))]
