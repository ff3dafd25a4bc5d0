"""The queue of a case with many: narrowed, handed out and taken back, at the same price however many there are."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.draft import Draft, draft_answer
from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.people.recuse import recuse
from participation.projects.model import Project, Round
from participation.queue.assign import assign_points, effect_of, read_points, undo_batch
from participation.queue.chosen import Chosen
from participation.queue.model import Assignment, Batch, SavedFilter
from participation.queue.queries import PAGE, mine, queue, who_may_hold
from participation.queue.wanted import State, Wanted
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import Capacity, Channel, Kind, Role
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor, NotAllowed
from participation.themes.edit import new_theme, undo
from participation.themes.move import move_points
from tests.contributed import receive
from tests.contributions.sending import csrf
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted

TODAY = dates.local_day(NOW)
LATER = TODAY + timedelta(days=14)
YES = Recommendation.ACCOMMODATED


@pytest.fixture
def kirsten(roads: Department) -> Person:
    """A colleague of the planner's."""
    return make_person("Kirsten Kollega", (Role.PLANNER, roads))


def many(hearing: Round, number: int, **facts: Any) -> None:
    with settling():
        incoming = [Incoming(f"Linje {place}.", Kind.RESPONSE, NOW, **facts) for place in range(number)]
        bring_in(hearing, incoming, batch_id=None, registered_by=None, now=NOW)


def shown(hearing: Round, **wanted: Any) -> list[int]:
    db.session.rollback()
    return [task.contribution.number for task in queue(hearing.project, Wanted(**wanted), TODAY).rows]


def give(planner: Actor, hearing: Round, person: Person, *numbers: int, due: date | None = LATER) -> Batch:
    points = db.session.scalars(sa.select(Point.id).join(Contribution).where(Contribution.number.in_(numbers))).all()
    with settling():
        return assign_points(planner, hearing.project, Chosen(ticked=points), person, due, now=NOW)


def holders() -> dict[int, int]:
    db.session.rollback()
    rows = sa.select(Contribution.number, Assignment.person_id)
    rows = rows.join(Point, Point.contribution_id == Contribution.id).join(Assignment, Assignment.point_id == Point.id)
    return dict(db.session.execute(rows).all())


def test_each_filter_shows_what_it_says(planner: Actor, hearing: Round, kirsten: Person) -> None:
    """K8: state, theme, capacity, channel, and with whom it lies."""
    many(hearing, 1)
    many(hearing, 1, capacity=Capacity.BUSINESS)
    many(hearing, 1, channel=Channel.LETTER)
    late = hearing.closes_at + timedelta(hours=1) if hearing.closes_at else NOW
    with settling():
        bring_in(hearing, [Incoming("For sent.", Kind.RESPONSE, late)], batch_id=None, registered_by=None, now=late)
    ones = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).all()
    with settling():
        draft_answer(planner, Draft(ones[0], "Ja.", YES), now=NOW)
    with settling():
        theme = new_theme(planner, hearing.project, "Trafik", None, now=NOW)
        move_points(planner, hearing.project, [ones[1].points[0].id], theme, now=NOW)
    give(planner, hearing, kirsten, 3)
    assert shown(hearing) == [1, 2, 3, 4]
    assert shown(hearing, tilstand=State.ANSWERED) == [1]
    assert shown(hearing, tilstand=State.OPEN) == [2, 3, 4]
    assert shown(hearing, tilstand=State.UNREAD) == [2, 3, 4]
    assert shown(hearing, tilstand=State.LATE) == [4]
    assert shown(hearing, rolle=Capacity.BUSINESS) == [2]
    assert shown(hearing, kanal=Channel.LETTER) == [3]
    assert shown(hearing, emne=theme.id) == [2]
    assert shown(hearing, emne=0) == [1, 3, 4]
    assert shown(hearing, hos=kirsten.id) == [3]
    assert shown(hearing, hos=0, tilstand=State.OPEN) == [2, 4]


