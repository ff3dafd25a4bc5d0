"""A citizen's words are received once, in time or marked late, and answered with a receipt (RP-21)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions import queries
from participation.contributions.model import Contribution, Promise
from participation.contributions.receive import words_hash
from participation.contributions.submit import OtherWords, submit_contribution
from participation.foundation import jobs, letters
from participation.foundation.db import apart, db, settling
from participation.foundation.model import Letter, LogEntry
from participation.projects.model import Party, Project
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import Capacity, Kind, PromiseKind, PublicationRule
from participation.rules.phases import Arrival
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import WORDS, sent, submitted
from tests.matters import LAST_DAY, make_project
from tests.persons import NOW

MIDNIGHT = dates.local_day_end(LAST_DAY)


def test_a_hearing_receives_a_contribution_and_owes_a_receipt(hearing):
    contribution = submitted(hearing, email="a@borger.example")
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.kind, letter.recipient) == ("receipt", "a@borger.example")
    assert (contribution.number, contribution.arrival, contribution.handling) == (
        1,
        Arrival.IN_TIME,
        Handling.RECEIVED,
    )


def test_words_are_kept_to_the_byte(hearing):
    words = " Hej 🙂👩‍👩‍👧\r\n\r\nDer mangler\tlys.\u202e æøå \r\n"
    assert submitted(hearing, words).words.encode() == words.encode()


def test_the_receipt_promises_dates_in_working_days(hearing):
    contribution = submitted(hearing)
    kept = db.session.scalars(sa.select(Promise).order_by(Promise.id)).all()
    assert [(one.kind, one.due_on, one.days_after) for one in kept] == [
        (PromiseKind.REPORT, hearing.report_on, None),
        (PromiseKind.DECISION, hearing.decision_on, None),
        (PromiseKind.FEEDBACK, None, 7),
    ]
    assert {one.contribution_id for one in kept} == {contribution.id}


def test_numbers_run_without_gaps(hearing):
    assert [submitted(hearing, f"Svar {n}").number for n in range(3)] == [1, 2, 3]


def test_no_code_and_no_token_lies_in_the_database(app, hearing):
    contribution = submitted(hearing, email="a@borger.example")
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter)).one()
    full = letters.read_in_full(letter)
    link = next(line for line in full.words.splitlines() if "/l/" in line)
    assert "/l/" not in letter.words
    assert link not in str(letter.snapshot)
    row = db.session.execute(sa.select(sa.text("*")).select_from(Contribution.__table__)).mappings().one()
    token = link.rpartition("/")[2]
    assert token not in str(dict(row))
    assert contribution.token_hash is not None


@pytest.mark.parametrize(
    ("meanwhile", "refused"),
    [
        ({}, False),
        ({"title": "Et nyt navn"}, False),
        ({"cancelled_at": NOW, "cancelled_reason": "Planen er opgivet."}, True),
    ],
)
def test_what_changed_while_the_words_came_in_counts(hearing, meanwhile, refused):
    round_ = queries.round_to_send_in(hearing.project.slug)
    if meanwhile:
        with apart() as other:
            other.execute(sa.update(Project).values(**meanwhile))
    if refused:
        with pytest.raises(NotAllowed):
            submit_contribution(VISITOR, round_, sent(WORDS), now=NOW)
    else:
        assert submit_contribution(VISITOR, round_, sent(WORDS), now=NOW).number == 1
    assert round_.project.title == meanwhile.get("title", hearing.project.title)
    assert round_.cancelled_at == meanwhile.get("cancelled_at")


@pytest.mark.parametrize(
    ("before_midnight", "arrival"),
    [(timedelta(microseconds=1), Arrival.IN_TIME), (timedelta(0), Arrival.LATE), (-timedelta(days=3), Arrival.LATE)],
)
def test_the_last_second_before_midnight_is_in_time_and_midnight_is_late(hearing, before_midnight, arrival):
    assert submitted(hearing, now=MIDNIGHT - before_midnight).arrival is arrival


def test_after_the_white_paper_it_is_sent_after(hearing):
    with settling():
        hearing.reported_at = MIDNIGHT + timedelta(days=10)
    assert submitted(hearing, now=MIDNIGHT + timedelta(days=11)).arrival is Arrival.AFTER_REPORT


def test_after_the_decision_it_is_an_ordinary_inquiry(hearing):
    with settling():
        hearing.reported_at = MIDNIGHT + timedelta(days=10)
        hearing.decided_at = MIDNIGHT + timedelta(days=20)
    assert submitted(hearing, now=MIDNIGHT + timedelta(days=20)).arrival is Arrival.AFTER_DECISION


def test_before_it_opens_nothing_is_taken_in(hearing):
    with pytest.raises(NotAllowed, match="phase"):
        submit_contribution(VISITOR, hearing, sent(), now=hearing.opens_at - timedelta(seconds=1))


@pytest.mark.parametrize("fact", ["cancelled_at", "closed_at"])
def test_a_matter_that_is_over_takes_nothing_in(hearing, fact):
    with settling():
        setattr(hearing.project, fact, NOW - timedelta(days=1))
    with pytest.raises(NotAllowed, match="phase"):
        submit_contribution(VISITOR, hearing, sent(), now=NOW)


def test_the_same_key_and_words_give_the_same_contribution(hearing):
    first = submitted(hearing, key="k1", email="a@borger.example")
    assert submitted(hearing, key="k1", email="a@borger.example").id == first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1


def test_the_same_key_and_other_words_are_a_conflict(hearing):
    submitted(hearing, key="k1")
    with pytest.raises(OtherWords), settling():
        submit_contribution(VISITOR, hearing, sent("Noget andet.", key="k1"), now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 1


def test_one_entry_in_the_log_says_what_came_in_without_words(hearing):
    contribution = submitted(hearing, name="Test Testesen", email="a@borger.example")
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.SUBMIT_CONTRIBUTION)).one()
    assert entry.subject == f"contribution:{contribution.id}"
    assert entry.digest is not None
    assert not {WORDS, "Test Testesen", "a@borger.example"} & set(map(str, entry.facts.values()))


def test_what_looks_like_a_cpr_number_is_received_and_held_back(roads):
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    contribution = submitted(round_, "Mit nummer er 010101-1234.")
    assert contribution.held_back
    assert contribution.handling is Handling.RECEIVED


def test_a_cpr_number_in_the_name_holds_it_back_too(hearing):
    assert submitted(hearing, name="010101-1234").held_back


def test_the_rule_at_once_shows_it_at_once(roads):
    project = make_project(roads, publication=PublicationRule.IMMEDIATELY)
    contribution = submitted(project.rounds[0])
    assert contribution.handling is Handling.PUBLISHED
    assert (project.published_count, project.received_count, project.response_count) == (1, 1, 1)


def test_nobody_is_sent_a_receipt_who_gave_no_address(hearing):
    submitted(hearing)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_a_party_that_was_to_be_heard_has_answered(hearing):
    with settling():
        hearing.project.parties = [
            Party(name="Lokaludvalg Nord", capacity=Capacity.LOCAL_COMMITTEE, invited_at=NOW),
            Party(name="Museet", capacity=Capacity.AUTHORITY, invited_at=NOW),
        ]
    submitted(hearing, organisation="Lokaludvalg Nord", capacity=Capacity.LOCAL_COMMITTEE)
    answered = {party.name: party.answered_at is not None for party in hearing.project.parties}
    assert answered == {"Lokaludvalg Nord": True, "Museet": False}


def test_a_party_answered_when_the_letter_came_and_not_when_it_was_written_in(hearing):
    with settling():
        hearing.project.parties = [Party(name="Museet", capacity=Capacity.AUTHORITY, invited_at=NOW)]
    came = NOW - timedelta(days=2)
    with settling():
        letter = sent(WORDS, received_at=came, organisation="Museet", capacity=Capacity.AUTHORITY)
        submit_contribution(VISITOR, hearing, letter, now=NOW)
    assert hearing.project.parties[0].answered_at == came


def test_a_hash_says_whether_the_words_are_the_same(hearing):
    assert submitted(hearing).words_hash == words_hash(WORDS)


def test_a_hearing_counts_its_questions_apart(hearing):
    submitted(hearing)
    submitted(hearing, kind=Kind.QUESTION)
    project = hearing.project
    assert (project.received_count, project.question_count, project.response_count) == (2, 1, 1)
