"""The practice municipality is lived through by the real verbs, as of whatever day it is loaded."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.answers.model import Answer, Change
from participation.answers.queries import answers_of
from participation.contributions.model import Contribution, Promise, Support
from participation.decisions.model import AnswerOutcome, FollowUp
from participation.feedback.model import Feedback, Verdict
from participation.foundation import clock, jobs, letters, log
from participation.foundation.db import db
from participation.foundation.model import Job, Letter, LogEntry, Setting
from participation.foundation.personal import cpr_numbers
from participation.people import passwords
from participation.people.model import Person
from participation.people.municipality import municipality
from participation.practice import load, texts
from participation.practice.answer import divided
from participation.projects.model import Project
from participation.reports.model import WhitePaper
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.kinds import Channel, Kind, PromiseKind, Role
from participation.rules.outcomes import Outcome
from participation.rules.phases import Arrival, phase
from participation.themes.model import Run, Theme
from tests.practised import practising, practising_again

PROJECTS = {told["slug"]: told for told in texts.projects()}
SAID = {slug: texts.contributions(slug) for slug in PROJECTS}
#: Sunday 28 March 2027, Easter Day and the night when the clock leaps an hour ahead.
EASTER = datetime(2027, 3, 28, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(practice_folder, tmp_path_factory):
    """The practice municipality that all tests of this file only read; its app context is open."""
    with practising_again(practice_folder, tmp_path_factory.mktemp("read")) as app, app.app_context():
        yield app
        db.session.remove()


pytestmark = pytest.mark.usefixtures("loaded")


def project(slug: str) -> Project:
    return db.session.scalars(sa.select(Project).where(Project.slug == slug)).one()


def contributions(slug: str) -> list[Contribution]:
    mine = sa.select(Contribution).where(Contribution.project_id == project(slug).id).order_by(Contribution.number)
    return list(db.session.scalars(mine))


def count(model, *conditions) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


def loaded_at() -> datetime:
    return db.session.get_one(Setting, "practice").changed_at


# -- the town hall ----------------------------------------------------------------------------------------------------


def test_the_municipality_says_who_it_is():
    assert (municipality().name, municipality().body) == ("Engelund Kommune", "byrådet")
    assert load.is_loaded()


def test_somebody_of_each_role_can_sign_in_with_the_one_password():
    found = load.sign_ins()
    assert {Role(role) for role, _, _ in found} == set(Role) - {Role.VISITOR, Role.HOLDER, Role.WORKER}
    for role, email, password in found:
        person = db.session.scalars(sa.select(Person).where(Person.email == email)).one()
        assert Role(role) in {membership.role for membership in person.memberships}
        assert passwords.fits(password, person.password_hash)
        assert passwords.objection(password, person.name, person.email) is None


def test_another_installation_has_another_password(loaded):
    here = load.sign_ins()[0][2]
    loaded.config["SECRET_KEY"], kept = "k" * 40, loaded.config["SECRET_KEY"]
    try:
        assert load.sign_ins()[0][2] != here
    finally:
        loaded.config["SECRET_KEY"] = kept


# -- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PROJECTS)
def test_a_case_stands_in_the_phase_that_its_file_says(slug):
    assert phase(project(slug).round, loaded_at()) == PROJECTS[slug]["phase"]


@pytest.mark.parametrize("slug", PROJECTS)
def test_numbers_have_no_gap_and_everything_is_there_in_its_own_words(slug):
    found = contributions(slug)
    assert [one.number for one in found] == list(range(1, len(SAID[slug]) + 1))
    assert project(slug).last_number == len(found)
    assert Counter(one.texts[0].words for one in found) == Counter(one["text"].strip() for one in SAID[slug])


@pytest.mark.parametrize("slug", PROJECTS)
def test_numbers_follow_the_order_in_which_the_town_hall_got_them(slug):
    arrived = [one.registered_at or one.received_at for one in contributions(slug)]
    assert arrived == sorted(arrived)


def test_late_is_late_and_the_withdrawn_are_gone_from_the_page():
    for slug, said in SAID.items():
        late = sum(one.get("late", False) for one in said)
        found = contributions(slug)
        assert sum(one.arrival is Arrival.LATE for one in found) == late
        assert sum(one.handling is Handling.WITHDRAWN for one in found) == sum("withdrawn" in one for one in said)
        assert project(slug).published_count == sum(one.handling is Handling.PUBLISHED for one in found)


def test_civil_registration_numbers_are_held_back_until_somebody_has_looked():
    held = [one for slug in SAID for one in contributions(slug) if one.held_back and cpr_numbers(one.words)]
    assert len(held) == 2
    assert all(one.handling is Handling.RECEIVED and one.project.slug == "trafikplan-nord" for one in held)


def test_what_an_officer_wrote_down_names_the_officer():
    for slug in SAID:
        for one in contributions(slug):
            assert (one.registered_by_id is None) == (one.channel is Channel.WEB)


def test_support_is_counted_as_often_as_the_texts_say():
    said = SAID["en-park-til-alle-aldre"]
    found = {one.texts[0].words: one for one in contributions("en-park-til-alle-aldre")}
    for one in said:
        assert found[one["text"].strip()].support_count == one.get("supports", 0)
    assert count(Support) == sum(one.get("supports", 0) for one in said)


def test_a_comment_hangs_on_the_proposal_that_it_comments():
    said = SAID["en-park-til-alle-aldre"]
    words = {one.id: one.texts[0].words for one in contributions("en-park-til-alle-aldre")}
    comments = [one for one in contributions("en-park-til-alle-aldre") if one.kind is Kind.COMMENT]
    wanted = Counter(said[one["parent"] - 1]["text"].strip() for one in said if one.get("kind") == "comment")
    assert Counter(words[one.parent_id] for one in comments) == wanted


# -- what was promised and answered -----------------------------------------------------------------------------------


def test_each_question_has_its_answer_except_the_last_about_the_bins():
    asked = [one for slug in SAID for one in contributions(slug) if one.kind is Kind.QUESTION]
    promised = {
        promise.contribution_id: promise
        for promise in db.session.scalars(sa.select(Promise).where(Promise.kind == PromiseKind.QUESTION_ANSWER))
    }
    waiting = [one for one in asked if promised[one.id].kept_at is None]
    assert [(one.project.slug, one.number) for one in waiting] == [("nye-affaldsspande", 3)]
    assert promised[waiting[0].id].due_on >= dates.local_day(loaded_at()) - timedelta(days=2)


def test_each_response_was_promised_a_report_a_decision_and_feedback():
    for slug in ("ny-skolevej-ved-engparken", "trafikplan-nord", "boernepolitik"):
        for one in contributions(slug):
            kinds = set(db.session.scalars(sa.select(Promise.kind).where(Promise.contribution_id == one.id)))
            if one.kind is not Kind.QUESTION:
                assert kinds == {PromiseKind.REPORT, PromiseKind.DECISION, PromiseKind.FEEDBACK}


@pytest.mark.parametrize("slug", ["boernepolitik", "lokalplan-117-havnegrunden", "naboorientering-carport-lindevej"])
def test_a_weighed_case_has_a_white_paper_in_which_nobody_lacks_an_answer(slug):
    case = project(slug)
    answers = answers_of(case.id)
    assert answers.lacking() == answers.unapproved() == []
    paper = db.session.scalars(sa.select(WhitePaper).where(WhitePaper.project_id == case.id)).one()
    assert paper.frozen_at == case.round.reported_at
    assert {document.format for document in paper.documents} >= {"json", "pdf", "docx", "xlsx"}
    kept = count(Promise, Promise.project_id == case.id, Promise.kind == PromiseKind.REPORT, Promise.kept_at.is_(None))
    assert kept == 0


@pytest.mark.parametrize("slug", ["boernepolitik", "lokalplan-117-havnegrunden", "naboorientering-carport-lindevej"])
def test_every_change_of_the_texts_hangs_on_the_answer_that_caused_it(slug):
    told = texts.answers(slug)
    caused = [one["change"] for one in told["answer"] if "change" in one]
    found = db.session.scalars(sa.select(Change).where(Change.project_id == project(slug).id)).all()
    assert len(found) == len(caused) + len(told.get("own_change", []))
    assert sum(bool(change.answers) for change in found) == len(caused)


def test_the_council_decided_as_recommended_with_one_exception():
    outcomes = db.session.scalars(
        sa.select(AnswerOutcome).join(Answer).where(Answer.project_id == project("boernepolitik").id)
    ).all()
    assert Counter(one.outcome for one in outcomes) == {Outcome.AS_RECOMMENDED: len(outcomes) - 1, Outcome.PARTLY: 1}


@pytest.mark.parametrize("slug", ["boernepolitik", "naboorientering-carport-lindevej"])
def test_a_closed_case_told_everybody_within_the_days_that_were_promised(slug):
    case = project(slug)
    assert case.closed_at is not None
    assert count(Feedback, Feedback.project_id == case.id) == len(SAID[slug])
    promised = db.session.scalars(
        sa.select(Promise).where(Promise.project_id == case.id, Promise.kind == PromiseKind.FEEDBACK)
    ).all()
    assert all(one.kept_at and one.due_on and dates.local_day(one.kept_at) <= one.due_on for one in promised)
    assert count(FollowUp, FollowUp.project_id == case.id, FollowUp.done_at.is_(None)) == 0


def test_somebody_who_had_no_answer_got_one():
    verdicts = db.session.scalars(sa.select(Verdict)).all()
    assert Counter(one.answered for one in verdicts) == {True: 2, False: 1}
    assert all(one.answered or one.reply for one in verdicts)


def test_the_many_are_gathered_and_the_planner_is_halfway():
    case = project("trafikplan-nord")
    assert db.session.scalars(sa.select(Run).where(Run.project_id == case.id)).one().state == "done"
    told = [one for one in texts.answers("trafikplan-nord")["topic"] if "title" in one]
    named = {one.title: one for one in db.session.scalars(sa.select(Theme).where(Theme.retired_at.is_(None)))}
    assert all(named[one["title"]].by_person and named[one["title"]].parent for one in told)
    answered = count(Answer, Answer.project_id == case.id, Answer.theme_id.is_not(None))
    assert answered == sum("remarks" in one for one in told)
    assert case.round.reported_at is None


# -- what is left behind ----------------------------------------------------------------------------------------------


def test_every_letter_is_written_dated_in_its_own_time_and_gone():
    assert letters.backlog() == letters.Backlog(0, None, 0, 0)
    assert count(Letter) > 200
    assert count(Letter, Letter.words.is_(None)) == 0
    assert count(Letter, Letter.sent_at != Letter.owed_at) == 0
    sent = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "letter:send")).all()
    assert {entry.facts["handed_over"] for entry in sent} == {False}


def test_nothing_is_left_to_do_and_nothing_failed():
    assert jobs.backlog(loaded_at()) == jobs.Backlog(0, None, 0)
    assert count(Job, Job.state != "done") == 0


def test_no_letter_lies_in_the_outbox(loaded):
    from pathlib import Path

    outbox = Path(loaded.config["OUTBOX"])
    assert not outbox.exists() or not list(outbox.iterdir())


def test_the_log_holds_and_tells_all_of_it_in_order_of_time():
    verdict = log.verify()
    assert verdict.sound
    assert verdict.waiting == 0
    at = db.session.scalars(sa.select(LogEntry.at).order_by(LogEntry.id)).all()
    assert at == sorted(at)
    assert at[-1] <= loaded_at() + timedelta(minutes=10)


def test_the_quotes_of_the_answers_divide_a_letter_line_by_line():
    words = "Hej.\n1. Kranen skal blive. Punktum.\n2. Der mangler plads. Og et toilet."
    said, background = divided(words, ["Kranen skal", "Der mangler plads", "Og et toilet"])
    assert [words[start:end] for start, end in said] == [
        "1. Kranen skal blive. Punktum.",
        "2. Der mangler plads.",
        "Og et toilet.",
    ]
    assert [words[start:end] for start, end in background] == ["Hej."]


# -- another day ------------------------------------------------------------------------------------------------------


def test_it_can_be_loaded_on_easter_day_when_the_clock_leaps(tmp_path):
    with practising(tmp_path, now=EASTER, TESTING=True) as app, app.app_context():
        for slug, told in PROJECTS.items():
            case = project(slug)
            assert phase(case.round, EASTER) == told["phase"], slug
            last = dates.local_day(EASTER) + timedelta(days=told["round"][0]["last_day"])
            assert dates.last_day(case.round.closes_at) == last
        assert count(LogEntry, LogEntry.at > EASTER + timedelta(minutes=10)) == 0
        assert log.verify().sound
        db.session.remove()


def test_an_installation_in_use_is_left_as_it_is(app, roads, now):
    with pytest.raises(load.NotEmpty):
        load.load(now=clock.now(), progress=lambda share: None)
    assert not load.is_loaded()
    assert count(Project) == 0