def test_a_point_has_the_answer_of_its_theme_and_its_own_wins(planner: Actor, hearing: Round) -> None:
    """RE-08: an own answer that is not done yet hides the one of the theme."""
    one, two = receive(hearing, "Flyt den.", "Flyt den nu.")
    with settling():
        above = new_theme(planner, hearing.project, "Trafik", None, now=NOW)
        theme = new_theme(planner, hearing.project, "Overgang", above, now=NOW)
        move_points(planner, hearing.project, [one.points[0].id, two.points[0].id], theme, now=NOW)
    with settling():
        draft_answer(planner, Draft(above, "Vi flytter den.", YES), now=NOW)
    assert shown(hearing, tilstand=State.ANSWERED) == [1, 2]
    with settling():
        draft_answer(planner, Draft(two.points[0], "Ikke færdig"), now=NOW)
    assert shown(hearing, tilstand=State.OPEN) == [2]


def test_points_are_handed_to_a_colleague_and_lie_with_one_at_a_time(
    planner: Actor, planner_person: Person, hearing: Round, kirsten: Person
) -> None:
    """FU-15: ask somebody else."""
    many(hearing, 3)
    give(planner, hearing, planner_person, 1, 2)
    chosen = Chosen(ticked=db.session.scalars(sa.select(Point.id)).all())
    effect = effect_of(hearing.project, chosen, kirsten, TODAY)
    assert (effect.total, effect.same, effect.from_others) == (3, 0, [("Pia Planlægger", 2)])
    give(planner, hearing, kirsten, 1, 2, 3)
    assert holders() == dict.fromkeys((1, 2, 3), kirsten.id)


def test_undoing_gives_back_what_lay_where_and_leaves_what_was_changed_since(
    planner: Actor, planner_person: Person, hearing: Round, kirsten: Person
) -> None:
    many(hearing, 3)
    give(planner, hearing, planner_person, 1)
    batch = give(planner, hearing, kirsten, 1, 2, 3)
    give(planner, hearing, planner_person, 3)
    with settling():
        undo_batch(planner, batch, now=NOW)
    assert holders() == {1: planner_person.id, 3: planner_person.id}
    with pytest.raises(Wrong), settling():
        undo_batch(planner, db.session.get_one(Batch, batch.id), now=NOW)


def test_all_that_a_filter_shows_is_marked_as_read_and_unread_again(planner: Actor, hearing: Round) -> None:
    """RE-29: what somebody read before stays read."""
    many(hearing, 2, capacity=Capacity.NEIGHBOUR)
    many(hearing, 1)
    first = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).first()
    with settling():
        assert first is not None
        draft_answer(planner, Draft(first, "Ja.", YES), now=NOW - timedelta(hours=1))
    with settling():
        batch = read_points(planner, hearing.project, Chosen(Wanted(rolle=Capacity.NEIGHBOUR)), now=NOW)
    assert (batch.total, shown(hearing, tilstand=State.UNREAD)) == (1, [3])
    with settling():
        undo_batch(planner, batch, now=NOW)
    assert shown(hearing, tilstand=State.UNREAD) == [2, 3]
    lines = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.READ_CONTRIBUTION.value)).all()
    assert [(one.facts["numbers"], one.facts.get("undone")) for one in lines] == [([2], None), ([2], True)]


def test_what_came_in_after_the_effect_was_shown_is_not_meant(planner: Actor, hearing: Round, kirsten: Person) -> None:
    many(hearing, 2)
    last = effect_of(hearing.project, Chosen(), kirsten, TODAY).last
    many(hearing, 2)
    with settling():
        batch = assign_points(planner, hearing.project, Chosen(up_to=last), kirsten, None, now=NOW)
    assert (batch.total, set(holders())) == (2, {1, 2})


