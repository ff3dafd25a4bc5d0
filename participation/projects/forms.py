"""What may arrive about projects. Days are typed as Danish calendar days and meetings as wall-clock times."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
    validators,
)
from wtforms.fields import SelectChoice

from participation.foundation import clock
from participation.foundation.forms import StaffForm, choices, listed, number_in, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.personal import cpr_numbers
from participation.projects.attach import Piece
from participation.projects.declare import Declaration, Fixed, Heard, RoundPlan
from participation.projects.extend import Expected, following, too_early
from participation.rules import dates, levels
from participation.rules.kinds import (
    Audience,
    Capacity,
    CaseType,
    Constraint,
    MaterialPurpose,
    PublicationRule,
    RoundKind,
    StepKind,
)
from participation.rules.levels import Level
from participation.rules.words import danish
from participation.statutes import queries as statutes

#: Rows of fixed lines and of decision steps that stand ready.
ROWS = 4


def _needed(words: Any) -> validators.InputRequired:
    return validators.InputRequired(words)


def _most(length: int) -> validators.Length:
    return validators.Length(max=length, message=_l("Teksten er for lang. Der er plads til %(max)d tegn."))


def lines(text: str) -> tuple[str, ...]:
    """The lines of a field, one thing a line; blank ones and bullets are left out."""
    return tuple(line.strip().lstrip("-•*").strip() for line in text.splitlines() if line.strip(" -•*\t"))


_EMAIL = validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk."))
_DAY = _l("Skriv dagen som en dato.")


class FixedForm(Form):
    """A line that cannot be changed."""

    words = StringField(_l("Det kan ikke ændres"), [_most(300), plain], filters=[stripped])
    constraint = SelectField(_l("Hvorfor"))
    source = StringField(_l("Hvem eller hvad har lagt det fast?"), [_most(300), plain], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.constraint.choices = [SelectChoice("", _("Vælg")), *choices(Constraint)]


class StepForm(Form):
    """A step of the decision."""

    key = HiddenField()
    kind = SelectField(_l("Hvad"))
    body = StringField(_l("Hvem"), [_most(120), plain], filters=[stripped])
    planned_on = DateField(_l("Dag"), [validators.Optional()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(StepKind)


class _Words:
    """What the matter is about; shared by the declaration and the page that mends it."""

    title = StringField(
        _l("Titel"),
        [_needed(_l("Giv projektet en titel.")), _most(160), plain],
        filters=[stripped],
        description=_l("Sig, hvad det handler om, og hvor. For eksempel: Ny skolevej ved Engparken."),
    )
    summary = TextAreaField(
        _l("Kort fortalt"), [_most(2000), plain], filters=[stripped], description=_l("Højst fem korte sætninger.")
    )
    meaning = TextAreaField(
        _l("Hvad betyder det for mig?"),
        [_most(1000), plain],
        filters=[stripped],
        description=_l("Én linje er nok: det, en borger mærker til det."),
    )
    open = TextAreaField(
        _l("Det kan borgerne påvirke"),
        [_most(3000), plain],
        filters=[stripped],
        description=_l("Én ting på hver linje."),
    )
    fixed = FieldList(FormField(FixedForm), min_entries=ROWS, max_entries=40)

    @property
    def open_lines(self) -> tuple[str, ...]:
        """The lines that are open."""
        return lines(self.open.data or "")

    @property
    def fixed_lines(self) -> tuple[Fixed, ...]:
        """The lines that are fixed; rows without words are left out."""
        rows = [entry.data for entry in self.fixed if entry.data["words"]]
        return tuple(
            Fixed(row["words"], Constraint(row["constraint"]) if row["constraint"] else None, row["source"])
            for row in rows
        )


class _Plan:
    """When, for whom, by which law; shared by the declaration, the page that mends it, and a further round."""

    opens_on = DateField(
        _l("Åbner"), [validators.Optional()], description=_l("Lad feltet stå tomt, så åbner det, når du offentliggør.")
    )
    last_day = DateField(
        _l("Sidste dag"),
        [validators.Optional()],
        description=_l("Den sidste dag, man kan svare. Fristen er kl. 23.59."),
    )
    report_on = DateField(
        _l("Kommunens samlede svar"), [validators.Optional()], description=_l("Hvornår I venter at være færdige.")
    )
    decision_on = DateField(
        _l("Beslutning"), [validators.Optional()], description=_l("Hvornår I venter en beslutning.")
    )
    legal_basis = SelectField(_l("Retsgrundlag"))
    audience = SelectField(_l("Hvem er det for?"))
    minor_reason = TextAreaField(_l("Hvorfor er planen af mindre betydning?"), [_most(2000), plain], filters=[stripped])
    overlap_reason = TextAreaField(
        _l("Hvorfor kan det ikke vente til efter ferien eller helligdagene?"),
        [_most(2000), plain],
        filters=[stripped],
        description=_l("Kun hvis perioden rammer jul, påske, sommerferie eller helligdage. Alle kan læse det."),
    )
    legal_text = TextAreaField(
        _l("Det betyder forslaget, mens det er i høring"), [_most(4000), plain], filters=[stripped]
    )
    environmental_report = BooleanField(_l("Der hører en miljørapport til"))
    register_id = StringField(_l("Planens nummer i Plandata.dk"), [_most(80), plain], filters=[stripped])

    def offer_plan(self) -> None:
        """Fill the lists."""
        self.legal_basis.choices = listed(
            (basis.key, f"{basis.name} ({basis.section})") for basis in statutes.bases().values()
        )
        self.audience.choices = choices(Audience)

    def validate_last_day(self, field: DateField) -> None:
        """A period ends after it begins."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError(_("Den sidste dag ligger før den dag, det åbner. Vælg en senere dag."))

    def plan(self, kind: RoundKind, level: Level) -> RoundPlan:
        """The round as it was typed."""
        return RoundPlan(
            kind=kind,
            level=level,
            legal_basis=self.legal_basis.data,
            opens_on=self.opens_on.data,
            last_day=self.last_day.data,
            report_on=self.report_on.data,
            decision_on=self.decision_on.data,
            audience=Audience(self.audience.data),
            minor_reason=self.minor_reason.data or "",
            overlap_reason=self.overlap_reason.data or "",
            legal_text=self.legal_text.data or "",
            environmental_report=bool(self.environmental_report.data),
        )


