"""The leader's yes to the whole note: by one link, to exactly what was read."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.answers.draft import Draft, draft_answer
from participation.answers.model import Answer
from participation.answers.queries import answers_of
from participation.foundation import letters
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter, LogEntry
from participation.people.actor import actor_of
from participation.people.recuse import recuse
from participation.projects.model import Round
from participation.reports import queries
from participation.reports.approve import Changed, approve_own_report, approve_report, ask_approval, compile_digest
from participation.reports.compile import compile_paper
from participation.reports.gate import NotReady, approval_for
from participation.reports.model import Approval
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState, Rendition, Role, StepResult
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Door, NotAllowed
from tests.contributed import receive
from tests.persons import make_person
from tests.reports.cases import answer, publish, read, theme


@pytest.fixture
def note(planner, hearing: Round):
    """Two answered and read letters."""
    written = receive(hearing, "Flyt overgangen.", "Mere lys.")
    publish(*written)
    answer(planner, *written)
    read(*written)
    return written


def ask(planner, leader_person, hearing, later) -> Approval:
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    return queries.approval_by_token(token)


def approve(leader, approval, later, **changed) -> None:
    seen = changed.pop("seen", None) or compile_digest(approval.project, later)
    with settling():
        approve_report(leader, approval, approved=True, seen=seen, now=later, **changed)


def test_the_leader_gets_one_letter_with_one_link(planner, leader_person, hearing, note, later) -> None:
    """RE-42; the token stands in no row: only its hash is kept."""
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    (letter,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "approval_wanted"))
    assert letter.recipient == leader_person.email
    assert token not in str(letter.facts)
    assert token not in db.session.scalar(sa.select(Approval.token_hash))
    composed = letters.preview(letter.kind, title="Ny vej", asked_by="Pia", approval=1)
    assert "godkendelse" in composed.subject


def test_a_yes_to_the_note_approves_its_answers(planner, leader, leader_person, hearing, note, later) -> None:
    approval = ask(planner, leader_person, hearing, later)
    approve(leader, approval, later)
    assert set(db.session.scalars(sa.select(Answer.state))) == {AnswerState.APPROVED}
    assert answers_of(hearing.project_id).unapproved() == []
    assert approval.answered_by_id == leader.person_id


def test_the_asker_is_told(planner, leader, leader_person, planner_person, hearing, note, later) -> None:
    approve(leader, ask(planner, leader_person, hearing, later), later)
    (letter,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "approval_answered"))
    assert letter.recipient == planner_person.email


def test_any_change_afterwards_makes_the_yes_void(planner, leader, leader_person, hearing, note, later) -> None:
    """An approval holds only for what was read."""
    approve(leader, ask(planner, leader_person, hearing, later), later)
    paper = compile_paper(hearing.project, Rendition.CASE, now=later)
    assert approval_for(hearing.project, paper) is not None
    kept = db.session.scalar(sa.select(Answer).where(Answer.contribution_id == note[0].id))
    with settling():
        draft = Draft(note[0], "Nej alligevel.", Recommendation.PARTLY, "Det er for dyrt.", version=kept.version)
        draft_answer(planner, draft, now=later)
    with pytest.raises(NotReady):
        approval_for(hearing.project, compile_paper(hearing.project, Rendition.CASE, now=later))


def test_what_a_committee_says_of_the_note_changes_nothing_in_it(
    planner, leader, leader_person, hearing, note, later
) -> None:
    approval = ask(planner, leader_person, hearing, later)
    approve(leader, approval, later)
    with settling():
        step = hearing.project.steps[0]
        step.met_on, step.result = later.date(), StepResult.RECOMMENDED
    paper = compile_paper(hearing.project, Rendition.CASE, now=later)
    assert paper.facts.steps[0].result is StepResult.RECOMMENDED
    assert approval_for(hearing.project, paper).id == approval.id


def test_a_leader_cannot_say_yes_to_what_changed_since_the_page_was_read(
    planner, leader, leader_person, hearing, note, later
) -> None:
    approval = ask(planner, leader_person, hearing, later)
    seen = approval.digest
    answer(planner, note[1].points[0], words="Noget andet.")
    with pytest.raises(Changed):
        approve(leader, approval, later, seen=seen)
    assert db.session.get(Approval, approval.id).approved is None


def test_a_leader_who_reads_the_new_words_can_say_yes_to_them(
    planner, leader, leader_person, hearing, note, later
) -> None:
    approval = ask(planner, leader_person, hearing, later)
    answer(planner, note[1].points[0], words="Noget andet.")
    approve(leader, approval, later)
    assert approval_for(hearing.project, compile_paper(hearing.project, Rendition.CASE, now=later)) == approval


def test_sent_back_needs_a_word_and_approves_nothing(planner, leader, leader_person, hearing, note, later) -> None:
    approval = ask(planner, leader_person, hearing, later)
    with pytest.raises(Wrong), settling():
        approve_report(leader, approval, approved=False, words=" ", seen="", now=later)
    with settling():
        approve_report(leader, approval, approved=False, words="Skriv mere om lyset.", seen="", now=later)
    assert set(db.session.scalars(sa.select(Answer.state))) == {AnswerState.DRAFT}
    assert approval.words == "Skriv mere om lyset."


def test_a_link_is_answered_once(planner, leader, leader_person, hearing, note, later) -> None:
    approval = ask(planner, leader_person, hearing, later)
    approve(leader, approval, later)
    with pytest.raises(Wrong):
        approve(leader, approval, later + timedelta(hours=1))


def test_a_note_that_lacks_an_answer_is_not_sent_to_the_leader(planner, leader_person, hearing, note, later) -> None:
    """RP-23: it names the contribution."""
    (third,) = receive(hearing, "Og en tredje ting.")
    read(third)
    with pytest.raises(NotReady, match="3") as refused, settling():
        ask_approval(planner, hearing.project, leader_person, now=later)
    assert refused.value.missing[0].numbers == (3,)


def test_a_point_that_moves_in_later_is_approved_with_the_next_yes(
    planner, leader, leader_person, hearing, note, later
) -> None:
    with settling():
        light = theme(hearing.project, "Lys")
    (third,) = receive(hearing, "Lys på stien.")
    read(third)
    with settling():
        theme(hearing.project, light, third)
    answer(planner, light)
    approve(leader, ask(planner, leader_person, hearing, later), later)
    (fourth,) = receive(hearing, "Lys ved skolen.", at=later)
    read(fourth)
    with settling():
        theme(hearing.project, light, fourth)
    assert [point.number for point in answers_of(hearing.project_id).unapproved()] == [4]
    approve(leader, ask(planner, leader_person, hearing, later + timedelta(hours=1)), later + timedelta(hours=1))
    assert answers_of(hearing.project_id).unapproved() == []


# -- who may ----------------------------------------------------------------------------------------------------------


def test_only_a_leader_of_the_department_approves(
    planner, clerk, councillor, schools, leader_person, hearing, note, later
) -> None:
    approval = ask(planner, leader_person, hearing, later)
    elsewhere = actor_of(make_person("Sara Skoleleder", (Role.LEADER, schools)))
    for actor in (planner, clerk, councillor, elsewhere):
        with pytest.raises(NotAllowed):
            approve(actor, approval, later)


def test_a_leader_who_stands_aside_neither_approves_nor_is_asked(planner, leader_person, hearing, note, later) -> None:
    """RE-41."""
    approval = ask(planner, leader_person, hearing, later)
    with settling():
        recuse(actor_of(leader_person), hearing.project, None, now=later)
    with pytest.raises(NotAllowed) as no:
        approve(actor_of(leader_person), approval, later)
    assert no.value.refusal.door is Door.IMPARTIAL
    with pytest.raises(Wrong), settling():
        ask_approval(planner, hearing.project, leader_person, now=later)


def test_nothing_is_asked_before_the_deadline_has_passed(planner, leader_person, hearing, note, now) -> None:
    with pytest.raises(NotAllowed) as no, settling():
        ask_approval(planner, hearing.project, leader_person, now=now)
    assert no.value.refusal.door is Door.PHASE


# -- a department of one ----------------------------------------------------------------------------------------------


def test_a_department_of_one_approves_itself_with_a_reason_that_is_logged_and_printed(
    planner, hearing, note, later
) -> None:
    with settling():
        approval = approve_own_report(planner, hearing.project, "Der er ingen anden i afdelingen.", now=later)
    assert approval.self_approved
    (entry,) = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.APPROVE_REPORT))
    assert entry.facts["self_approved"] is True
    assert approval_for(hearing.project, compile_paper(hearing.project, Rendition.CASE, now=later)) == approval


def test_nobody_approves_their_own_where_a_colleague_could(planner, leader, hearing, note, later) -> None:
    with pytest.raises(Wrong), settling():
        approve_own_report(planner, hearing.project, "Det haster.", now=later)


def test_a_department_of_one_gives_a_reason(planner, hearing, note, later) -> None:
    with pytest.raises(Wrong), settling():
        approve_own_report(planner, hearing.project, "  ", now=later)
