"""The machine gathers points into themes: nothing is lost, nothing a person did is undone, all is shown at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.jobs.owing import kinds
from participation.foundation.model import Job, LogEntry
from participation.people.recuse import recuse
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.policy import VISITOR, Actor, Door, NotAllowed
from participation.themes import group
from participation.themes.constraints import points_of
from participation.themes.edit import lock_theme, merge_themes, new_theme, rename_theme, split_theme, undo
from participation.themes.group import ask_for_grouping, run_under_way, stop_grouping
from participation.themes.held import Held, holds
from participation.themes.model import Placement, Run, StagedPlacement, Theme
from participation.themes.move import move_points
from participation.themes.stage import flip
from tests.contributed import receive
from tests.persons import NOW
from tests.themes.gathering import HOUR, answered, gathered, homes, leaf, standing


def points(project_id: int) -> set[int]:
    return {point.id for point in points_of(project_id)}


def test_every_point_is_in_one_theme_or_in_the_bin(planner: Actor, hearing: Round) -> None:
    """RL-44: nobody's words vanish from a summary."""
    answered(hearing, 60)
    receive(hearing, "Nej.", "Ok.", "?")
    run = gathered(planner, hearing.project)
    placed = set(homes(hearing.project_id))
    assert run.state == "done"
    assert run.points == len(points(hearing.project_id)) == len(placed) + run.facts["left_over"]
    assert run.facts["left_over"] > 0
    top = [theme for theme in standing(hearing.project_id) if theme.parent_id is None]
    assert sum(theme.point_count for theme in top) == len(placed)


@pytest.mark.parametrize("number", [0, 1, 14])
def test_under_fifteen_points_there_is_a_plain_list(planner: Actor, hearing: Round, number: int) -> None:
    answered(hearing, number)
    run = gathered(planner, hearing.project)
    assert (run.state, run.facts["left_over"]) == ("done", number)
    assert standing(hearing.project_id) == []


def test_fifteen_points_are_gathered(planner: Actor, hearing: Round) -> None:
    answered(hearing, 15)
    assert gathered(planner, hearing.project).facts["left_over"] == 0
    assert standing(hearing.project_id)


def test_the_same_words_give_the_same_themes_again(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    first, before = gathered(planner, hearing.project).digest, homes(hearing.project_id)
    second = gathered(planner, hearing.project)
    assert (second.digest, homes(hearing.project_id)) == (first, before)
    assert (second.facts["moved"], second.facts["made"], second.facts["retired"]) == (0, 0, 0)


def test_many_contributions_are_divided_and_few_are_not(planner: Actor, hearing: Round) -> None:
    """RP-23: each matter is owed its own answer."""
    two = (
        "Der mangler lys på stien langs åen, så man går i mørke hele vinteren.\n\n"
        "Desuden er skolen fyldt, og der er ikke klasselokaler til flere elever."
    )
    receive(hearing, two)
    answered(hearing, 24)
    gathered(planner, hearing.project)
    assert len(points(hearing.project_id)) == 25
    answered(hearing, 1)
    gathered(planner, hearing.project)
    assert len(points(hearing.project_id)) == 27


def test_a_contribution_that_a_person_has_placed_is_not_divided(planner: Actor, hearing: Round) -> None:
    two = "Der mangler lys på stien langs åen om aftenen.\n\nDesuden er skolen fyldt af elever fra hele byen."
    (contribution,) = receive(hearing, two)
    answered(hearing, 25)
    with settling():
        theme = new_theme(planner, hearing.project, "Lys", now=NOW)
        move_points(planner, hearing.project, [contribution.points[0].id], theme, now=NOW)
    gathered(planner, hearing.project)
    db.session.expire_all()
    assert len(contribution.points) == 1


def test_nothing_is_seen_before_the_flip(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    with settling():
        ask_for_grouping(planner, hearing.project, now=NOW)
    assert standing(hearing.project_id) == []

    run = run_under_way(hearing.project_id)
    assert run is not None
    group._work_out(run.id, lambda share, words: None, NOW)
    db.session.rollback()
    assert standing(hearing.project_id) == []
    assert homes(hearing.project_id) == {}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StagedPlacement)) == 20
    assert flip(run.id, now=NOW)
    assert len(homes(hearing.project_id)) == 20
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StagedPlacement)) == 0


