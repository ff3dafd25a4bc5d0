"""Who works on a case is warned of a contributor they share something with, in small cases and large ones (RE-41)."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.model import Overlap
from participation.contributions.overlap import AT_ONCE, compare_anew, find_overlaps, overlaps
from participation.contributions.receive import Sender
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.jobs.owing import owe_periodic
from participation.foundation.model import LogEntry
from participation.people.actor import actor_of
from participation.people.model import Person
from participation.people.recuse import recuse
from participation.people.tell_ties import MOST, tell_ties, ties_of
from participation.projects.model import Project, Round
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Capacity, Shared
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.themes.gathering import HOUR

SENDERS = {
    Shared.EMAIL: Sender(name="En anden", email="Pia.Planlægger@engelund.example"),
    Shared.NAME: Sender(name="pia  planlægger"),
    Shared.ADDRESS: Sender(name="Ida Holm", address="Møllevej 3, 1. tv., 8000 Engelund"),
    Shared.ORGANISATION: Sender(
        name="Ida Holm", organisation="ENGPARKENS grundejerforening", capacity=Capacity.ASSOCIATION
    ),
    Shared.SURNAME: Sender(name="Ole Planlægger"),
}


@pytest.fixture
def tied(planner: Actor) -> Actor:
    """The planner, who has told where they live and are a member."""
    with settling():
        tell_ties(planner, ["Møllevej 3"], ["Engparkens Grundejerforening", ""], now=NOW)
    return planner


@pytest.mark.parametrize("many", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("shared", list(Shared))
def test_what_is_shared_is_told(tied: Actor, hearing: Round, shared: Shared, many: bool) -> None:
    if many:
        receive(hearing, *["Hej."] * AT_ONCE, sender=Sender(name="Ida Holm", email="ida@example.org"))
    (one,) = receive(hearing, "Mere lys.", sender=SENDERS[shared])
    if many:
        assert overlaps(tied, hearing.project) == []
        owe_periodic(NOW + HOUR)
        jobs.run_all(None, NOW + HOUR)
        db.session.rollback()
    assert overlaps(tied, hearing.project) == [(one.number, shared)]


def test_those_who_share_nothing_are_not_named_and_no_visitor_is_warned(tied: Actor, hearing: Round) -> None:
    receive(hearing, "Mere lys.", sender=Sender(name="Ida Holm", address="Møllevej 30"))
    assert overlaps(tied, hearing.project) == overlaps(VISITOR, hearing.project) == []


def test_a_surname_that_many_have_says_nothing(tied: Actor, hearing: Round) -> None:
    receive(hearing, *["Hej."] * 3, sender=SENDERS[Shared.SURNAME])
    assert len(overlaps(tied, hearing.project)) == 3
    receive(hearing, "Hej.", sender=SENDERS[Shared.SURNAME])
    assert overlaps(tied, hearing.project) == []


def test_only_what_came_since_is_compared_and_new_ties_are_compared_with_all(planner: Actor, hearing: Round) -> None:
    receive(hearing, *["Hej."] * AT_ONCE, sender=Sender(name="Ida Holm", email="ida@example.org"))
    (one,) = receive(hearing, "Hej.", sender=SENDERS[Shared.ADDRESS])
    assert find_overlaps(hearing.project_id, now=NOW) == 0
    with settling():
        tell_ties(planner, ["Møllevej 3"], [], now=NOW)
        compare_anew(planner.person_id)
    assert find_overlaps(hearing.project_id, now=NOW) == 1
    assert find_overlaps(hearing.project_id, now=NOW) == 0
    assert overlaps(planner, hearing.project) == [(one.number, Shared.ADDRESS)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Overlap)) == 1


def test_ties_are_ones_own_and_no_word_of_them_is_in_the_log(tied: Actor, leader: Actor) -> None:
    assert [tie.words for tie in ties_of(tied.person_id)] == ["Møllevej 3", "Engparkens Grundejerforening"]
    assert ties_of(leader.person_id) == []
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "person:ties")).one()
    assert entry.facts == {"ties": 2}
    with pytest.raises(NotAllowed), settling():
        tell_ties(VISITOR, ["Møllevej 3"], [], now=NOW)
    with pytest.raises(Wrong), settling():
        tell_ties(tied, ["Vej"] * (MOST + 1), [], now=NOW)


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.mark.parametrize("page", ["svar", "svar/1", "klar", "lige", "notater", "aendringer"])
def test_the_warning_stands_on_every_page_where_one_acts(desk: FlaskClient, hearing: Round, page: str) -> None:
    receive(hearing, "Mere lys.", sender=SENDERS[Shared.NAME])
    path = f"/arbejde/projekter/{hearing.project.slug}"
    assert "Er du inhabil i denne sag?" in desk.get(f"{path}/{page}").text


def test_who_stands_aside_is_warned_no_more_and_shut_out(desk: FlaskClient, hearing: Round) -> None:
    receive(hearing, "Mere lys.", sender=SENDERS[Shared.NAME])
    path = f"/arbejde/projekter/{hearing.project.slug}"
    assert desk.post(f"{path}/inhabil", data={"substitute": "0"}).status_code == 303
    for page in ("svar", "klar", "lige", "notater", "aendringer"):
        assert desk.get(f"{path}/{page}").status_code == 403
    page = desk.get(f"{path}/inhabil").text
    assert "står uden for sagen" in page


def test_a_clerk_who_stands_aside_records_no_decision(clerk: Actor, hearing: Round) -> None:
    acts = (Act.SCHEDULE_DECISION, Act.ATTACH_REPORT, Act.RECORD_DECISION, Act.ANNOUNCE_DECISION, Act.RECORD_VETO)
    assert all(policy.refusal(clerk, act, hearing.project, NOW) is None for act in acts)
    with settling():
        recuse(clerk, hearing.project, now=NOW)
    aside = actor_of(db.session.get_one(Person, clerk.person_id))
    assert all(policy.refusal(aside, act, hearing.project, NOW).door is policy.Door.IMPARTIAL for act in acts)


def test_ties_have_a_page_of_their_own(desk: FlaskClient) -> None:
    data = {"addresses": "Møllevej 3\nSommervej 1", "organisations": "Roklubben"}
    assert desk.post("/arbejde/tilknytninger", data=data).status_code == 303
    page = desk.get("/arbejde/tilknytninger").text
    assert "Sommervej 1" in page
    assert "Roklubben" in page


def test_a_warning_asks_as_much_in_a_large_case_as_in_a_larger_one(tied: Actor, hearing: Round) -> None:
    key = hearing.project_id
    receive(hearing, *["Hej."] * (AT_ONCE + 1), sender=SENDERS[Shared.NAME])
    find_overlaps(key, now=NOW)
    db.session.remove()
    with counted() as asked:
        assert len(overlaps(tied, db.session.get_one(Project, key))) == 5
    assert len([one for one in asked if "FROM contribution" in one or "overlap.shared" in one]) == 1
