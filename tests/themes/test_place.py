"""A point that comes in after a run is placed at once, or waits where a person sees it."""

import sqlalchemy as sa

from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.jobs.owing import owe_periodic
from participation.foundation.model import LogEntry
from participation.projects.model import Round
from participation.rules.handling import Handling
from participation.rules.policy import Actor
from participation.themes.edit import lock_theme, merge_themes
from participation.themes.model import Placement, Run, Theme
from participation.themes.place import place_new
from tests.contributed import receive
from tests.persons import NOW
from tests.themes.gathering import HOUR, answered, gathered, homes, leaf

ABOUT_LIGHT = "Der mangler lys på stien langs åen, og lamperne er gået ud."


def said_by(contribution) -> int:
    return contribution.points[0].id


def light(project_id: int) -> Theme:
    """The theme that is about light on the paths."""
    first = sa.select(Placement.theme_id).order_by(Placement.point_id).limit(1)
    return db.session.get_one(Theme, db.session.scalar(first))


def test_a_new_point_is_placed_and_says_why(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    (new,) = receive(hearing, ABOUT_LIGHT)
    assert place_new(hearing.project_id, now=NOW) == 1
    placement = db.session.get_one(Placement, said_by(new))
    assert placement.theme_id == light(hearing.project_id).id
    assert not placement.by_person
    assert placement.sureness is not None
    assert {"lys", "lamperne", "stien"} & {word for word, _ in placement.why}
    assert db.session.scalars(sa.select(LogEntry.facts).order_by(LogEntry.id.desc())).first()["step"] == "placed"


def test_the_worker_places_by_itself(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    (new,) = receive(hearing, ABOUT_LIGHT)
    owe_periodic(NOW + HOUR)
    jobs.run_all(None, NOW + HOUR)
    assert said_by(new) in homes(hearing.project_id)


def test_without_a_run_everything_waits_in_the_bin(hearing: Round) -> None:
    receive(hearing, ABOUT_LIGHT)
    assert place_new(hearing.project_id, now=NOW) == 0
    assert homes(hearing.project_id) == {}


def test_what_says_too_little_waits_and_is_not_tried_again(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    run = gathered(planner, hearing.project)
    (new,) = receive(hearing, "?")
    assert place_new(hearing.project_id, now=NOW) == 0
    assert said_by(new) not in homes(hearing.project_id)
    db.session.expire_all()
    assert db.session.get_one(Run, run.id).seen_point_id == said_by(new)


def test_nothing_is_put_into_a_locked_theme(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    with settling():
        lock_theme(planner, light(hearing.project_id), now=NOW)
    (new,) = receive(hearing, ABOUT_LIGHT)
    place_new(hearing.project_id, now=NOW)
    assert said_by(new) not in homes(hearing.project_id)


def test_a_point_for_a_merged_theme_goes_where_it_was_merged_into(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    gone = light(hearing.project_id)
    into = next(one for one in (leaf(hearing.project_id), *_others(gone)) if one.id != gone.id)
    with settling():
        merge_themes(planner, gone, into, now=NOW)
    (new,) = receive(hearing, ABOUT_LIGHT)
    place_new(hearing.project_id, now=NOW)
    assert homes(hearing.project_id)[said_by(new)] == into.id


def _others(gone: Theme) -> list[Theme]:
    held = set(homes(gone.project_id).values()) - {gone.id}
    return list(db.session.scalars(sa.select(Theme).where(Theme.id.in_(held)).order_by(Theme.id)))


def test_the_worker_takes_out_of_the_count_who_has_withdrawn(planner: Actor, hearing: Round) -> None:
    first, *_ = answered(hearing, 40)
    gathered(planner, hearing.project)
    theme = light(hearing.project_id)
    before = theme.point_count
    with settling():
        first.handling, first.withdrawn_at = Handling.WITHDRAWN, NOW
    owe_periodic(NOW + HOUR)
    jobs.run_all(None, NOW + HOUR)
    db.session.expire_all()
    assert theme.point_count == before - 1
