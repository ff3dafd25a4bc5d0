"""A practice project is declared, told about and announced, with its material, meetings and coming steps."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from participation.foundation import clock
from participation.foundation.maps import read_map
from participation.practice import texts
from participation.practice.case import Case, Event
from participation.practice.texts import Told
from participation.projects.announce import announce_project
from participation.projects.attach import Piece, attach_material
from participation.projects.declare import Declaration, Fixed, Heard, RoundPlan, declare_project
from participation.projects.draw_map import draw_map
from participation.projects.edit import edit_rules, edit_words
from participation.projects.explain import explain_project
from participation.projects.meet import plan_meeting, write_minutes
from participation.rules import dates
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
from participation.rules.legal import LEGAL_BASES
from participation.rules.levels import Level

#: How long before the first step a project is declared.
_BEFORE = timedelta(days=6)
#: How long before the first meeting on a matter its agenda is closed.
_AGENDA = timedelta(days=10)
#: What the planner writes where the period meets holidays, on whatever day the practice municipality is loaded.
_OVER_HOLIDAYS = "Udvalgets møder ligger fast. Derfor har vi givet ekstra dage, så alle kan nå at svare."
_ROUNDS = {
    "hearing": RoundKind.HEARING,
    "idea": RoundKind.IDEAS,
    "cocreation": RoundKind.IDEAS,
    "neighbours": RoundKind.NEIGHBOURS,
    "orientation": RoundKind.INFORMATION,
}
#: A step that only sent the matter out to be heard.
SENT = "sent_to_hearing"


def announcing(case: Case) -> Iterator[Event]:
    """Everything from the first thought to the announcement, and the meetings that follow."""
    told = case.told
    announced = case.at(told["announced"], "10:00")
    declared = min([announced, *(case.meets_at(step) for step in steps(told))]) - _BEFORE
    yield Event(declared, partial(_declare, case))
    yield Event(declared + timedelta(hours=1), partial(_write, case))
    yield Event(announced, lambda now: announce_project(case.planner, case.here, anyway=True, now=now))
    for place, meeting in enumerate(told.get("meeting", [])):
        if "minutes" in meeting:
            ended = case.at(meeting["day"], meeting["to"])
            yield Event(case.office(ended, "11:30"), partial(_minutes, case, place))


def _declare(case: Case, now: datetime) -> None:
    told, round_ = case.told, case.told["round"][0]
    planned = steps(told)
    last = planned[-1] if planned else told["step"][-1]
    department = case.department
    said = Declaration(
        level=Level(told["level"]),
        level_reason=told["level_reason"],
        wide_interest=told["wide_interest"],
        case_type=CaseType(told["case_type"]),
        title=told["title"],
        round=_plan(case, round_),
        summary=told["summary"].strip(),
        decided_by=_decider(last),
        contact_name=department.contact_name,
        contact_phone=department.phone,
        contact_email=department.email,
        contact_hours=department.hours,
        register_id=told.get("register_id", ""),
        parties=tuple(_heard(case, round_)),
        steps=tuple((_kind(step), step["body"], case.calendar.meets_on(step["day"])) for step in planned),
    )
    case.project = declare_project(case.planner, department, said, now=now)
    case.project.slug = case.slug  # the texts know it by a shorter name; nobody has seen the other


def _write(case: Case, now: datetime) -> None:
    told, project, planner = case.told, case.here, case.planner
    lines = told["influence"]
    edit_words(
        planner,
        project,
        title=project.title,
        summary=project.summary,
        meanings=tuple((_audience(one), one["text"]) for one in told["for_me"]),
        open_=tuple(one["text"] for one in lines if one["kind"] == "open"),
        fixed=tuple(
            Fixed(one["text"], Constraint(one["type"]), one["source"]) for one in lines if one["kind"] == "fixed"
        ),
        now=now,
    )
    together = project.level is Level.COCREATION
    rule = PublicationRule.IMMEDIATELY if together else PublicationRule.AFTER_LOOK
    edit_rules(planner, project, rule, told.get("support", False), now=now)
    for one in told.get("material", []):
        purpose = MaterialPurpose(one.get("purpose", MaterialPurpose.PROPOSAL))
        attach_material(planner, project, Piece(one["title"], purpose, one["text"].strip()), now=now)
    words = [(one["word"], one["text"]) for one in told.get("word", [])]
    explain_project(planner, project, words, {one["language"]: one["text"] for one in told.get("in", [])}, now=now)
    if (drawn := texts.map_of(case.slug)) is not None:
        draw_map(planner, project, read_map(drawn), now=now)
    for one in told.get("meeting", []):
        plan_meeting(
            planner,
            project,
            title=one["title"],
            starts_at=case.calendar.at(one["day"], one["from"]),
            ends_at=case.calendar.at(one["day"], one["to"]),
            place=one["place"],
            now=now,
        )


def _minutes(case: Case, place: int, now: datetime) -> None:
    told = case.told["meeting"][place]
    held = next(one for one in case.here.meetings if one.title == told["title"])
    write_minutes(case.planner, case.here, held, told["minutes"], told["attendance"], now=now)


def _plan(case: Case, told: Told) -> RoundPlan:
    level = Level(told["level"])
    basis = "orientation" if level is Level.ORIENTATION else told["legal_basis"]
    first, last_day = case.calendar.on(told["opens"]), case.calendar.on(told["last_day"])
    report, decision = _expected(case, last_day)
    over_holidays = dates.holiday_overlap(first, last_day, clock.closed)
    open_to = Audience.EVERYONE if told["audience"] == "everyone" else Audience.NEIGHBOURS
    return RoundPlan(
        kind=_ROUNDS[told["kind"]],
        level=level,
        legal_basis=basis,
        opens_on=first,
        last_day=last_day,
        report_on=report if level is not Level.ORIENTATION else None,
        decision_on=decision if level is not Level.ORIENTATION else None,
        audience=open_to,
        overlap_reason=told.get("overlap_reason", "") or (_OVER_HOLIDAYS if over_holidays else ""),
        legal_text=LEGAL_BASES[basis].legal_text,
    )


def _expected(case: Case, last_day: date) -> tuple[date, date]:
    """When citizens can expect the answer and the decision: before the agenda of the first meeting is closed."""
    meets = [case.calendar.meets_on(step["day"]) for step in steps(case.told) if _kind(step) is not StepKind.HEARING]
    if not meets:
        return last_day, last_day
    ready = max(min(meets) - _AGENDA, last_day + dates.DAY)
    return dates.next_working_day(ready, clock.closed), max(meets)


def steps(told: Told) -> list[Told]:
    """The steps of the project itself; what an orientation tells of was decided before it."""
    return [] if told["level"] == Level.ORIENTATION else list(told["step"])


def _kind(step: Told) -> StepKind:
    return StepKind.HEARING if step["kind"] == SENT else StepKind(step["kind"])


def _decider(step: Told) -> str:
    """Who decides, as it stands in the middle of a sentence."""
    body = str(step["body"]).removesuffix(" efter delegation")
    return body[:1].lower() + body[1:] if body == "Byrådet" else body


def _audience(one: Told) -> str:
    audience = str(one.get("audience", "everyone"))
    return "" if audience == "everyone" else audience


def _heard(case: Case, round_: Told) -> Iterator[Heard]:
    bodies = {one["key"]: one for one in case.municipality["party"]}
    for key in case.told["parties"]:
        yield Heard(bodies[key]["name"], bodies[key]["email"], Capacity(bodies[key]["kind"]))
    if round_["audience"] != "everyone":
        for line in round_["audience"]:
            name, _, address = line.partition(", ")
            yield Heard(name, "", Capacity.NEIGHBOUR if address else Capacity.ASSOCIATION, address or line)
