"""Battery L6: every timely input of the practice municipality stands in the paper exactly once, whatever befalls it.

What happened to the contributions is thrown by dice with fixed seeds: hidden, sent twice, late, on paper, withdrawn.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.answers.gates import gates
from participation.answers.model import Answer
from participation.foundation import clock
from participation.foundation.db import SettledFlask, db, settling
from participation.people.actor import actor_of
from participation.people.model import Membership, Person
from participation.projects.model import Project
from participation.reports.approve import ask_approval
from participation.reports.check import LeftOut, require_everybody
from participation.reports.compile import compiled
from participation.reports.gate import NotReady
from participation.reports.paper import Paper, Section
from participation.reports.reading import Case, Written, read_case
from participation.rules import dates
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Channel, Kind, PaperForm, Rendition, Role
from participation.rules.levels import Level
from participation.rules.phases import Arrival
from participation.rules.policy import Actor

SLUGS = ("boernepolitik", "lokalplan-117-havnegrunden", "trafikplan-nord", "en-park-til-alle-aldre")
SEEDS = range(6)


@pytest.fixture
def cases(practised: SettledFlask) -> Iterator[dict[str, Case]]:
    with practised.app_context(), practised.test_request_context():
        found = db.session.scalars(sa.select(Project).where(Project.slug.in_(SLUGS))).all()
        yield {one.slug: read_case(one) for one in found}
        db.session.remove()


def befallen(one: Written, numbers: list[int], ids: dict[int, int], dice: random.Random) -> Written:
    """One contribution after a throw of the dice."""
    earlier = [number for number in numbers if number < one.number]
    match dice.randrange(8):
        case 0:
            return replace(one, handling=Handling.HIDDEN, hidden_reason=dice.choice(list(HidingReason)))
        case 1 if earlier:
            return replace(one, duplicate_of_id=ids[dice.choice(earlier)])
        case 2:
            return replace(one, arrival=dice.choice(list(Arrival)))
        case 3:
            return replace(one, channel=Channel.LETTER, handling=Handling.RECEIVED, hidden_reason=None)
        case 4:
            return replace(one, handling=Handling.WITHDRAWN, hidden_reason=None)
        case 5:
            return replace(one, kind=Kind.QUESTION)
        case 6:
            return replace(one, disputed=True)
    return one


def thrown(case: Case, seed: int) -> Case:
    dice = random.Random(f"{case.project.slug}:{seed}")
    ids = {one.number: one.id for one in case.written}
    return replace(case, written=[befallen(one, list(ids), ids, dice) for one in case.written])


def expected_section(one: Written, rendition: Rendition) -> Section:
    """Where it stands, told a second time and in another order than the house does."""
    shown_to_council = one.hidden_reason is not HidingReason.UNLAWFUL
    if one.handling is Handling.WITHDRAWN:
        return Section.WITHDRAWN
    if one.handling is Handling.HIDDEN and (rendition is Rendition.PUBLIC or not shown_to_council):
        return Section.HIDDEN
    places = (
        (one.arrival is Arrival.AFTER_DECISION, Section.AFTERWARDS),
        (one.duplicate_of_id is not None, Section.DUPLICATE),
        (one.kind is Kind.QUESTION, Section.QUESTION),
        (one.arrival is Arrival.LATE, Section.LATE),
        (one.arrival is Arrival.AFTER_REPORT, Section.ADDENDUM),
    )
    return next((section for holds, section in places if holds), Section.BODY)


@pytest.mark.parametrize("rendition", Rendition)
@pytest.mark.parametrize("form", PaperForm)
@pytest.mark.parametrize("slug", SLUGS)
def test_whatever_befalls_them_each_stands_in_its_own_section_exactly_once(
    cases: dict[str, Case], slug: str, form: PaperForm, rendition: Rendition
) -> None:
    """T14 T26 FU-04: hidden, sent twice, late and on paper, each in its place, and the counts add up."""
    for seed in SEEDS:
        case = thrown(cases[slug], seed)
        paper = compiled(case, rendition, form, now=clock.now())
        told = Counter(number for _section, numbers in paper.sections for number in numbers)
        assert told == Counter(one.number for one in case.written)
        assert Counter(entry.number for entry in paper.entries) == told
        wrong = [
            one.number for one in case.written if one.number not in paper.numbers(expected_section(one, rendition))
        ]
        assert wrong == []
        assert paper.figures.received == sum(one.handling is not Handling.WITHDRAWN for one in case.written)
        reasons = {one.number: one.reason for one in paper.hidden}
        assert set(reasons) == set(paper.numbers(Section.HIDDEN))
        if rendition is Rendition.CASE:
            shown = {entry.number for entry in paper.entries if entry.shown and entry.words}
            hidden = {one.number for one in case.written if one.handling is Handling.HIDDEN and case.words.get(one.id)}
            assert hidden - shown == set(paper.numbers(Section.HIDDEN)) & hidden


def spoilt(paper: Paper, dice: random.Random) -> Paper:
    """The same paper with somebody left out, told twice, or miscounted."""
    number = dice.choice([entry.number for entry in paper.entries if entry.section is not Section.WITHDRAWN])
    without = tuple((section, tuple(one for one in numbers if one != number)) for section, numbers in paper.sections)
    entry = next(one for one in paper.entries if one.number == number)
    figures = paper.figures
    return dice.choice(
        [
            replace(paper, sections=without),
            replace(paper, sections=(*paper.sections, (Section.LATE, (number,)))),
            replace(paper, entries=tuple(one for one in paper.entries if one.number != number)),
            replace(paper, entries=(*paper.entries, entry)),
            replace(paper, figures=replace(figures, received=figures.received + 1)),
            replace(paper, figures=replace(figures, known=figures.known[1:])),
        ]
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_paper_that_leaves_somebody_out_is_refused(cases: dict[str, Case], slug: str) -> None:
    case = cases[slug]
    paper = compiled(case, Rendition.CASE, now=clock.now())
    require_everybody(paper, case)
    dice = random.Random(slug)
    for _ in range(40):
        with pytest.raises(LeftOut):
            require_everybody(spoilt(paper, dice), case)


@pytest.mark.parametrize("slug", SLUGS)
def test_where_nothing_is_missing_each_has_a_recommendation_and_its_words(cases: dict[str, Case], slug: str) -> None:
    """RP-23 RE-35: the gate says "ready" only when every row of every entry has its answer."""
    case = cases[slug]
    blocked = [one for one in gates(case.project, dates.local_day(clock.now())) if one.blocks]
    paper = compiled(case, Rendition.CASE, now=clock.now())
    weighed = (Section.BODY, Section.LATE, Section.ADDENDUM, Section.HIDDEN)
    bare = [
        entry.number
        for entry in paper.entries
        if entry.section in weighed
        for row in entry.rows
        if row.reply is None
        or row.reply.recommendation is None
        or not (row.reply.words.strip() or row.reply.reason.strip())
    ]
    assert bool(bare) <= bool(blocked)
    assert blocked or not bare


def the_planner(project: Project) -> Person:
    rows = sa.select(Person).join(Membership).where(Membership.department_id == project.department_id)
    return db.session.scalars(rows.where(Membership.role == Role.PLANNER, Person.active).limit(1)).one()


def ask_without(key: int, planner: Actor, project: Project, leader: Person) -> None:
    with settling():
        db.session.execute(sa.update(Answer).where(Answer.id == key).values(recommendation=None))
        db.session.expire_all()
        ask_approval(planner, project, leader, now=clock.now() + timedelta(minutes=1))


def test_the_note_cannot_be_approved_while_one_lacks_its_answer(practice: SettledFlask) -> None:
    """Each answer of a ready case in turn loses its recommendation: the note is refused, and the number is named."""
    project = db.session.scalars(sa.select(Project).where(Project.slug == "lokalplan-117-havnegrunden")).one()
    assert project.round.level is Level.HEARING
    planner = actor_of(the_planner(project))
    leader = db.session.scalars(sa.select(Person).join(Membership).where(Membership.role == Role.LEADER).limit(1)).one()
    answers = db.session.scalars(sa.select(Answer.id).where(Answer.project_id == project.id)).all()
    for key in answers:
        db.session.rollback()
        with pytest.raises(NotReady, match=r"Mangler svar: nr\. \d") as refused:
            ask_without(key, planner, project, leader)
        assert any(one.numbers for one in refused.value.missing)
    assert len(answers) >= 7
