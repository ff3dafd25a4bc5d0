"""A breakdown is written down, told in public, and counts in the citizen's favour (RE-33, RP-28; L2)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from participation.foundation import pulse
from participation.foundation.db import db, settling
from participation.foundation.model import Outage
from participation.people.model import Person
from participation.projects.extend import extend_round
from participation.projects.model import Notice, Project
from participation.projects.outage import (
    AlreadySettled,
    BadOutage,
    register_outage,
    settle_outage,
    suggestion,
)
from participation.rules import dates
from participation.rules.kinds import NoticeKind
from participation.rules.policy import Actor, NotAllowed
from tests.persons import NOW, sign_in

CLOSES = dates.local_day_end(date(2026, 12, 14))
#: The server was stopped from 23.50 to 00.05 around the deadline.
FROM, TO = CLOSES - timedelta(minutes=10), CLOSES + timedelta(minutes=5)


def told() -> list[str]:
    return list(db.session.scalars(sa.select(Notice.words).where(Notice.kind == NoticeKind.OUTAGE)))


def stop() -> Outage:
    """The pages beat, are silent around midnight, and beat again."""
    pulse.beat(pulse.WEB, FROM, 0.0, "boot")
    pulse.beat(pulse.WEB, TO, 900.0, "boot")
    db.session.rollback()
    return db.session.scalars(sa.select(Outage)).one()


def test_a_server_that_was_stopped_at_midnight_opens_the_register_and_suggests_more_time(public: Project) -> None:
    """L2, the third case."""
    outage = stop()
    assert (outage.begins_at, outage.ends_at, outage.noticed) == (FROM, TO, True)
    found = suggestion(public, TO)
    assert found is not None
    assert found.last_day == date(2026, 12, 15)


def test_one_act_extends_for_everybody_and_the_suggestion_is_gone(public: Project, planner: Actor) -> None:
    stop()
    found = suggestion(public, TO)
    assert found is not None
    with settling():
        extend_round(planner, public.rounds[0], found.last_day, found.reason, now=TO)
    assert public.rounds[0].closes_at == dates.local_day_end(date(2026, 12, 15))
    assert suggestion(public, TO) is None


def test_the_planner_sees_it_and_extends_with_one_button(
    client: FlaskClient, planner_person: Person, public: Project, stopped_clock: time_machine.Traveller
) -> None:
    stop()
    stopped_clock.move_to(TO)
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{public.slug}").text
    assert "Siden var nede på den sidste dag" in page
    assert 'name="last_day" value="2026-12-15"' in page


def test_an_outage_before_the_last_day_suggests_nothing(public: Project, planner: Actor) -> None:
    with settling():
        register_outage(planner, NOW + timedelta(hours=1), NOW + timedelta(hours=2), "Strømmen gik.", now=TO)
    assert suggestion(public, TO) is None
    assert len(told()) == 1
    assert "Strømmen gik." in told()[0]


def test_it_may_concern_another_round_only(public: Project, hearing: object, planner: Actor) -> None:
    with settling():
        register_outage(planner, FROM, TO, "Kun den.", [hearing], now=TO)
    assert suggestion(public, TO) is None
    assert [one.project_id for one in db.session.scalars(sa.select(Notice))] == [hearing.project_id]


def test_a_silence_that_nobody_noticed_is_dismissed_and_not_told(public: Project, planner: Actor) -> None:
    outage = stop()
    with settling():
        settle_outage(planner, outage, False, "", now=TO)
    assert suggestion(public, TO) is None
    assert told() == []
    with pytest.raises(AlreadySettled):
        settle_outage(planner, outage, True, "", now=TO)


def test_a_confirmed_one_is_told_where_it_was(public: Project, planner: Actor) -> None:
    with settling():
        settle_outage(planner, stop(), True, "Serveren gik i stå.", now=TO)
    assert "fra mandag 14. december 2026 kl. 23.50 til tirsdag 15. december 2026 kl. 00.05" in told()[0]


@pytest.mark.parametrize(("begins", "ends"), [(-5, -6), (5, None), (-5, 5)])
def test_a_breakdown_has_happened(planner: Actor, begins: int, ends: int | None) -> None:
    ended = NOW + timedelta(hours=ends) if ends is not None else None
    with pytest.raises(BadOutage):
        register_outage(planner, NOW + timedelta(hours=begins), ended, "x", now=NOW)


def test_a_councillor_writes_no_breakdown(councillor: Actor) -> None:
    with pytest.raises(NotAllowed):
        register_outage(councillor, NOW - timedelta(hours=1), NOW, "x", now=NOW)


def test_the_page_of_the_register(client: FlaskClient, planner_person: Person, public: Project) -> None:
    sign_in(client, planner_person)
    assert "Der er ingen nedbrud i registret." in client.get("/arbejde/projekter/nedbrud").text
