"""The project page answers: where am I, what can I do now, what happens next and when?"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from participation.answers.model import Answer, AnswerPoint, Change
from participation.contributions.ask import ask_question
from participation.contributions.receive import Sender, Sent
from participation.foundation.db import db, settling
from participation.people.model import Department, Person
from participation.projects.model import FrameLine, Material, Meaning, Meeting, Notice, Project, Round, Step
from participation.rules.handling import Handling
from participation.rules.kinds import (
    AnswerState,
    Audience,
    Constraint,
    Frame,
    Kind,
    MaterialKind,
    NoticeKind,
    StepKind,
    StepResult,
)
from participation.rules.outcomes import Recommendation
from participation.rules.policy import VISITOR
from participation.themes.model import Theme
from tests.contributed import receive
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.portal.pages import shown, words_of
from tests.queries import counted

SCHOOL_ROAD = "/projekter/ny-skolevej-ved-engparken"
PARK = "/projekter/en-park-til-alle-aldre"
BINS = "/projekter/nye-affaldsspande"


def test_the_level_and_its_promise_stand_at_the_top(client: FlaskClient, hearing: Round) -> None:
    """RP-47."""
    words = words_of(client, SCHOOL_ROAD)
    assert "Høring Du bliver hørt, før byrådet beslutter. Vi tager stilling til det, du skriver" in words


@pytest.mark.parametrize(
    ("matter", "path", "act"),
    [
        ("orientation", BINS, "Stil et spørgsmål"),
        ("hearing", SCHOOL_ROAD, "Skriv dit høringssvar"),
        ("cocreation", PARK, "Kom med et forslag"),
    ],
)
def test_each_level_has_its_own_main_act(
    client: FlaskClient, request: pytest.FixtureRequest, matter: str, path: str, act: str
) -> None:
    request.getfixturevalue(matter)
    assert act in words_of(client, path)


def test_the_deadline_is_said_to_the_minute_with_whom_to_ask(client: FlaskClient, hearing: Round) -> None:
    """RP-04."""
    words = words_of(client, SCHOOL_ROAD)
    assert "Svar senest mandag 14. december 2026 kl. 23.59" in words
    assert "22 dage tilbage" in words
    assert "Byrådet beslutter, forventet 24. februar 2027" in words
    assert "Spørgsmål? Asta Lind , Veje og Trafik, 70 00 00 01" in words


def test_what_can_be_influenced_stands_beside_what_cannot_and_why(client: FlaskClient, hearing: Round) -> None:
    """RP-37, RL-32, RL-04."""
    words = words_of(client, SCHOOL_ROAD)
    assert "Hvor overgangen ligger" in words
    assert "At der kommer en skolevej Politisk besluttet: Byrådet, 12. maj" in words
    assert "Dit barn får en kortere vej til skole." in words


def test_the_promises_have_days(client: FlaskClient, hearing: Round) -> None:
    words = words_of(client, SCHOOL_ROAD)
    assert "Vi svarer på spørgsmål inden for 5 arbejdsdage." in words
    assert "senest 7 arbejdsdage efter beslutningen" in words


def test_the_line_of_time_says_where_we_are(client: FlaskClient, hearing: Round) -> None:
    words = words_of(client, SCHOOL_ROAD)
    assert "Åben for høringssvar Her er vi nu 23. oktober 2026 til 14. december 2026" in words
    assert "Byrådet beslutter Kommer forventet 24. februar 2027" in words


def test_a_closed_hearing_says_what_came_in_and_that_a_late_one_can_be_sent(
    client: FlaskClient, hearing: Round, stopped_clock
) -> None:
    shown(hearing, "Overgangen skal ligge ved kirken.", "Der mangler lys.")
    stopped_clock.move_to(hearing.closes_at)
    words = words_of(client, SCHOOL_ROAD)
    assert "Fristen var mandag 14. december 2026" in words
    assert "2 høringssvar" in words
    assert "Kommunens samlede svar kommer her på siden, forventet senest fredag 29. januar 2027." in words
    assert "Vi læser det og mærker det som modtaget efter fristen." in words
    assert words.index("Det kom der ind") < words.index("Kort fortalt")


def test_nothing_of_the_administrations_answer_is_shown_before_it_is_reported(
    client: FlaskClient, hearing: Round, stopped_clock
) -> None:
    _answered(hearing)
    stopped_clock.move_to(hearing.closes_at)
    assert "Vi flytter overgangen." not in words_of(client, SCHOOL_ROAD)
    assert "Vi flytter overgangen." not in words_of(client, f"{SCHOOL_ROAD}/hoeringssvar/1")


def test_after_the_report_come_topics_answers_and_changes(client: FlaskClient, hearing: Round, stopped_clock) -> None:
    """RP-42: from a topic to what it changed."""
    _answered(hearing)
    with settling():
        hearing.reported_at = hearing.closes_at + timedelta(days=20)
        db.session.add(hearing)
    stopped_clock.move_to(hearing.reported_at + timedelta(days=1))
    words = words_of(client, SCHOOL_ROAD)
    assert "Placering af overgang" in words
    assert "Vi flytter overgangen." in words
    assert "Forvaltningen indstiller: imødekommes" in words
    assert "§ 4.1" in words
    one = words_of(client, f"{SCHOOL_ROAD}/hoeringssvar/1")
    assert "Vi flytter overgangen." in one


def _answered(round_: Round) -> None:
    point = shown(round_, "Overgangen skal ligge ved kirken.")[0].points[0]
    with settling():
        theme = Theme(project_id=round_.project_id, title="Placering af overgang", point_count=1, made_at=NOW)
        db.session.add(theme)
        db.session.flush()
        answer = Answer(
            project_id=round_.project_id,
            theme_id=theme.id,
            words="Vi flytter overgangen.",
            recommendation=Recommendation.ACCOMMODATED,
            state=AnswerState.APPROVED,
            written_at=NOW,
        )
        db.session.add(answer)
        db.session.flush()
        db.session.add(AnswerPoint(answer_id=answer.id, point_id=point.id, approved_at=NOW))
        db.session.add(
            Change(
                project_id=round_.project_id,
                place="§ 4.1",
                before="ved tanken",
                after="ved kirken",
                written_at=NOW,
                answers=[answer],
            )
        )


def test_a_decision_is_told_with_body_day_and_result(client: FlaskClient, hearing: Round, stopped_clock) -> None:
    """RP-39."""
    with settling():
        step = hearing.project.steps[0]
        step.met_on, step.result, step.grounds = date(2027, 2, 24), StepResult.ADOPTED, "Det er sikrest."
        hearing.reported_at = hearing.closes_at
        hearing.decided_at = NOW + timedelta(days=95)
        db.session.add_all((step, hearing))
    stopped_clock.move_to(NOW + timedelta(days=100))
    words = words_of(client, SCHOOL_ROAD)
    assert "Det blev besluttet Byrådet" in words
    assert "onsdag 24. februar 2027" in words
    assert "Det er sikrest." in words


def test_what_was_told_in_public_stays_there(client: FlaskClient, hearing: Round) -> None:
    """RP-28."""
    with settling():
        db.session.add(
            Notice(
                project_id=hearing.project_id,
                kind=NoticeKind.EXTENDED,
                at=NOW,
                words="Post var forsinket.",
                was="mandag 7. december 2026",
                became="mandag 14. december 2026",
            )
        )
    words = words_of(client, SCHOOL_ROAD)
    assert "Fristen er forlænget" in words
    assert "Post var forsinket." in words


def test_a_cancelled_project_says_why_and_takes_nothing_in(client: FlaskClient, roads: Department) -> None:
    make_project(roads, cancelled_at=NOW, cancelled_reason="Pengene er brugt til noget andet.")
    words = words_of(client, SCHOOL_ROAD)
    assert "Projektet er aflyst" in words
    assert "Pengene er brugt til noget andet." in words
    assert "Skriv dit høringssvar" not in words
    assert "Følg sagen" not in words


def test_a_draft_is_as_good_as_not_there_for_visitors(client: FlaskClient, draft: Project) -> None:
    assert client.get(SCHOOL_ROAD).status_code == 404


def test_the_planner_sees_the_draft_as_citizens_will(client: FlaskClient, draft: Project, planner_person) -> None:
    sign_in(client, planner_person)
    assert "Det her er en kladde" in words_of(client, SCHOOL_ROAD)


def test_a_planner_of_another_department_does_not(client: FlaskClient, draft: Project, other_planner) -> None:
    sign_in(client, db.session.get(Person, other_planner.person_id))
    assert client.get(SCHOOL_ROAD).status_code == 404


@pytest.fixture
def draft(roads: Department) -> Project:
    """A project that is not announced."""
    project = make_project(roads, announced_at=None)
    with settling():
        project.rounds[0].announced_at = None
        db.session.add(project)
    return project


def test_a_named_circle_is_said_and_the_page_is_open(client: FlaskClient, hearing: Round) -> None:
    """RE-28."""
    with settling():
        hearing.audience = Audience.NEIGHBOURS
        db.session.add(hearing)
    assert "Vi har skrevet direkte til naboerne." in words_of(client, SCHOOL_ROAD)


def test_a_question_stands_with_its_answer_and_one_without_waits(client: FlaskClient, orientation: Round) -> None:
    """RP-17."""
    first, _second = _questions(orientation, "Hvornår kommer spandene?", "Hvor skal de stå?")
    with settling():
        db.session.add(
            Answer(
                project_id=orientation.project_id,
                contribution_id=first,
                words="De kommer i maj.",
                recommendation=Recommendation.ANSWERED,
                state=AnswerState.APPROVED,
                written_at=NOW,
            )
        )
    words = words_of(client, BINS)
    assert "Hvornår kommer spandene?" in words
    assert "De kommer i maj." in words
    assert "Svaret er på vej." in words


def _questions(round_: Round, *words: str) -> list[int]:
    made = []
    for one in words:
        with settling():
            asked = ask_question(
                VISITOR, round_, Sent(words=one, kind=Kind.QUESTION, received_at=NOW, key=uuid4().hex), now=NOW
            )
            asked.handling, asked.published_at = Handling.PUBLISHED, NOW
        made.append(asked.id)
    return made


def test_the_page_asks_the_same_eight_at_most_whatever_hangs_on_it(client: FlaskClient, hearing: Round) -> None:
    with counted() as few:
        client.get(SCHOOL_ROAD)
    _fill(hearing)
    with counted() as many:
        client.get(SCHOOL_ROAD)
    assert len(few) <= len(many) <= 8


def test_so_it_does_when_everything_is_reported(client: FlaskClient, hearing: Round, stopped_clock) -> None:
    _fill(hearing)
    _answered(hearing)
    with settling():
        hearing.reported_at = hearing.closes_at
        db.session.add(hearing)
    stopped_clock.move_to(hearing.closes_at + timedelta(days=1))
    with counted() as asked:
        assert client.get(SCHOOL_ROAD).status_code == 200
    assert len(asked) <= 8


@pytest.mark.parametrize("path", ["/hoeringssvar", "/hoeringssvar/7", "/spoergsmaal"])
def test_the_pages_below_it_ask_no_more_for_sixty_voices(client: FlaskClient, hearing: Round, path: str) -> None:
    _fill(hearing)
    with counted() as asked:
        assert client.get(SCHOOL_ROAD + path).status_code == 200
    assert len(asked) <= 8


def _fill(round_: Round) -> None:
    project_id = round_.project_id
    shown(round_, *(f"Høringssvar om lys nummer {number}." for number in range(60)))
    _questions(round_, *(f"Spørgsmål {number}?" for number in range(12)))
    with settling():
        for number in range(20):
            db.session.add_all(
                (
                    FrameLine(project_id=project_id, kind=Frame.OPEN, words=f"Linje {number}", position=number),
                    FrameLine(
                        project_id=project_id,
                        kind=Frame.FIXED,
                        words=f"Fast {number}",
                        position=number,
                        constraint=Constraint.LEGAL,
                    ),
                    Meaning(project_id=project_id, audience=f"Jeg er nr. {number}", words="Noget", position=number),
                    Material(
                        project_id=project_id,
                        kind=MaterialKind.TEXT,
                        title=f"Bilag {number}",
                        words="Tekst",
                        added_at=NOW,
                        position=number,
                    ),
                    Meeting(project_id=project_id, title=f"Møde {number}", starts_at=NOW, place="Salen"),
                    Step(project_id=project_id, kind=StepKind.COMMITTEE, body=f"Udvalg {number}", position=number),
                    Notice(project_id=project_id, kind=NoticeKind.CORRECTION, at=NOW, words="Rettet."),
                    Change(project_id=project_id, place=f"§ {number}", after="Nyt", written_at=NOW),
                )
            )


def test_what_somebody_wrote_is_shown_without_a_name_unless_wished(client: FlaskClient, hearing: Round) -> None:
    private = receive(hearing, "Jeg vil helst ikke nævnes.", sender=Sender(name="Bente Bro"))[0]
    named = receive(hearing, "Jeg står ved det.", sender=Sender(name="Carl Cykel", show_name=True))[0]
    with settling():
        for one in (private, named):
            one.handling, one.published_at = Handling.PUBLISHED, NOW
            db.session.add(one)
    words = words_of(client, f"{SCHOOL_ROAD}/hoeringssvar")
    assert "Bente Bro" not in words
    assert "Carl Cykel" in words


def test_the_voices_come_25_at_a_time_the_newest_first(client: FlaskClient, hearing: Round) -> None:
    """RL-50: a neutral order."""
    shown(hearing, *(f"Stemme {number:02}" for number in range(1, 61)))
    words = words_of(client, f"{SCHOOL_ROAD}/hoeringssvar")
    assert words.index("Stemme 60") < words.index("Stemme 36")
    assert "Stemme 35" not in words
    older = words_of(client, f"{SCHOOL_ROAD}/hoeringssvar?foer=36")
    assert "Stemme 35" in older
    assert "Stemme 11" in older
    assert "Stemme 36" not in older
    newer = words_of(client, f"{SCHOOL_ROAD}/hoeringssvar?efter=35")
    assert "Stemme 36" in newer
    assert "Stemme 60" in newer


def test_a_voice_that_is_not_shown_has_no_page(client: FlaskClient, hearing: Round) -> None:
    receive(hearing, "Ikke set igennem endnu.")
    assert client.get(f"{SCHOOL_ROAD}/hoeringssvar/1").status_code == 404


def test_words_are_shown_as_written_and_are_never_markup(client: FlaskClient, hearing: Round) -> None:
    """RL-36."""
    shown(hearing, "<script>alert(1)</script> & <b>nej</b>")
    page = client.get(f"{SCHOOL_ROAD}/hoeringssvar/1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;nej&lt;/b&gt;" in page


def test_a_proposal_can_be_supported_and_commented_from_its_own_page(client: FlaskClient, cocreation: Round) -> None:
    """RL-09: support counts, and never orders the list."""
    proposal = shown(cocreation, "En skaterbane ved biblioteket.")[0]
    with settling():
        proposal.kind = Kind.PROPOSAL
        db.session.add(proposal)
    page = client.get(f"{PARK}/hoeringssvar/1").text
    assert f'action="{PARK}/forslag/1/stoet"' in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post(f"{PARK}/forslag/1/stoet", data={"csrf_token": token}).status_code == 303
    assert "1 støtter forslaget" in words_of(client, f"{PARK}/hoeringssvar/1")
    assert client.get(f"{PARK}/forslag/1/kommentar").status_code == 200


def test_each_main_act_leads_to_a_form(
    client: FlaskClient, hearing: Round, cocreation: Round, orientation: Round
) -> None:
    for path in (f"{SCHOOL_ROAD}/svar", f"{PARK}/svar", f"{BINS}/spoerg", f"{SCHOOL_ROAD}/spoerg"):
        assert client.get(path).status_code == 200


def test_a_plan_stands_with_its_legal_effect_its_number_and_any_dissent(client: FlaskClient, hearing: Round) -> None:
    """RE-05; planloven § 24(1) and (2)."""
    with settling():
        hearing.legal_text = "Ingen må bygge, før planen er besluttet."
        hearing.project.register_id = "1234567"
        step = Step(
            kind=StepKind.HEARING, body="Byrådet", met_on=date(2026, 10, 20), dissent="Liste Q er imod.", position=9
        )
        hearing.project.steps.append(step)
        db.session.add(hearing)
    words = words_of(client, SCHOOL_ROAD)
    assert "Ingen må bygge, før planen er besluttet." in words
    assert "Planens nummer i Plandata.dk: 1234567" in words
    assert "Liste Q er imod." in words
