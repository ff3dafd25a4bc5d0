"""A planner decides about the themes, and can take every act back."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.projects.model import Project, Round
from participation.rules.acts import Act
from participation.rules.policy import VISITOR, Actor, NotAllowed
from participation.themes.edit import (
    lock_theme,
    merge_themes,
    new_theme,
    place_theme,
    remove_theme,
    rename_theme,
    split_theme,
    undo,
)
from participation.themes.held import Held, _holders, holds
from participation.themes.model import Placement, SeeAlso, Theme, ThemeEdit
from participation.themes.move import move_points, pin_points, see_also
from tests.matters import make_project
from tests.persons import NOW
from tests.themes.gathering import answered, gathered, homes, leaf, standing


@pytest.fixture
def project(planner: Actor, hearing: Round) -> Project:
    """A hearing whose forty points have been gathered."""
    answered(hearing, 40)
    gathered(planner, hearing.project)
    return hearing.project


def look(project: Project) -> tuple[object, ...]:
    """Everything that an edit can change, as it stands."""
    db.session.rollback()
    themes = db.session.execute(
        sa.select(
            Theme.id,
            Theme.title,
            Theme.parent_id,
            Theme.locked,
            Theme.by_person,
            Theme.point_count,
            Theme.merged_into_id,
        )
        .where(Theme.project_id == project.id, Theme.retired_at.is_(None))
        .order_by(Theme.id)
    ).all()
    placements = db.session.execute(
        sa.select(
            Placement.point_id, Placement.theme_id, Placement.by_person, Placement.sureness, Placement.why
        ).order_by(Placement.point_id)
    ).all()
    return themes, placements, db.session.execute(sa.select(SeeAlso.point_id, SeeAlso.theme_id)).all()


def two(project: Project) -> tuple[Theme, Theme]:
    """The two largest themes that are home to points."""
    held = set(homes(project.id).values())
    one, other = [theme for theme in standing(project.id) if theme.id in held][:2]
    return one, other


def inside(theme: Theme) -> list[int]:
    return sorted(point for point, home in homes(theme.project_id).items() if home == theme.id)


EDITS: dict[str, Callable[[Actor, Project], object]] = {
    "new": lambda actor, project: new_theme(actor, project, "Nyt", now=NOW),
    "rename": lambda actor, project: rename_theme(actor, leaf(project.id), "Andet navn", now=NOW),
    "merge": lambda actor, project: merge_themes(actor, *reversed(two(project)), now=NOW),
    "split": lambda actor, project: split_theme(
        actor, leaf(project.id), inside(leaf(project.id))[:2], "For sig", now=NOW
    ),
    "move": lambda actor, project: move_points(actor, project, inside(two(project)[0])[:2], two(project)[1], now=NOW),
    "pin": lambda actor, project: pin_points(actor, project, inside(leaf(project.id))[:2], now=NOW),
    "lock": lambda actor, project: lock_theme(actor, leaf(project.id), now=NOW),
    "place": lambda actor, project: place_theme(
        actor, leaf(project.id), new_theme(actor, project, "Hovedemne", now=NOW), now=NOW
    ),
    "see_also": lambda actor, project: see_also(actor, project, inside(two(project)[0])[:2], two(project)[1], now=NOW),
}


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_changes_something_and_undo_brings_all_of_it_back(
    planner: Actor, project: Project, name: str
) -> None:
    before = look(project)
    with settling():
        EDITS[name](planner, project)
    assert look(project) != before
    with settling():
        while undo(planner, project, now=NOW) is not None:
            pass
    assert look(project) == before


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_refused_to_others(other_planner: Actor, clerk: Actor, project: Project, name: str) -> None:
    before = look(project)
    for actor in (VISITOR, clerk, other_planner):
        with pytest.raises(NotAllowed), settling():
            EDITS[name](actor, project)
    assert look(project) == before


@pytest.mark.parametrize("name", EDITS)
def test_no_edit_loses_a_point(planner: Actor, project: Project, name: str) -> None:
    before = set(homes(project.id))
    with settling():
        EDITS[name](planner, project)
    assert set(homes(project.id)) == before
    tops = [theme for theme in standing(project.id) if theme.parent_id is None]
    assert sum(theme.point_count for theme in tops) == len(before)


def test_edits_are_undone_one_by_one_the_latest_first(planner: Actor, project: Project) -> None:
    theme = leaf(project.id)
    for title in ("Først", "Så"):
        with settling():
            rename_theme(planner, theme, title, now=NOW)
    with settling():
        undo(planner, project, now=NOW)
    assert theme.title == "Først"
    with settling():
        undo(planner, project, now=NOW)
    assert theme.title not in ("Først", "Så")
    with settling():
        assert undo(planner, project, now=NOW) is None


def test_the_history_only_grows_and_undo_points_at_what_it_reversed(planner: Actor, project: Project) -> None:
    with settling():
        rename_theme(planner, leaf(project.id), "Navn", now=NOW)
        undo(planner, project, now=NOW)
    edits = db.session.scalars(sa.select(ThemeEdit).order_by(ThemeEdit.id)).all()
    assert [(edit.operation, edit.reverses_id) for edit in edits] == [("rename", None), ("undo", edits[0].id)]
    assert [edit.by_id for edit in edits] == [planner.person_id] * 2
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.EDIT_THEMES.value)).all()
    assert [entry.facts["operation"] for entry in entries] == ["rename", "undo"]
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError, match="only grows"):
        db.session.execute(sa.update(ThemeEdit).values(operation="other"))
    db.session.rollback()


def test_a_merge_takes_the_topics_along(planner: Actor, project: Project) -> None:
    with settling():
        upper, other = (new_theme(planner, project, title, now=NOW) for title in ("A", "B"))
        topic = new_theme(planner, project, "Emne", upper, now=NOW)
        merge_themes(planner, upper, other, now=NOW)
    assert topic.parent_id == other.id
    with settling():
        undo(planner, project, now=NOW)
    assert topic.parent_id == upper.id
    assert upper.retired_at is None


@pytest.mark.parametrize("number", [0, 1])
def test_a_theme_is_not_merged_with_itself_or_into_its_own_topic(planner: Actor, project: Project, number: int) -> None:
    with settling():
        upper = new_theme(planner, project, "A", now=NOW)
        topic = new_theme(planner, project, "Emne", upper, now=NOW)
    with pytest.raises(Wrong), settling():
        merge_themes(planner, upper, (upper, topic)[number], now=NOW)


def test_a_theme_with_an_answer_is_not_swallowed_by_one_without(planner: Actor, project: Project) -> None:
    one, other = two(project)
    held = Held(themes=frozenset({one.id}))
    name = "answers.of.the.test"
    _holders[name] = lambda project_id: held
    try:
        with pytest.raises(Wrong), settling():
            merge_themes(planner, one, other, now=NOW)
        with settling():
            merge_themes(planner, other, one, now=NOW)
    finally:
        del _holders[name]
    assert other.retired_at is not None


def test_undoing_takes_no_theme_away_that_has_got_its_answer(planner: Actor, project: Project) -> None:
    """RE-41: nor the points that were split off into it."""
    with settling():
        made = split_theme(planner, leaf(project.id), inside(leaf(project.id))[:1], "For sig", now=NOW)
    held = Held(themes=frozenset({made.id}))
    name = "answers.of.the.test"
    _holders[name] = lambda project_id: held
    try:
        with pytest.raises(Wrong, match="svar imens"), settling():
            undo(planner, project, now=NOW)
    finally:
        del _holders[name]
    assert made.retired_at is None
    with settling():
        undo(planner, project, now=NOW)
    assert made.retired_at is not None


def test_there_are_two_levels_only(planner: Actor, project: Project) -> None:
    with settling():
        upper, other = (new_theme(planner, project, title, now=NOW) for title in ("A", "B"))
        topic = new_theme(planner, project, "Emne", upper, now=NOW)
    with pytest.raises(Wrong), settling():
        new_theme(planner, project, "Under", topic, now=NOW)
    with pytest.raises(Wrong), settling():
        place_theme(planner, upper, other, now=NOW)
    with settling():
        place_theme(planner, topic, other, now=NOW)
        place_theme(planner, topic, None, now=NOW)
    assert topic.parent_id is None


def test_only_an_empty_theme_is_removed(planner: Actor, project: Project) -> None:
    with pytest.raises(Wrong), settling():
        remove_theme(planner, leaf(project.id), now=NOW)
    with settling():
        empty = new_theme(planner, project, "Tomt", now=NOW)
        remove_theme(planner, empty, now=NOW)
    assert empty.retired_at is not None
    with settling():
        undo(planner, project, now=NOW)
    assert empty.retired_at is None


def test_points_and_themes_of_another_case_are_refused(planner: Actor, project: Project, cocreation: Round) -> None:
    (stranger,) = answered(cocreation, 1)
    with settling():
        elsewhere = new_theme(planner, cocreation.project, "Et andet sted", now=NOW)
    with pytest.raises(Wrong), settling():
        move_points(planner, project, [stranger.points[0].id], leaf(project.id), now=NOW)
    with pytest.raises(Wrong), settling():
        move_points(planner, project, inside(leaf(project.id))[:1], elsewhere, now=NOW)
    with pytest.raises(Wrong), settling():
        merge_themes(planner, leaf(project.id), elsewhere, now=NOW)
    with pytest.raises(Wrong), settling():
        move_points(planner, project, [], leaf(project.id), now=NOW)


def test_a_theme_that_is_gone_is_not_edited(planner: Actor, project: Project) -> None:
    one, other = two(project)
    with settling():
        merge_themes(planner, other, one, now=NOW)
    for act in (
        lambda: rename_theme(planner, other, "Navn", now=NOW),
        lambda: lock_theme(planner, other, now=NOW),
        lambda: move_points(planner, project, inside(one)[:1], other, now=NOW),
    ):
        with pytest.raises(Wrong), settling():
            act()


def test_undo_brings_back_a_home_that_a_later_run_took_away(planner: Actor, project: Project) -> None:
    one, other = two(project)
    all_of_one = inside(one)
    with settling():
        move_points(planner, project, all_of_one, other, now=NOW)
    gathered(planner, project)
    db.session.expire_all()
    assert one.retired_at is not None
    with settling():
        undo(planner, project, now=NOW)
    assert one.retired_at is None
    assert inside(one) == all_of_one


def test_what_was_fastened_and_referred_to_can_be_let_go(planner: Actor, project: Project) -> None:
    one, other = two(project)
    chosen = inside(one)[:2]
    before = look(project)
    with settling():
        pin_points(planner, project, chosen, now=NOW)
        see_also(planner, project, chosen, other, now=NOW)
    with settling():
        pin_points(planner, project, chosen, pinned=False, now=NOW)
        see_also(planner, project, chosen, other, also=False, now=NOW)
    assert look(project) == before


def test_a_second_case_knows_nothing_of_the_first(planner: Actor, project: Project, schools: object) -> None:
    other = make_project(project.department, slug="en-anden-sag")
    assert standing(other.id) == []
    with settling():
        assert undo(planner, other, now=NOW) is None


def test_holding_is_asked_of_every_room_upstairs() -> None:
    from participation.themes.held import held_in

    before = dict(_holders)
    _holders.clear()
    try:
        holds(lambda project_id: Held(themes=frozenset({project_id})))
        _holders["another"] = lambda project_id: Held(contributions=frozenset({7}))
        assert held_in(3).themes >= {3}
        assert held_in(3).contributions >= {7}
    finally:
        _holders.clear()
        _holders.update(before)