def test_a_killed_run_begins_again_and_shows_the_same(
    planner: Actor, hearing: Round, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr("participation.themes.stage.CHUNK", 7)
    answered(hearing, 20)
    with settling():
        run_id = ask_for_grouping(planner, hearing.project, now=NOW).id
    group._work_out(run_id, lambda share, words: None, NOW)
    group._work_out(run_id, lambda share, words: None, NOW)
    jobs.run_all(None, NOW + HOUR)
    db.session.rollback()
    assert db.session.get_one(Run, run_id).state == "done"
    assert len(homes(hearing.project_id)) == 20
    assert {theme.run_id for theme in standing(hearing.project_id)} == {run_id}


def test_an_edit_during_the_run_is_never_overwritten(planner: Actor, hearing: Round) -> None:

    answered(hearing, 30)
    gathered(planner, hearing.project)
    with settling():
        run_id = ask_for_grouping(planner, hearing.project, now=NOW).id
    group._work_out(run_id, lambda share, words: None, NOW)
    theme = leaf(hearing.project_id)
    with settling():
        rename_theme(planner, theme, "Mit navn", now=NOW)
    assert not flip(run_id, now=NOW)
    jobs.run_all(None, NOW + HOUR)
    db.session.expire_all()
    assert db.session.get_one(Run, run_id).state == "done"
    assert theme.title == "Mit navn"


def test_a_run_under_way_is_not_asked_for_twice(planner: Actor, hearing: Round) -> None:
    answered(hearing, 3)
    with settling():
        first = ask_for_grouping(planner, hearing.project, now=NOW).id
        second = ask_for_grouping(planner, hearing.project, now=NOW).id
    assert first == second
    assert db.session.scalar(sa.select(sa.func.count()).where(Job.name == "themes:group")) == 1


def test_the_wished_number_of_themes_is_kept(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project, wished=3)
    assert len([theme for theme in standing(hearing.project_id) if theme.parent_id is None]) == 3


# -- human work survives ----------------------------------------------------------------------------------------------


def test_a_moved_point_stays_where_a_person_put_it(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    here = homes(hearing.project_id)
    to = leaf(hearing.project_id)
    stranger = next(point for point, theme in here.items() if theme != to.id)
    with settling():
        move_points(planner, hearing.project, [stranger], to, now=NOW)
    answered(hearing, 10)
    gathered(planner, hearing.project)
    assert homes(hearing.project_id)[stranger] == to.id


def test_a_persons_title_survives_and_the_machines_may_change(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    theme = leaf(hearing.project_id)
    with settling():
        rename_theme(planner, theme, "Ønske om lys på stierne", now=NOW)
    answered(hearing, 20)
    gathered(planner, hearing.project, wished=2)
    db.session.expire_all()
    assert theme.title == "Ønske om lys på stierne"
    assert theme.retired_at is None


def test_merged_themes_stay_together(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    one, other = [theme for theme in standing(hearing.project_id) if theme.id in homes(hearing.project_id).values()][:2]
    both = {point for point, theme in homes(hearing.project_id).items() if theme in (one.id, other.id)}
    with settling():
        merge_themes(planner, other, one, now=NOW)
    gathered(planner, hearing.project)
    after = homes(hearing.project_id)
    assert {after[point] for point in both} == {one.id}
    assert other.id not in {theme.id for theme in standing(hearing.project_id)}


def test_a_merge_that_was_undone_binds_nobody(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    before = homes(hearing.project_id)
    one, other = [theme for theme in standing(hearing.project_id) if theme.id in before.values()][:2]
    with settling():
        merge_themes(planner, other, one, now=NOW)
    with settling():
        undo(planner, hearing.project, now=NOW)
    assert homes(hearing.project_id) == before
    gathered(planner, hearing.project)
    assert homes(hearing.project_id) == before


def test_what_was_split_off_stays_split_off(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    theme = leaf(hearing.project_id)
    chosen = sorted(point for point, home in homes(hearing.project_id).items() if home == theme.id)[:3]
    with settling():
        new = split_theme(planner, theme, chosen, "Noget for sig", now=NOW)
    gathered(planner, hearing.project)
    after = homes(hearing.project_id)
    assert {after[point] for point in chosen} == {new.id}
    db.session.expire_all()
    assert new.title == "Noget for sig"


def test_nothing_goes_into_or_out_of_a_locked_theme(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    theme = leaf(hearing.project_id)
    inside = {point for point, home in homes(hearing.project_id).items() if home == theme.id}
    with settling():
        lock_theme(planner, theme, now=NOW)
    answered(hearing, 30)
    run = gathered(planner, hearing.project, wished=4)
    after = homes(hearing.project_id)
    assert {point for point, home in after.items() if home == theme.id} == inside
    kept_out = {int(point) for point, home in run.facts["beside"].items() if home == theme.id}
    assert kept_out.isdisjoint(after)
    assert len(after) + run.facts["left_over"] == len(points(hearing.project_id))


def test_a_theme_that_is_held_upstairs_keeps_its_points(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    theme = leaf(hearing.project_id)
    inside = {point for point, home in homes(hearing.project_id).items() if home == theme.id}
    from participation.themes import held

    @holds
    def answers(project_id: int) -> Held:
        return Held(themes=frozenset({theme.id}))

    try:
        gathered(planner, hearing.project, wished=2)
    finally:
        del held._holders[f"{answers.__module__}.{answers.__qualname__}"]
    after = homes(hearing.project_id)
    assert {after[point] for point in inside} == {theme.id}


def test_an_empty_theme_of_a_person_stays_and_one_of_the_machine_goes(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    with settling():
        own = new_theme(planner, hearing.project, "Tomt endnu", now=NOW)
    machines = leaf(hearing.project_id)
    inside = [point for point, home in homes(hearing.project_id).items() if home == machines.id]
    with settling():
        move_points(planner, hearing.project, inside, own, now=NOW)
        undo(planner, hearing.project, now=NOW)
    with settling():
        for contribution in db.session.scalars(
            sa.select(Contribution).join(Point).where(Point.id.in_(inside))
        ).unique():
            contribution.handling, contribution.withdrawn_at = Handling.WITHDRAWN, NOW
    gathered(planner, hearing.project)
    left = {theme.id for theme in standing(hearing.project_id)}
    assert own.id in left
    assert machines.id not in left


def test_moved_points_are_told_with_their_reasons(planner: Actor, hearing: Round) -> None:
    answered(hearing, 60)
    gathered(planner, hearing.project)
    run = gathered(planner, hearing.project, wished=2)
    assert run.facts["moved"] == len(run.facts["moves"]) > 0
    point, from_, to, words = run.facts["moves"][0]
    assert homes(hearing.project_id)[point] == to != from_
    assert all(isinstance(word, str) for word in words)


# -- who may, and what is kept ----------------------------------------------------------------------------------------


def test_only_officers_of_the_case_may_ask(
    hearing: Round, planner: Actor, other_planner: Actor, clerk: Actor, planner_person: object
) -> None:
    for actor, door in ((VISITOR, Door.ROLE), (clerk, Door.ROLE), (other_planner, Door.OWNER)):
        with pytest.raises(NotAllowed) as refused, settling():
            ask_for_grouping(actor, hearing.project, now=NOW)
        assert refused.value.refusal.door is door
    with settling():
        recuse(planner, hearing.project, None, now=NOW)
    partial = Actor(person_id=planner.person_id, roles=planner.roles, conflicts=frozenset({hearing.project_id}))
    with pytest.raises(NotAllowed), settling():
        ask_for_grouping(partial, hearing.project, now=NOW)


def test_a_run_that_cannot_be_done_says_so_and_changes_nothing(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    with settling():
        run_id = ask_for_grouping(planner, hearing.project, now=NOW).id
    with settling():
        hearing.project.cancelled_at = NOW
    jobs.run_all(None, NOW + timedelta(hours=2), loud=False)
    db.session.rollback()
    run = db.session.get_one(Run, run_id)
    assert run.state == "failed"
    assert run.failure.startswith("Det lykkedes ikke")
    assert homes(hearing.project_id) == {}


def test_a_run_is_written_into_the_log_with_its_digest(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    run = gathered(planner, hearing.project)
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.GROUP_POINTS.value)).all()
    assert [entry.facts["step"] for entry in entries] == ["asked", "shown"]
    assert entries[1].facts["outcome"] == run.digest
    assert entries[1].actor == "worker"


def test_only_the_latest_run_keeps_what_was_learned(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    first, second = gathered(planner, hearing.project), gathered(planner, hearing.project)
    db.session.expire_all()
    assert first.model is None
    assert second.model is not None


def test_quotes_are_places_in_the_points_own_words(planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    said = {point.id: point.words for point in points_of(hearing.project_id)}
    quotes = [quote for theme in standing(hearing.project_id) for quote in theme.quotes]
    assert quotes
    assert all(said[point][start:end].strip() for point, start, end in quotes)
    assert all(isinstance(one, Placement) for one in db.session.scalars(sa.select(Placement)))
    assert all(isinstance(theme, Theme) for theme in standing(hearing.project_id))


@pytest.mark.parametrize("at", [0.0, 0.3, 0.96])
def test_a_run_that_is_stopped_half_way_shows_nothing(planner: Actor, hearing: Round, at: float) -> None:
    answered(hearing, 40)
    gathered(planner, hearing.project)
    before = homes(hearing.project_id), [theme.title for theme in standing(hearing.project_id)]
    receive(hearing, *(f"Der skal være flere bænke ved havnen, nummer {number}." for number in range(20)))
    with settling():
        run_id = ask_for_grouping(planner, hearing.project, now=NOW).id
    reached = []

    def report(share: float, words: str) -> None:
        reached.append(share)
        if share >= at and len([one for one in reached if one >= at]) == 1:
            db.session.rollback()
            with settling():
                stop_grouping(planner, db.session.get_one(Run, run_id), now=NOW)

    kinds["themes:group"].handler({"run": run_id}, report, NOW + HOUR)
    db.session.rollback()
    assert db.session.get_one(Run, run_id).state == "stopped"
    assert max(reached) < 0.97 or at > 0.9
    assert before == (homes(hearing.project_id), [theme.title for theme in standing(hearing.project_id)])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StagedPlacement)) == 0
    assert run_under_way(hearing.project_id) is None


def test_a_run_that_waits_is_stopped_before_it_begins(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    with settling():
        run = ask_for_grouping(planner, hearing.project, now=NOW)
        stop_grouping(planner, run, now=NOW)
    jobs.run_all(None, NOW + HOUR)
    db.session.rollback()
    assert (run.state, standing(hearing.project_id)) == ("stopped", [])
    with pytest.raises(NotAllowed):
        stop_grouping(VISITOR, run, now=NOW)


def test_a_run_is_kept_with_what_made_it(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    run = gathered(planner, hearing.project, wished=3)
    assert run.wished == 3
    assert len(run.digest) == 64
    assert {"medspil", "numpy", "scikit-learn"} <= run.facts["versions"].keys()
