"""A breakdown is written down, told in public, and counts in the citizen's favour (RE-33, RP-28; L2)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.foundation import pulse
from participation.foundation.db import db, settling
from participation.foundation.model import Outage
from participation.people.model import Person
from participation.projects.extend import extend_round
from participation.projects.model import Notice, Project, Round
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
from tests.contributions.sending import csrf
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


# -- the doors of the register -----------------------------------------------------------------------------------------

REGISTER = "/arbejde/projekter/nedbrud"
UNTIL = {"to_day": "2026-11-23", "to_time": "09:30"}
WRITTEN = {"from_day": "2026-11-23", "from_time": "08:00", "words": "Strøm."} | UNTIL


def send(client: FlaskClient, path: str = REGISTER, **fields: str) -> TestResponse:
    answer = client.post(path, data={"csrf_token": csrf(client, REGISTER), **fields})
    db.session.rollback()
    return answer


@pytest.fixture
def desk(
    client: FlaskClient, planner_person: Person, public: Project, stopped_clock: time_machine.Traveller
) -> FlaskClient:
    stopped_clock.move_to(NOW + 2 * dates.DAY)
    sign_in(client, planner_person)
    return client


def test_a_breakdown_is_written_down_in_danish_time_and_told_on_the_page(desk: FlaskClient, public: Project) -> None:
    assert send(desk, **WRITTEN).status_code == 303
    outage = db.session.scalars(sa.select(Outage)).one()
    assert (outage.begins_at, outage.ends_at) == (
        datetime(2026, 11, 23, 7, tzinfo=UTC),
        datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
    )
    assert (outage.noticed, outage.confirmed_at) == (False, NOW + 2 * dates.DAY)
    assert "Strøm." in desk.get(REGISTER).text
    assert "Siden virkede ikke" in desk.get(f"/projekter/{public.slug}").text


def test_one_that_goes_on_has_no_end(desk: FlaskClient) -> None:
    assert send(desk, **(WRITTEN | {"to_day": "", "to_time": ""})).status_code == 303
    assert db.session.scalars(sa.select(Outage.ends_at)).one() is None
    assert "og stadig" in desk.get(REGISTER).text


def test_only_the_chosen_hearing_is_told(desk: FlaskClient, public: Project, hearing: Round) -> None:
    assert send(desk, **WRITTEN, rounds=str(hearing.id)).status_code == 303
    assert [one.project_id for one in db.session.scalars(sa.select(Notice))] == [hearing.project_id]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": ""}, "Udfyld feltet."),
        ({"to_time": ""}, "Skriv både dag og klokkeslæt"),
        ({"to_time": "07:00"}, "Et nedbrud begynder, før det slutter"),
        ({"from_day": "2026-12-24", "to_day": "", "to_time": ""}, "kan ikke ligge i fremtiden"),
        ({"from_day": "2026-03-29", "from_time": "02:30"}, "2026"),  # the clock went from two to three
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(desk: FlaskClient, changed: dict[str, str], said: str) -> None:
    answer = send(desk, **(WRITTEN | changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert ("Strøm." in answer.text) is ("words" not in changed)
    assert db.session.scalar(sa.select(sa.func.count(Outage.id))) == 0


@pytest.mark.parametrize(("answer", "confirmed"), [("bekraeft", True), ("afvis", False)])
def test_what_was_noticed_is_settled_once_by_a_button(
    desk: FlaskClient, stopped_clock: time_machine.Traveller, answer: str, confirmed: bool
) -> None:
    outage = stop()
    stopped_clock.move_to(TO)
    path = f"{REGISTER}/{outage.id}/{answer}"
    assert "venter på jer" in desk.get(REGISTER).text
    assert send(desk, path, words="Serveren gik i stå.").status_code == 303
    db.session.refresh(outage)
    assert (outage.confirmed_at is not None, outage.dismissed_at is not None) == (confirmed, not confirmed)
    assert bool(told()) is confirmed
    assert send(desk, path, words="").status_code == 409


def test_one_that_was_still_going_on_ends_when_it_is_confirmed(
    desk: FlaskClient, stopped_clock: time_machine.Traveller
) -> None:
    pulse.beat(pulse.WEB, FROM, 0.0, "boot")
    for after in (30, 90, 120):
        pulse.watch(FROM + timedelta(seconds=after))
        db.session.rollback()
    outage = db.session.scalars(sa.select(Outage)).one()
    db.session.rollback()
    stopped_clock.move_to(TO)
    assert send(desk, f"{REGISTER}/{outage.id}/bekraeft", words="").status_code == 303
    assert db.session.scalars(sa.select(Outage.ends_at)).one() == TO


def test_others_are_turned_away_at_each_door(client: FlaskClient, councillor_person: Person, public: Project) -> None:
    outage = stop()
    assert client.get(REGISTER).status_code in (302, 303, 401, 403)
    sign_in(client, councillor_person)
    mark = csrf(client, "/arbejde/projekter")
    assert client.get(REGISTER).status_code == 403
    assert client.post(REGISTER, data={"csrf_token": mark, **WRITTEN}).status_code == 403
    assert client.post(f"{REGISTER}/{outage.id}/bekraeft", data={"csrf_token": mark}).status_code == 403
    assert client.post(f"{REGISTER}/999/bekraeft", data={"csrf_token": mark}).status_code in (403, 404)
    db.session.rollback()
    assert db.session.scalars(sa.select(Outage.confirmed_at)).all() == [None]


def test_more_time_that_the_law_asks_later_days_for_is_asked_before_anybody_is_told(
    desk: FlaskClient, public: Project, stopped_clock: time_machine.Traveller
) -> None:
    """L4: the button with the suggested deadline does not promise a decision that comes too early."""
    with settling():
        public.rounds[0].decision_on = date(2026, 12, 15)
    stop()
    stopped_clock.move_to(TO)
    path = f"/arbejde/projekter/{public.slug}/frist"
    fields = {"last_day": "2026-12-15", "reason": "Siden var nede."}
    answer = desk.post(path, data={"csrf_token": csrf(desk, path), **fields})
    assert answer.status_code == 422
    assert "Den gamle dato holder ikke længere" in answer.text
