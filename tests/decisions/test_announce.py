"""A decision is announced, and from that day the time to complain runs (planloven §§ 31 and 60, RP-27)."""

from datetime import date

import pytest
import sqlalchemy as sa

from participation.decisions.announce import NotAnnouncedYet, NothingToAnnounce, announce_decision
from participation.decisions.queries import complaint_words
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.model import Party, Round
from participation.rules.kinds import Capacity
from participation.rules.legal import COMPLAINTS
from participation.rules.policy import Actor, NotAllowed
from tests.decided import AFTER, MEETING, decide


def test_the_time_to_complain_runs_from_the_announcement_and_is_told_only_then(clerk: Actor, hearing: Round) -> None:
    """Planloven § 60: four weeks after Thursday 25 February 2027 is 25 March, Maundy Thursday; so Tuesday 30 March."""
    decide(clerk, hearing.project)
    step = hearing.project.steps[0]
    assert complaint_words(step) == ""
    with settling():
        announce_decision(clerk, step, date(2027, 2, 25), "planklagenaevnet", now=AFTER)
    assert step.complaint_until == date(2027, 3, 30)
    assert "senest tirsdag 30. marts 2027" in complaint_words(step)


def test_what_cannot_be_complained_of_says_so(clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    step = hearing.project.steps[0]
    with settling():
        announce_decision(clerk, step, MEETING, "kan-ikke-paaklages", now=AFTER)
    assert step.complaint_until is None
    assert "Du kan ikke klage" in complaint_words(step)


@pytest.mark.parametrize("complaint", sorted(COMPLAINTS))
def test_every_choice_of_guidance_can_be_announced(clerk: Actor, hearing: Round, complaint: str) -> None:
    decide(clerk, hearing.project)
    with settling():
        announce_decision(clerk, hearing.project.steps[0], MEETING, complaint, now=AFTER)
    assert complaint_words(hearing.project.steps[0])


def test_only_a_final_decision_is_announced(clerk: Actor, hearing: Round) -> None:
    with pytest.raises(NothingToAnnounce), settling():
        announce_decision(clerk, hearing.project.steps[0], MEETING, "domstol", now=AFTER)


@pytest.mark.parametrize("day", [date(2027, 2, 23), date(2027, 2, 26)])
def test_the_announcement_lies_between_the_meeting_and_today(clerk: Actor, hearing: Round, day: date) -> None:
    decide(clerk, hearing.project)
    with pytest.raises(NotAnnouncedYet), settling():
        announce_decision(clerk, hearing.project.steps[0], day, "domstol", now=AFTER)


def test_every_party_is_owed_the_decision_by_mail_or_on_paper(app: SettledFlask, clerk: Actor, hearing: Round) -> None:
    """Planloven § 31: the list is made, and each delivery can be proven."""
    with settling():
        for name, email, address in (
            ("Naturforeningen", "kontakt@natur.example", ""),
            ("Grundejer Ove", "", "Møllevej 4, 9999 Engelund"),
            ("Uden adresse", "", ""),
        ):
            hearing.project.parties.append(
                Party(name=name, email=email, address=address, capacity=Capacity.ASSOCIATION)
            )
    decide(clerk, hearing.project)
    with settling():
        announce_decision(clerk, hearing.project.steps[0], MEETING, "planklagenaevnet", now=AFTER)
    jobs.run_all(app, AFTER)
    letters = db.session.scalars(sa.select(Letter).where(Letter.kind == "decision").order_by(Letter.id)).all()
    assert [letter.channel for letter in letters] == ["email", "print"]
    assert all("Planklagenævnet senest onsdag 24. marts 2027" in (letter.words or "") for letter in letters)


def test_a_councillor_may_not_announce(clerk: Actor, councillor: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with pytest.raises(NotAllowed), settling():
        announce_decision(councillor, hearing.project.steps[0], MEETING, "domstol", now=AFTER)