def test_two_thousand_points_are_one_act_of_few_statements_and_one_line_in_the_log(
    planner: Actor, hearing: Round, kirsten: Person
) -> None:
    """K8: handed out and taken back as one."""
    many(hearing, 2000)
    key, colleague = hearing.project_id, kirsten.id

    def statements(act: Any) -> int:
        with counted() as asked, settling():
            act()
        return len(asked)

    def hand_out() -> None:
        project = db.session.get_one(Project, key)
        assign_points(planner, project, Chosen(), db.session.get_one(Person, colleague), LATER, now=NOW)

    assert statements(hand_out) <= 30
    assert len(holders()) == 2000
    batch = db.session.scalars(sa.select(Batch)).one()
    assert statements(lambda: undo_batch(planner, db.session.get_one(Batch, batch.id), now=NOW)) <= 20
    assert holders() == {}
    told = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "point:assign").order_by(LogEntry.id)).all()
    assert [(entry.facts["count"], entry.facts.get("undone")) for entry in told] == [(2000, None), (2000, True)]


def test_who_stands_aside_or_is_of_elsewhere_is_handed_nothing(
    planner: Actor, other_planner: Actor, hearing: Round, kirsten: Person
) -> None:
    """RE-41: who is inhabil cannot be handed a point."""
    many(hearing, 1)
    with settling():
        recuse(Actor(kirsten.id, roles=frozenset({(Role.PLANNER, kirsten.memberships[0].department_id)})),
               hearing.project, None, now=NOW)  # fmt: skip
    assert [one.name for one in who_may_hold(hearing.project)] == ["Pia Planlægger"]
    with pytest.raises(Wrong):
        give(planner, hearing, kirsten, 1)
    with pytest.raises(NotAllowed):
        give(other_planner, hearing, kirsten, 1)


def test_a_day_that_is_over_is_refused(planner: Actor, hearing: Round, kirsten: Person) -> None:
    many(hearing, 1)
    with pytest.raises(Wrong):
        give(planner, hearing, kirsten, 1, due=TODAY - timedelta(days=1))


def test_mine_over_all_cases_by_the_day_they_are_due(
    planner: Actor, planner_person: Person, hearing: Round, cocreation: Round
) -> None:
    """K8: what is late, what is due, what is mine."""
    many(hearing, 3)
    receive(cocreation, "En bænk.", kind=Kind.PROPOSAL)
    give(planner, hearing, planner_person, 2, due=LATER)
    give(planner, hearing, planner_person, 3, due=None)
    key = db.session.scalars(sa.select(Point.id).where(Point.project_id == cocreation.project_id)).one()
    with settling():
        assign_points(planner, cocreation.project, Chosen(ticked=[key]), planner_person, TODAY, now=NOW)
    tomorrow = TODAY + timedelta(days=1)
    page = mine(planner, tomorrow)
    assert [(task.contribution.project_id == hearing.project_id, task.contribution.number) for task in page.rows] == [
        (False, 1), (True, 2), (True, 3),
    ]  # fmt: skip
    assert [task.contribution.project_id for task in mine(planner, tomorrow, late=True).rows] == [cocreation.project_id]


def test_pages_follow_each_other_both_ways(hearing: Round) -> None:
    many(hearing, PAGE + 5)
    first = queue(hearing.project, Wanted(), TODAY)
    assert (len(first.rows), first.before) == (PAGE, None)
    second = queue(hearing.project, Wanted(), TODAY, after=int(first.after or 0))
    assert (len(second.rows), second.after) == (5, None)
    back = queue(hearing.project, Wanted(), TODAY, before=int(second.before or 0))
    assert [task.point.id for task in back.rows] == [task.point.id for task in first.rows]


@pytest.mark.parametrize(
    "query", ["", "?tilstand=mangler", "?rolle=citizen&hos=0", "?efter=100", "?tilstand=forsinket"]
)
def test_a_page_asks_the_same_with_200_and_with_4000(
    client: FlaskClient, planner_person: Person, hearing: Round, query: str
) -> None:
    """K8: four thousand rows cost as many questions as two hundred."""
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/koe{query}"

    def asked() -> int:
        client.get(door)
        with counted() as queries:
            assert client.get(door).status_code == 200
        return len(queries)

    many(hearing, 200)
    few = asked()
    many(hearing, 3800)
    assert asked() == few <= 16


