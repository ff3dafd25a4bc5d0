"""The small cases, page by page from the first choice to the closed case, by people whose browser runs no script."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from participation.contributions.model import Contribution
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people.model import Department, Person
from participation.projects.model import Party, Project
from participation.rules import phases
from participation.rules.kinds import ApprovalRule, Audience, StepKind
from participation.rules.phases import Phase
from tests.stories.visit import Visit

START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The first morning; the days go by when the story says so."""
    with time_machine.travel(START, tick=True) as traveller:
        yield traveller


@pytest.fixture
def planner(app: SettledFlask, planner_person: Person) -> Visit:
    """The planner at the desk."""
    return Visit(app, planner_person)


@pytest.fixture
def leader(app: SettledFlask, leader_person: Person) -> Visit:
    """The leader."""
    return Visit(app, leader_person)


@pytest.fixture
def clerk(app: SettledFlask, clerk_person: Person) -> Visit:
    """The committee secretary."""
    return Visit(app, clerk_person)


def announce(planner: Visit, case_type: str, level: str = "hearing", **fields: str) -> str:
    """Level, one page, one button; gives the case's address under ``/projekter``."""
    planner.open("/arbejde/projekter/nyt").press("Fortsæt", {"niveau": level, "sagstype": case_type})
    written = {
        "title": "Bump på Møllevej",
        "summary": "Vi vil lægge to bump på Møllevej. Vi vil høre, hvad du mener.",
        "meaning": "Bilerne foran dit hus kommer til at køre langsommere.",
    }
    planner.press("Gem kladden", written | fields)
    buttons = [button for button in ("Offentliggør alligevel", "Offentliggør") if f"{button}<" in planner.html]
    planner.press((buttons or ["Offentliggør"])[0]).says("Projektet er offentliggjort.")
    return planner.path.removeprefix("/arbejde/projekter/")


def write(app: SettledFlask, time: time_machine.Traveller, slug: str, words: str, email: str = "") -> Visit:
    """A citizen answers, at a human pace."""
    citizen = Visit(app).open(f"/projekter/{slug}").follow("Skriv dit høringssvar")
    time.shift(timedelta(seconds=40))
    return citizen.press("Send", {"words": words, "email": email}).says("Tak")


def deadline_passes(time: time_machine.Traveller) -> None:
    closes = only().round.closes_at
    assert closes is not None
    time.move_to(closes + timedelta(days=1, hours=9))


def only() -> Project:
    """The one project as it stands now."""
    db.session.rollback()
    return db.session.scalars(sa.select(Project)).one()


def phase() -> Phase:
    return phases.phase(only().round, datetime.now(UTC))


def answer_all(planner: Visit, slug: str) -> None:
    planner.open(f"/arbejde/projekter/{slug}/svar")
    chosen = dict.fromkeys(planner.fields("-recommendation"), "accommodated")
    assert chosen
    planner.press("Gem alle svar", chosen | dict.fromkeys(planner.fields("-words"), "Tak. Vi retter planen til."))
    planner.says("Gemt.")


def publish(planner: Visit, slug: str) -> None:
    planner.open(f"/arbejde/projekter/{slug}/rapport").press("Offentliggør hvidbogen").says("version 1")


def decide(person: Visit, slug: str, time: time_machine.Traveller) -> None:
    """Attach the white paper to every meeting, then write down each result on its day."""
    person.open(f"/arbejde/projekter/{slug}/beslutning").press("Læg hvidbogen ved de kommende møder")
    while True:
        coming = [step for step in sorted(only().steps, key=lambda one: one.position) if step.result is None]
        if not coming:
            break
        time.shift(timedelta(days=7))
        today, is_last = f"{datetime.now(UTC):%Y-%m-%d}", len(coming) == 1
        person.open(f"/arbejde/projekter/{slug}/beslutning").follow("Skriv resultatet ind")
        result = {"met_on": today, "result": "adopted" if is_last else "recommended"}
        final = {"grounds": "Bumpene gør vejen tryg.", "legal_ground": "Vejloven § 8", "announced_on": today}
        person.press("Gem resultatet", result | (final if is_last else {})).says("Resultatet er skrevet ind.")


def tell_and_close(app: SettledFlask, planner: Visit, slug: str) -> None:
    planner.open(f"/arbejde/projekter/{slug}/besked")
    if "Send til alle" in planner.words:
        planner.press("Send til alle")
    jobs.run_all(app, datetime.now(UTC))
    planner.open(f"/arbejde/projekter/{slug}/besked").press("Afslut sagen").says("Sagen er afsluttet.")
    assert phase() is Phase.CLOSED


def set_approval(rule: ApprovalRule) -> None:
    with settling():
        db.session.scalars(sa.select(Department)).one().approval = rule


