"""What may arrive about decisions: a plan of meetings, a result, an announcement, a veto."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import Field, SelectChoice

from participation.answers.model import Answer
from participation.decisions import law
from participation.decisions.queries import is_last, needs_paper
from participation.decisions.record import AGAIN, Result
from participation.decisions.schedule import Planned
from participation.foundation.forms import DayField, StaffForm, choices, listed, number_in, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.projects.model import Project, Step
from participation.rules.kinds import FINAL, StepKind, StepResult
from participation.rules.outcomes import Outcome
from participation.statutes.queries import complaint_choices

#: Empty rows for further meetings.
SPARE = 2


def _http(form: Form, field: Field) -> None:
    if field.data and not field.data.startswith(("https://", "http://")):
        raise validators.ValidationError(_("Skriv en hel adresse, der begynder med https://."))


def _number(words: str, least: int, most: int) -> validators.NumberRange:
    return validators.NumberRange(least, most, words)


class StepForm(Form):
    """One meeting."""

    key = HiddenField()
    kind = SelectField(_l("Hvem"), choices=choices(StepKind), coerce=StepKind)
    body = StringField(_l("Navn"), [validators.Length(max=120), plain], filters=[stripped])
    planned_on = DayField(_l("Dato"), [validators.Optional()])
    agenda_url = StringField(_l("Link til dagsordenen"), [validators.Length(max=500), plain, _http], filters=[stripped])
    agenda_published_on = DayField(_l("Dagsordenen blev offentlig"), [validators.Optional()])


class PlanForm(StaffForm):
    """All meetings to come, in the order of their days."""

    steps = FieldList(FormField(StepForm))
    reason = TextAreaField(
        _l("Hvorfor er datoen flyttet?"),
        [plain],
        filters=[stripped],
        description=_l("Kun hvis beslutningen får en ny dato. Borgerne læser det."),
    )

    @property
    def planned(self) -> list[Planned]:
        """The rows that name a body, in the order of their days; one without a day comes last."""
        rows = [
            Planned(
                key=number_in(row["key"]),
                kind=row["kind"],
                body=row["body"],
                planned_on=row["planned_on"],
                agenda_url=row["agenda_url"],
                agenda_published_on=row["agenda_published_on"],
            )
            for row in self.steps.data
            if row["body"]
        ]
        return sorted(rows, key=lambda row: row.planned_on or date.max)

    @property
    def wrong(self) -> list[str]:
        """Everything that is wrong, in sentences."""
        fields = [field for row in self.steps.entries for field in row.form] + [self.reason]
        return [str(words) for field in fields for words in field.errors]

    def check(self, project: Any) -> bool:
        """Whether somebody decides, on a lawful day, and the reason is given where citizens were told another."""
        rows = self.planned
        if not rows:
            if not self.steps.entries:
                self.steps.append_entry({"kind": StepKind.COMMITTEE})
            self.steps.entries[0].form.body.errors = [_("Skriv, hvem der beslutter.")]
            return False
        decides_on, was = rows[-1].planned_on, project.round.decision_on if project.round else None
        if decides_on is None or decides_on == was:
            return True
        last = next(row.form for row in reversed(self.steps.entries) if row.form.planned_on.data == decides_on)
        blocks = [law.say(one) for one in law.findings(project, decides_on) if one.kind == "block"]
        if blocks:
            last.planned_on.errors = blocks
        if project.announced_at is not None and was is not None and not self.reason.data:
            self.reason.errors = [_("Borgerne har fået en anden dato at vide. Skriv, hvorfor den er flyttet.")]
        return not blocks and not self.reason.errors


class _Backwards(Form):
    """From which day the plan is made backwards, and what it must leave time for."""

    dag = DayField(_l("Hvornår skal det besluttes?"), [validators.InputRequired(_l("Skriv dagen for beslutningen."))])
    hoering = IntegerField(
        _l("Hvor mange dage skal høringen mindst vare?"),
        [_number(_l("Skriv et antal dage."), 1, 180)],
        description=_l("Er der et krav i loven, bliver den aldrig kortere."),
    )
    vejning = IntegerField(
        _l("Hvor mange arbejdsdage skal I bruge til kommunens samlede svar?"),
        [_number(_l("Skriv et antal arbejdsdage."), 1, 120)],
    )


class BackwardsForm(_Backwards):
    """Make a plan backwards. Sent by GET, it changes nothing."""


class AdoptForm(_Backwards, StaffForm):
    """Take the plan over."""

    reason = TextAreaField(
        _l("Hvorfor er datoen flyttet?"),
        [validators.Length(max=2000), plain],
        filters=[stripped],
        description=_l("Kun hvis beslutningen får en ny dato. Borgerne læser det."),
    )

    def check(self, project: Project) -> bool:
        """Whether the reason is there where citizens were told another day."""
        was = project.round.decision_on if project.round is not None else None
        told = project.announced_at is not None and was is not None and was != self.dag.data
        if told and not self.reason.data:
            self.reason.errors = [_("Borgerne har fået en anden dato at vide. Skriv, hvorfor den er flyttet.")]
        return not self.reason.errors


class ExceptionForm(Form):
    """What was decided for one answer, where it is not what was recommended."""

    key = HiddenField()
    outcome = SelectField(
        _l("Beslutning"),
        choices=[
            SelectChoice("", _l("Som indstillet")),
            *choices(one for one in Outcome if one is not Outcome.AS_RECOMMENDED),
        ],
        coerce=lambda value: Outcome(value) if value else None,
    )
    words = StringField(_l("Bemærkning"), [validators.Length(max=2000), plain], filters=[stripped])


class AnnounceForm(StaffForm):
    """When a decision was announced and how it can be complained of."""

    announced_on = DayField(_l("Offentliggjort"), [validators.InputRequired(_l("Vælg dagen."))])
    complaint = SelectField(
        _l("Klage"),
        choices=complaint_choices,
        description=_l("Klagefristen regnes fra offentliggørelsen."),
    )

    def check(self, met_on: date | None, today: date) -> bool:
        """The day lies between the meeting and today."""
        day = self.announced_on.data
        if day is not None and (day > today or (met_on is not None and day < met_on)):
            self.announced_on.errors = [_("Dagen kan ikke ligge før mødet eller efter i dag.")]
            return False
        return True


class ResultForm(StaffForm):
    """What a body decided, and when it was announced, in one form."""

    met_on = DayField(_l("Dato for mødet"), [validators.InputRequired(_l("Vælg dagen."))])
    result = SelectField(_l("Resultat"), coerce=StepResult)
    as_recommended = BooleanField(_l("Vedtaget som indstillet"), default=True)
    exceptions = FieldList(FormField(ExceptionForm))
    grounds = TextAreaField(_l("Begrundelse"), [plain], filters=[stripped])
    legal_ground = StringField(
        _l("Lovgrundlag"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("For eksempel: planloven § 27."),
    )
    votes = StringField(
        _l("Stemmer"),
        [validators.Length(max=300), plain],
        filters=[stripped],
        description=_l("For eksempel: 15 for, 4 imod."),
    )
    dissent = TextAreaField(_l("Mindretallets udtalelse"), [plain], filters=[stripped])
    considered = BooleanField(_l("Hvidbogen indgik i behandlingen"), default=True)
    without_paper = BooleanField(_l("Der blev besluttet, uden at hvidbogen lå ved"))
    next_on = DayField(
        _l("Sagen kommer igen"), [validators.Optional()], description=_l("Når den blev udsat eller sendt tilbage.")
    )
    announced_on = DayField(
        _l("Beslutningen blev offentliggjort"),
        [validators.Optional()],
        description=_l("Lad feltet stå tomt, hvis det ikke er sket endnu."),
    )
    complaint = SelectField(
        _l("Klage"),
        choices=complaint_choices,
        description=_l("Klagefristen regnes fra offentliggørelsen."),
    )
    correction = TextAreaField(
        _l("Hvad retter du, og hvorfor?"), [plain], filters=[stripped], description=_l("Alle kan læse det.")
    )

    def offer(self, results: Sequence[StepResult], answers: Sequence[Answer], kept: dict[int, Any]) -> None:
        """Fill the list of results, and a row for each answer.

        Args:
            kept: outcomes that stand already, by answer.
        """
        self.result.choices = choices(results)
        if not self.exceptions.entries:
            for answer in answers:
                known = kept.get(answer.id)
                outcome = known.outcome if known is not None else Outcome.AS_RECOMMENDED
                self.exceptions.append_entry(
                    {
                        "key": answer.id,
                        "outcome": None if outcome is Outcome.AS_RECOMMENDED else outcome,
                        "words": known.words if known is not None else "",
                    }
                )

    @property
    def exceptional(self) -> dict[int, tuple[Outcome, str]]:
        """The answers that were settled otherwise."""
        return {
            key: (row["outcome"], row["words"])
            for row in self.exceptions.data
            if row["outcome"] is not None and (key := number_in(row["key"])) is not None
        }

    @property
    def decided(self) -> Result:
        """What was decided."""
        return Result(
            met_on=self.met_on.data,
            result=self.result.data,
            grounds=self.grounds.data or "",
            legal_ground=self.legal_ground.data or "",
            votes=self.votes.data or "",
            dissent=self.dissent.data or "",
            as_recommended=bool(self.as_recommended.data),
            exceptions=self.exceptional,
            next_on=self.next_on.data,
            considered=bool(self.considered.data),
            without_paper=bool(self.without_paper.data),
            correction=self.correction.data or "",
        )

    def check(self, step: Step, today: date) -> bool:
        """Whether it can be recorded; each field says what is missing."""
        found = {
            "met_on": self._day(today),
            "next_on": self._again(step),
            "without_paper": self._paper(step),
            "announced_on": self._announced(today),
        }
        if self.result.data in FINAL:
            found["grounds"] = "" if self.grounds.data else _("Skriv begrundelsen.")
            found["legal_ground"] = "" if self.legal_ground.data else _("Skriv lovgrundlaget.")
            found["as_recommended"] = self._settled()
        if step.result is not None and not self.correction.data:
            found["correction"] = _("Resultatet er skrevet ind. Skriv, hvad du retter og hvorfor.")
        for name, words in found.items():
            if words:
                self[name].errors = [words]
        return not any(found.values())

    def _day(self, today: date) -> str:
        if self.met_on.data and self.met_on.data > today:
            return _("Mødet har ikke været endnu. Skriv den dag, beslutningen blev truffet.")
        return ""

    def _again(self, step: Step) -> str:
        if self.result.data not in AGAIN or step.result is not None:
            return ""
        if self.next_on.data is None or (self.met_on.data and self.next_on.data <= self.met_on.data):
            return _("Skriv, hvornår sagen kommer igen. Borgerne får den nye dato at vide.")
        if is_last(step):
            findings = law.findings(step.project, self.next_on.data)
            return " ".join(law.say(one) for one in findings if one.kind == "block")
        return ""

    def _paper(self, step: Step) -> str:
        if self.result.data in AGAIN or self.without_paper.data or not needs_paper(step):
            return ""
        return _("Hvidbogen er ikke lagt ved. Læg den ved først, eller sæt kryds her. Det bliver fortalt offentligt.")

    def _announced(self, today: date) -> str:
        day = self.announced_on.data
        if day is None or self.result.data not in FINAL:
            return ""
        early = self.met_on.data is not None and day < self.met_on.data
        return _("Dagen kan ikke ligge før mødet eller efter i dag.") if early or day > today else ""

    def _settled(self) -> str:
        if self.as_recommended.data or self.result.data is StepResult.REJECTED:
            return ""
        if any(row["outcome"] is None for row in self.exceptions.data):
            return _("Skriv, hvad der blev besluttet for hvert svar, eller sæt kryds her.")
        return ""


class AgendaForm(StaffForm):
    """When the agenda of a meeting was public."""

    published_on = DayField(_l("Dagsordenen blev offentlig"), [validators.InputRequired(_l("Vælg dagen."))])
    agenda_url = StringField(_l("Link til dagsordenen"), [validators.Length(max=500), plain, _http], filters=[stripped])

    def check(self, today: date) -> bool:
        """The day is not in the future."""
        if self.published_on.data is not None and self.published_on.data > today:
            self.published_on.errors = [_("Dagen kan ikke ligge efter i dag.")]
            return False
        return True


class ReadingForm(StaffForm):
    """What a councillor keeps for themselves."""

    notes = TextAreaField(
        _l("Dine egne noter"),
        [validators.Length(max=20000), plain],
        description=_l("Kun du ser dem her på siden. Der bliver ikke skrevet i loggen, at du har noteret noget."),
    )
    has_read = BooleanField(_l("Jeg har læst"), description=_l("Det er frivilligt, og det er kun til dig selv."))


class AskForm(StaffForm):
    """A councillor's question to the administration."""

    question = TextAreaField(
        _l("Dit spørgsmål"),
        [validators.DataRequired(_l("Skriv dit spørgsmål.")), validators.Length(max=4000), plain],
        filters=[stripped],
        description=_l("Forvaltningen og alle medlemmer kan læse spørgsmålet, dit navn og svaret."),
    )


class ReplyForm(StaffForm):
    """The administration's answer to it."""

    reply = TextAreaField(
        _l("Forvaltningens svar"),
        [validators.DataRequired(_l("Skriv svaret.")), validators.Length(max=10000), plain],
        filters=[stripped],
        description=_l("Alle medlemmer kan læse det med det samme. Det kan ikke rettes bagefter."),
    )


class VetoForm(StaffForm):
    """A veto of an authority."""

    authority = StringField(
        _l("Myndighed"),
        [validators.InputRequired(_l("Skriv, hvilken myndighed det er.")), validators.Length(max=160), plain],
        filters=[stripped],
    )
    made_on = DayField(_l("Modtaget"), [validators.InputRequired(_l("Vælg dagen."))])
    contribution = SelectField(_l("Høringssvar"), coerce=int)

    def offer(self, contributions: Sequence[tuple[int, str]]) -> None:
        """Fill the list of what authorities wrote."""
        self.contribution.choices = listed([(0, _l("Ikke i sagen")), *contributions])