def test_the_whole_way_without_javascript(
    client: FlaskClient, planner_person: Person, hearing: Round, kirsten: Person
) -> None:
    """Narrow it, see the effect, do it, undo it, keep the filter and drop it."""
    many(hearing, 30)
    many(hearing, 2, capacity=Capacity.BUSINESS)
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/koe"
    token = csrf(client, f"{door}?rolle=business")
    sent = {"csrf_token": token, "handling": "giv", "til": kirsten.id, "inden": "", "hvilke": "alle"}
    wrong = client.post(f"{door}/samlet/se?rolle=business", data=sent | {"hvilke": "valgte"})
    assert wrong.status_code == 422
    assert "Vælg mindst ét punkt på siden" in wrong.text
    effect = client.post(f"{door}/samlet/se?rolle=business", data=sent)
    assert "2 punkter får Kirsten Kollega." in effect.text
    assert holders() == {}
    done = client.post(f"{door}/samlet?rolle=business", data=sent)
    assert set(holders()) == {31, 32}
    page = client.get(done.location)
    assert "Givet til Kirsten Kollega" in page.text
    client.post(f"{done.location}/fortryd", data={"csrf_token": token})
    assert holders() == {}
    client.post(f"{door}/gem?rolle=business", data={"csrf_token": token, "name": "Firmaer"})
    assert "Firmaer" in client.get(door).text
    kept = db.session.scalars(sa.select(SavedFilter)).one()
    client.post(f"{door}/gemt/{kept.id}/fjern", data={"csrf_token": token})
    assert "Firmaer" not in client.get(door).text


def test_my_filters_are_mine_alone(
    client: FlaskClient, planner_person: Person, hearing: Round, kirsten: Person
) -> None:
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/koe"
    client.post(f"{door}/gem?hos=0", data={"csrf_token": csrf(client, f"{door}?hos=0"), "name": "Frie"})
    assert "Frie" in client.get(door).text
    sign_in(client, kirsten)
    assert "Frie" not in client.get(door).text
    kept = db.session.scalars(sa.select(SavedFilter)).one()
    gone = client.post(f"{door}/gemt/{kept.id}/fjern", data={"csrf_token": csrf(client, f"{door}?hos=0")})
    assert gone.status_code == 404


def test_a_small_case_has_no_queue_and_nobody_without_tasks_sees_the_list(
    client: FlaskClient, planner: Actor, planner_person: Person, hearing: Round
) -> None:
    sign_in(client, planner_person)
    many(hearing, 25)
    assert "/koe" not in client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke").text
    assert "/arbejde/mine" not in client.get("/arbejde").text
    many(hearing, 1)
    assert "/koe" in client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke").text
    give(planner, hearing, planner_person, 1)
    assert "/arbejde/mine" in client.get("/arbejde").text
    assert "Svar på nr. 1" in client.get("/arbejde/mine").text


def test_many_are_put_into_a_theme_and_taken_out_again(
    client: FlaskClient, planner: Actor, planner_person: Person, hearing: Round
) -> None:
    """K9: one act on the themes, shown first, and undone there."""
    many(hearing, 300)
    many(hearing, 2, capacity=Capacity.BUSINESS)
    with settling():
        theme = new_theme(planner, hearing.project, "Erhverv", None, now=NOW)
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/koe"
    sent = {"csrf_token": csrf(client, door), "handling": "emne", "hvilke": "alle", "til": planner_person.id}
    assert client.post(f"{door}/samlet/se?rolle=citizen", data=sent).status_code == 422
    sent |= {"i_emne": theme.id}
    assert "300 punkter lægges i emnet Erhverv." in client.post(f"{door}/samlet/se?rolle=citizen", data=sent).text
    assert shown(hearing, emne=theme.id) == []
    assert client.post(f"{door}/samlet?rolle=citizen", data=sent).status_code == 303
    assert len(shown(hearing, emne=theme.id)) == PAGE
    assert shown(hearing, emne=0) == [301, 302]
    with settling():
        undo(planner, hearing.project, now=NOW)
    assert shown(hearing, emne=theme.id) == []