def test_the_administration_decides_by_delegation_without_the_clerk(
    app: SettledFlask, planner: Visit, time: time_machine.Traveller
) -> None:
    """DESIGN: forvaltningen efter delegation; planner alone carries it where the department asks for no approval."""
    set_approval(ApprovalRule.NONE)
    steps = {
        "decided_by": "Veje og Trafik",
        "steps-0-kind": "delegated",
        "steps-0-body": "Veje og Trafik",
        "steps-1-body": "",
    }
    slug = announce(planner, "trafik", **steps)
    assert [step.kind for step in only().steps] == [StepKind.DELEGATED]
    citizen = write(app, time, slug, "Læg bumpet ved nr. 12.", "mia@borger.example")
    deadline_passes(time)
    answer_all(planner, slug)
    publish(planner, slug)
    decide(planner, slug, time)
    tell_and_close(app, planner, slug)
    citizen.open("/mit-svar/hvor").says("Vi retter planen til.", "Veje og Trafik besluttede")
    print(f"\n{planner.acts} staff acts for a delegated decision")
    assert planner.acts <= 10


def test_a_hearing_that_nobody_answered_is_one_act_from_its_report(
    app: SettledFlask, planner: Visit, clerk: Visit, time: time_machine.Traveller
) -> None:
    """DESIGN: "Der kom ingen høringssvar": no answers, no approval, one act, and still a decision for all to read."""
    set_approval(ApprovalRule.NOTE)
    slug = announce(planner, "trafik")
    deadline_passes(time)
    before = planner.acts
    publish(planner, slug)
    assert planner.acts - before == 1
    Visit(app).open(f"/projekter/{slug}/hvidbog").says("Der kom ingen høringssvar")
    decide(clerk, slug, time)
    tell_and_close(app, planner, slug)
    Visit(app).open(f"/projekter/{slug}/beslutning").says("Bumpene gør vejen tryg.")
    print(f"\n{planner.acts + clerk.acts} staff acts for a hearing with no answers")


def test_named_neighbours_are_written_to_answer_and_are_told(
    app: SettledFlask, planner: Visit, time: time_machine.Traveller
) -> None:
    """RL-36: planloven § 20: the circle is named, gets its letter at the announcement, and the decision at the end."""
    set_approval(ApprovalRule.NONE)
    slug = announce(
        planner,
        "naboorientering",
        title="Carport på Birkevej 7",
        parties="Ida Nabo; ida@nabo.example; nabo\nOve Nabo; ove@nabo.example; nabo\nKaj Nabo; Birkevej 9; nabo",
    )
    assert only().round.audience is Audience.NEIGHBOURS
    invited = db.session.scalars(sa.select(Party).order_by(Party.id)).all()
    assert [(party.name, party.invited_at is not None) for party in invited] == [
        ("Ida Nabo", True),
        ("Ove Nabo", True),
        ("Kaj Nabo", True),
    ]
    jobs.run_all(app, datetime.now(UTC))
    written = set(db.session.execute(sa.select(Letter.recipient, Letter.channel)).all())
    assert {("ida@nabo.example", "email"), ("ove@nabo.example", "email")} <= {(to, str(how)) for to, how in written}
    assert any(str(how) == "print" for _to, how in written)
    write(app, time, slug, "Carporten tager solen fra mit køkken.", "ida@nabo.example")
    deadline_passes(time)
    db.session.rollback()
    answer_all(planner, slug)
    publish(planner, slug)
    decide(planner, slug, time)
    planner.open(f"/arbejde/projekter/{slug}/besked").press("Send til alle")
    jobs.run_all(app, datetime.now(UTC))
    db.session.rollback()
    told = db.session.execute(sa.select(Letter.kind, Letter.recipient).where(Letter.kind.in_(("feedback", "decision"))))
    assert {("feedback", "ida@nabo.example"), ("decision", "ove@nabo.example")} <= {tuple(row) for row in told}
    planner.open(f"/arbejde/projekter/{slug}/besked")
    if "breve" in planner.words and "Print brevene" in planner.words:
        planner.follow("Print brevene").press("Jeg har sendt brevene")
    tell_and_close(app, planner, slug)
    print(f"\n{planner.acts} staff acts for a naboorientering")