class _Contact:
    """Whom citizens can ask."""

    contact_name = StringField(_l("Kontaktperson"), [_most(120), plain], filters=[stripped])
    contact_phone = StringField(_l("Telefon"), [_most(40), plain], filters=[stripped])
    contact_email = EmailField(_l("E-mail"), [validators.Optional(), _EMAIL, _most(254)], filters=[stripped])
    contact_hours = StringField(_l("Hvornår kan man ringe?"), [_most(120), plain], filters=[stripped])


class LevelForm(Form):
    """The first choice: how far citizens are let in, and what to begin from. Sent by GET, it changes nothing."""

    niveau = RadioField(_l("Hvor meget kan borgerne være med til at bestemme?"))
    sagstype = SelectField(_l("Sagstype"))
    kopi = SelectField(_l("Kopiér en tidligere sag"), coerce=int, default=0)

    def offer(self, earlier: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.niveau.choices = choices(Level)
        self.sagstype.choices = choices(CaseType)
        self.kopi.choices = listed([(0, _("Nej, begynd forfra")), *earlier])


class DeclareForm(_Words, _Plan, _Contact, StaffForm):
    """A new matter on one page; most of it is filled in already."""

    level = HiddenField()
    case_type = HiddenField()
    copied_from = HiddenField()
    level_reason = TextAreaField(
        _l("Hvorfor dette niveau?"),
        [_needed(_l("Skriv, hvorfor I har valgt niveauet.")), _most(2000), plain],
        filters=[stripped],
        description=_l("Det bliver i sagen. Skriv, hvad I har overvejet."),
    )
    wide_interest = BooleanField(
        _l("Sagen berører mange, eller nogen direkte"), description=_l("Så skal borgerne mindst høres.")
    )
    department = SelectField(_l("Afdeling"), coerce=int)
    decided_by = StringField(
        _l("Hvem beslutter?"),
        [_most(120), plain],
        filters=[stripped],
        description=_l("Som det står i en sætning: byrådet."),
    )
    parties = TextAreaField(
        _l("Hvem skal høres direkte?"),
        [_most(20000), plain],
        filters=[stripped],
        description=_l("Én på hver linje: navn; e-mail; rolle. De får besked, når du offentliggør."),
    )
    steps = FieldList(FormField(StepForm), min_entries=0, max_entries=12)

    def offer(self, departments: list[tuple[int, str]]) -> None:
        """Fill the lists."""
        self.offer_plan()
        self.department.choices = listed(departments)

    def validate_wide_interest(self, field: BooleanField) -> None:
        """A matter of wide interest is at least a hearing (RP-48)."""
        if Level(self.level.data).rank < levels.lowest_right(bool(field.data)).rank:
            raise ValidationError(
                _("Når sagen berører mange, skal borgerne mindst høres. Gå tilbage, og vælg høring eller samskabelse.")
            )

    def validate_parties(self, field: TextAreaField) -> None:
        """Each line names somebody, with an address that can be one."""
        read_parties(field.data or "")

    def said(self, round_kind: RoundKind) -> Declaration:
        """Everything that was typed, for the verb."""
        level = Level(self.level.data)
        return Declaration(
            level=level,
            level_reason=self.level_reason.data,
            wide_interest=bool(self.wide_interest.data),
            case_type=CaseType(self.case_type.data),
            title=self.title.data,
            round=self.plan(round_kind, level),
            summary=self.summary.data,
            meaning=self.meaning.data,
            open=self.open_lines,
            fixed=self.fixed_lines,
            decided_by=self.decided_by.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            contact_email=self.contact_email.data,
            contact_hours=self.contact_hours.data,
            register_id=self.register_id.data,
            parties=read_parties(self.parties.data or ""),
            steps=tuple((kind, body, on) for _key, kind, body, on in read_steps(self.steps)),
        )


class MeaningForm(Form):
    """What it means for one role."""

    audience = StringField(_l("For hvem?"), [_most(120), plain], filters=[stripped])
    words = StringField(_l("Hvad betyder det?"), [_most(600), plain], filters=[stripped])


class WordsForm(_Words, StaffForm):
    """The words and the frame of a project that is there."""

    roles = FieldList(FormField(MeaningForm), min_entries=3, max_entries=30)
    reason = TextAreaField(
        _l("Hvad har du rettet, og hvorfor?"),
        [_most(1000), plain],
        filters=[stripped],
        description=_l("Det står på projektets side, så alle kan se, at noget er rettet."),
    )

    #: Whether everybody can see the project, so that a change needs its reason.
    is_public = False

    def validate_reason(self, field: TextAreaField) -> None:
        """What is public is never changed in silence."""
        if self.is_public and not field.data:
            raise ValidationError(_("Projektet er offentligt. Skriv, hvad du har rettet, og hvorfor."))

    @property
    def meanings(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a role and what it means for it; everybody first."""
        rows = [(entry.data["audience"], entry.data["words"]) for entry in self.roles if entry.data["words"]]
        return (("", self.meaning.data),) * bool(self.meaning.data) + tuple(rows)


class PlanForm(_Plan, StaffForm):
    """The plan of a round that is not announced."""

    decided_by = StringField(_l("Hvem beslutter?"), [_most(120), plain], filters=[stripped])


class RoundForm(_Plan, StaffForm):
    """A further round."""

    kind = SelectField(_l("Hvad er runden for?"))
    level = RadioField(_l("Niveau"))

    def offer(self, highest: Level) -> None:
        """Fill the lists; a round is never above its project."""
        self.offer_plan()
        self.kind.choices = choices(RoundKind)
        self.level.choices = choices(level for level in Level if level.rank <= highest.rank)


class LevelChangeForm(StaffForm):
    """Another level, with the reason that everybody can read."""

    level = RadioField(_l("Niveau"), [_needed(_l("Vælg et niveau."))])
    reason = TextAreaField(
        _l("Hvorfor?"), [_needed(_l("Skriv hvorfor. Alle kan læse det.")), _most(2000), plain], filters=[stripped]
    )
    wide_interest = BooleanField(_l("Sagen berører mange, eller nogen direkte"))
    mistake = BooleanField(
        _l("Niveauet var en ren fejl"), description=_l("Kan kun rettes, så længe ingen har skrevet.")
    )

    #: The level of a public project, below which it never goes; None while it is a draft.
    public_level: Level | None = None

    def offer(self) -> None:
        """Fill the lists."""
        self.level.choices = choices(Level)

    def validate_level(self, field: RadioField) -> None:
        """A public level is raised, or a plain mistake is put right (RP-47)."""
        if self.public_level is None or self.mistake.data or field.data not in set(Level):
            return
        if not levels.may_become(self.public_level, Level(field.data)):
            raise ValidationError(_("Niveauet kan kun hæves. Vælg et højere niveau."))


class ContactForm(_Contact, StaffForm):
    """Whom citizens can ask."""


class ExtendForm(StaffForm):
    """More time for everybody."""

    last_day = DateField(_l("Ny sidste dag"), [_needed(_l("Vælg en ny sidste dag."))])
    reason = TextAreaField(
        _l("Hvorfor?"),
        [_needed(_l("Skriv hvorfor. Alle kan læse det.")), _most(2000), plain],
        filters=[stripped],
        description=_l("Står på siden og i mailen til alle, der har skrevet."),
    )
    report_on = DateField(_l("Kommunens samlede svar, ny dato"), [validators.Optional()])
    decision_on = DateField(_l("Beslutning, ny dato"), [validators.Optional()])

    #: The old last day and today; the new day lies after both.
    after: tuple[date | None, date] = (None, date.min)
    round: Any = None

    def validate_last_day(self, field: DateField) -> None:
        """Later than the old deadline, and not over already; what citizens expect must still hold (RP-21)."""
        old, today = self.after
        if not field.data:
            return
        if field.data < today or (old is not None and field.data <= old):
            raise ValidationError(_("En frist kan kun forlænges. Vælg en senere dag end den gamle frist."))
        self._ask_expected(field.data)

    def _ask_expected(self, last_day: date) -> None:
        """Where an expected day comes too early, suggest another; nobody is promised it before the planner has seen."""
        fields = {"report_on": self.report_on, "decision_on": self.decision_on}
        given = {name: field.data or getattr(self.round, name) for name, field in fields.items()}
        wrong = too_early(self.round, last_day, Expected(**given))
        suggested = following(self.round, last_day)
        for name, first in wrong.items():
            if fields[name].data is None:
                fields[name].data, fields[name].raw_data = getattr(suggested, name), None
                words = _("Den gamle dato holder ikke længere. Her er et forslag. Ret det, eller send igen.")
            else:
                words = _("Det kan tidligst ske %(day)s.", day=clock.day(first))
            self.early[name] = words

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the days that follow from the new deadline."""
        self.early: dict[str, str] = {}
        fine = super().validate(extra_validators)
        for name, words in self.early.items():
            self[name].errors = [*self[name].errors, words]
        return fine and not self.early


class CorrectForm(StaffForm):
    """A mistake that is told in public and put right."""

    wrong = TextAreaField(
        _l("Hvad gik galt?"),
        [_needed(_l("Skriv, hvad der gik galt. Alle kan læse det.")), _most(2000), plain],
        filters=[stripped],
    )
    put_right = TextAreaField(
        _l("Hvad gør vi ved det?"),
        [_needed(_l("Skriv, hvad I gør ved det. Alle kan læse det.")), _most(2000), plain],
        filters=[stripped],
    )


class CancelForm(StaffForm):
    """The project is stopped."""

    reason = TextAreaField(
        _l("Hvorfor bliver projektet aflyst?"),
        [_needed(_l("Skriv hvorfor. Alle kan læse det.")), _most(2000), plain],
        filters=[stripped],
    )


class RulesForm(StaffForm):
    """When contributions are shown, whether proposals can be supported, and what notes from a meeting become."""

    publication = RadioField(_l("Hvornår viser vi det, borgerne skriver?"))
    support_on = BooleanField(_l("Borgerne kan støtte hinandens forslag"))
    notes_are_annex = RadioField(_l("Hvad bliver noter fra et møde til?"), default="0")

    def offer(self) -> None:
        """Fill the lists."""
        self.publication.choices = choices(PublicationRule)
        self.notes_are_annex.choices = listed([("0", _("Svar: ét for hver person")), ("1", _("Et bilag til sagen"))])


class MaterialForm(StaffForm):
    """A text, a file or a link."""

    title = StringField(_l("Titel"), [_needed(_l("Giv materialet en titel.")), _most(200), plain], filters=[stripped])
    purpose = SelectField(_l("Hvad er det?"))
    words = TextAreaField(
        _l("Tekst"),
        [plain],
        filters=[stripped],
        description=_l("Skriv ## foran en overskrift og - foran et punkt."),
    )
    file = FileField(_l("Fil"), description=_l("PDF, Word eller billede, højst 20 MB."))
    url = StringField(_l("Link"), [_most(500), plain], filters=[stripped])

    def offer(self) -> None:
        """Fill the lists."""
        self.purpose.choices = choices(MaterialPurpose)

    def validate_url(self, field: StringField) -> None:
        """Exactly one of the three, and a link that leads somewhere safe."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("Et link begynder med https://"))
        uploaded = bool(self.file.data and getattr(self.file.data, "filename", ""))
        if sum((bool(self.words.data), uploaded, bool(field.data))) != 1:
            raise ValidationError(_("Skriv en tekst, vælg en fil, eller sæt et link ind. Vælg kun én af de tre."))

    def piece(self, stored: Any) -> Piece:
        """What was sent, for the verb."""
        return Piece(
            title=self.title.data,
            purpose=MaterialPurpose(self.purpose.data),
            words=self.words.data or "",
            url=self.url.data or "",
            stored=stored,
        )


class MeetingForm(StaffForm):
    """A meeting to come."""

    title = StringField(_l("Hvad er det for et møde?"), [_needed(_l("Giv mødet et navn.")), _most(160), plain])
    day = DateField(_l("Dag"), [_needed(_DAY)])
    begins = TimeField(_l("Fra kl."), [_needed(_l("Skriv, hvornår mødet begynder."))])
    ends = TimeField(_l("Til kl."), [validators.Optional()])
    place = StringField(_l("Sted"), [_needed(_l("Skriv, hvor mødet er.")), _most(200), plain], filters=[stripped])

    def validate_begins(self, field: TimeField) -> None:
        """A time that the clock really shows that day."""
        if self.day.data and field.data:
            try:
                dates.local_moment(self.day.data, field.data)
            except dates.NoSuchTime as error:
                raise ValidationError(str(error)) from error

    def validate_ends(self, field: TimeField) -> None:
        """It ends after it begins."""
        if field.data and self.begins.data and field.data <= self.begins.data:
            raise ValidationError(_("Mødet slutter, før det begynder. Ret klokkeslættet."))

    @property
    def moments(self) -> tuple[datetime, datetime | None]:
        """When it begins and ends, in UTC."""
        ends = dates.local_moment(self.day.data, self.ends.data) if self.ends.data else None
        return dates.local_moment(self.day.data, self.begins.data), ends


def no_cpr(form: object, field: TextAreaField) -> None:
    """Everybody reads it, so no CPR number stands in it."""
    if found := cpr_numbers(field.data or ""):
        raise ValidationError(
            _(
                "Der står noget, der ligner et CPR-nummer i linje %(line)s. Alle kan læse det, så tag det ud.",
                line=found[0].line,
            )
        )


class MinutesForm(StaffForm):
    """What came of a meeting."""

    attendance = IntegerField(
        _l("Hvor mange kom?"),
        [validators.Optional(), validators.NumberRange(0, 100_000, _l("Skriv et tal."))],
    )
    minutes = TextAreaField(_l("Referat"), [plain, no_cpr], filters=[stripped])


class PartiesForm(StaffForm):
    """Those who must be heard, pasted a line each."""

    parties = TextAreaField(
        _l("Hvem skal høres?"),
        [_needed(_l("Skriv mindst ét navn.")), _most(40000), plain],
        filters=[stripped],
        description=_l("Én på hver linje: navn; e-mail; rolle. E-mail og rolle må mangle."),
    )

    def validate_parties(self, field: TextAreaField) -> None:
        """Each line names somebody, with an address that can be one."""
        read_parties(field.data or "")


class StepsForm(StaffForm):
    """The steps of the decision."""

    steps = FieldList(FormField(StepForm), min_entries=ROWS, max_entries=12)


def read_steps(rows: FieldList) -> tuple[tuple[int | None, StepKind, str, date | None], ...]:
    """The steps that were typed; rows without a body are left out."""
    return tuple(
        (
            number_in(entry.data["key"]),
            StepKind(entry.data["kind"]),
            entry.data["body"],
            entry.data["planned_on"],
        )
        for entry in rows
        if entry.data["body"]
    )


def read_parties(text: str) -> tuple[Heard, ...]:
    """Read lines of ``name; e-mail; capacity``; what is no e-mail address and no capacity is a postal address.

    Raises:
        ValidationError: a line has no name, or an address that can be none.
    """
    named = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.replace("\t", ";").split(";")]
        if not any(cells):
            continue
        if not cells[0]:
            raise ValidationError(_("Linje %(number)s mangler et navn.", number=number))
        named.append(_party(cells, number))
    return tuple(named)


def _party(cells: list[str], number: int) -> Heard:
    email, capacity, address = "", Capacity.CITIZEN, []
    words = {_(danish(one)).lower(): one for one in Capacity} | {one.value: one for one in Capacity}
    for cell in (cell for cell in cells[1:] if cell):
        if "@" in cell:
            if " " in cell or "." not in cell.rsplit("@", 1)[1] or len(cell) > 254:
                raise ValidationError(
                    _("E-mailadressen i linje %(number)s er ikke hel: %(email)s", number=number, email=cell[:80])
                )
            email = cell
        elif cell.lower() in words:
            capacity = words[cell.lower()]
        else:
            address.append(cell)
    return Heard(name=cells[0][:160], email=email, capacity=capacity, address=", ".join(address)[:300])