def test_an_orientation_with_three_questions_ends_when_each_is_answered(
    app: SettledFlask, planner: Visit, time: time_machine.Traveller
) -> None:
    """RP-47: told, not asked: nobody can hand in an answer, everybody can ask, and each gets a reply by the promise."""
    slug = announce(planner, "trafik", "orientation", level_reason="Bumpene er vedtaget og sat i gang.")
    citizen = Visit(app).open(f"/projekter/{slug}")
    assert "Skriv dit høringssvar" not in citizen.words
    asked = ("Hvornår begynder I?", "Hvor høje bliver bumpene?", "Kan bussen stadig køre her?")
    for index, words in enumerate(asked):
        asker = Visit(app).open(f"/projekter/{slug}/spoerg")
        time.shift(timedelta(seconds=30))
        asker.press("Send", {"words": words, "email": f"p{index}@borger.example"}).says("Tak")
    assert db.session.scalar(sa.select(sa.func.count(Contribution.id))) == 3
    planner.open(f"/arbejde/projekter/{slug}/spoergsmaal").says(*asked)
    time.shift(timedelta(days=1))
    for number in (1, 2, 3):
        field = f"q{number}-words"
        planner.open(f"/arbejde/projekter/{slug}/spoergsmaal")
        assert field in planner.fields("-words")
        _answer_question(planner, number, f"Tak, fordi du spørger. Svaret på nr. {number} står i planen.")
    jobs.run_all(app, datetime.now(UTC))
    Visit(app).open(f"/projekter/{slug}/spoergsmaal").says(*asked, "Svaret på nr. 3 står i planen.")
    told = db.session.scalars(sa.select(Letter).where(Letter.recipient.startswith("p"))).all()
    assert {f"p{index}@borger.example" for index in range(3)} <= {letter.recipient for letter in told}
    deadline_passes(time)
    planner.open(f"/arbejde/projekter/{slug}/besked").press("Afslut sagen").says("Sagen er afsluttet.")
    print(f"\n{planner.acts} staff acts for an orientation with three questions")


def _answer_question(planner: Visit, number: int, words: str) -> None:
    planner.press("Send svaret", {f"q{number}-words": words}).says("Svaret er sendt.")


def test_without_approval_the_white_paper_goes_out_at_once(
    app: SettledFlask, planner: Visit, time: time_machine.Traveller
) -> None:
    """RE-42: the department asks for no approval."""
    set_approval(ApprovalRule.NONE)
    slug = announce(planner, "trafik")
    write(app, time, slug, "Godt med bump.")
    deadline_passes(time)
    answer_all(planner, slug)
    publish(planner, slug)
    assert only().round.reported_at is not None
    assert phase() is Phase.REPORTED
    assert db.session.scalars(sa.select(Letter).where(Letter.kind == "approval_wanted")).all() == []


def test_with_the_note_approved_the_leader_says_yes_once_by_the_link(
    app: SettledFlask, planner: Visit, leader: Visit, time: time_machine.Traveller
) -> None:
    """RE-42: the department wants the whole note approved; before that there is no button to publish."""
    set_approval(ApprovalRule.NOTE)
    slug = announce(planner, "trafik")
    write(app, time, slug, "Godt med bump.")
    deadline_passes(time)
    answer_all(planner, slug)
    planner.open(f"/arbejde/projekter/{slug}/rapport")
    assert "Offentliggør hvidbogen" not in planner.words
    planner.press("Bed om godkendelse").says("Venter på godkendelse")
    assert "Offentliggør hvidbogen" not in planner.words
    jobs.run_all(app, datetime.now(UTC))
    db.session.rollback()
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "approval_wanted")).one()
    words = letters.read_in_full(letter).words.split()
    link = next(word for word in words if "/arbejde/godkend/" in word)
    leader.open(link[link.index("/arbejde/") :]).press("Godkend")
    assert leader.acts == 1
    publish(planner, slug)


def test_with_each_answer_approved_one_missing_yes_keeps_the_white_paper_back(
    app: SettledFlask, planner: Visit, leader: Visit, time: time_machine.Traveller
) -> None:
    """RE-42: each answer is approved on its own: the gate names those that are not, and the last yes opens it."""
    set_approval(ApprovalRule.ANSWER)
    slug = announce(planner, "trafik")
    write(app, time, slug, "Godt med bump.")
    write(app, time, slug, "Nej tak til bump.")
    deadline_passes(time)
    answer_all(planner, slug)
    planner.open(f"/arbejde/projekter/{slug}/rapport").says("Ikke godkendt endnu: nr. 1, 2.")
    assert "Offentliggør hvidbogen" not in planner.words
    leader.open(f"/arbejde/projekter/{slug}/svar").press("Godkend 2 svar")
    correct(planner, slug, 2, "Tak. Vi ser på det igen.")
    planner.open(f"/arbejde/projekter/{slug}/rapport").says("Ikke godkendt endnu: nr. 2.")
    assert "Offentliggør hvidbogen" not in planner.words
    leader.open(f"/arbejde/projekter/{slug}/svar").press("Godkend 1 svar")
    assert leader.acts == 2
    publish(planner, slug)
    assert phase() is Phase.REPORTED


def correct(planner: Visit, slug: str, number: int, words: str) -> None:
    """The planner writes one answer anew, so that the leader's yes to it is gone."""
    planner.open(f"/arbejde/projekter/{slug}/svar")
    field = planner.fields("-words")[number - 1]
    planner.press("Gem alle svar", {field: words}).says("Gemt.")
