"""A planner places a sample blind, and learns how well person and machine agree (issue: second coder)."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.rules.policy import VISITOR, Actor, NotAllowed
from participation.themes.edit import merge_themes
from participation.themes.model import Sample, SamplePoint
from participation.themes.sample import NothingToDraw, choose, draw_sample, latest, stop, under_way
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.themes.gathering import answered, gathered, standing


@pytest.fixture
def project(planner: Actor, hearing: Round) -> Project:
    """A hearing whose forty points have been gathered."""
    answered(hearing, 40)
    gathered(planner, hearing.project)
    return hearing.project


def drawn(actor: Actor, project: Project, size: int = 20) -> Sample:
    with settling():
        return draw_sample(actor, project, size, now=NOW)


def uppers(project: Project) -> list[int]:
    return [theme.id for theme in standing(project.id) if theme.parent_id is None]


def read_all(actor: Actor, sample: Sample, wrong: int = 0) -> None:
    """Choose what the machine chose, but for the first points."""
    for number, row in enumerate(sample.points):
        with settling():
            choose(actor, sample, row.point_id, None if number < wrong else row.machine_theme_id, now=NOW)


def test_a_sample_is_drawn_without_doubles_among_the_placed(planner: Actor, project: Project) -> None:
    sample = drawn(planner, project)
    assert len({row.point_id for row in sample.points}) == 20
    assert {row.machine_theme_id for row in sample.points} <= set(uppers(project))
    assert drawn(planner, project) is sample


def test_agreement_is_counted_and_kept_in_the_log(planner: Actor, project: Project) -> None:
    sample = drawn(planner, project)
    read_all(planner, sample, wrong=5)
    read = latest(project)
    assert read is not None
    assert (read.found.points, read.found.same, len(read.apart)) == (20, 15, 5)
    assert read.found.kappa is not None
    assert read.found.kappa < 0.75
    assert under_way(planner, project) is None
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "theme:sample").order_by(LogEntry.id)).all()
    assert entries[-1].facts == {"step": "done", "points": 20, "same": 15}


def test_what_happens_to_the_themes_afterwards_changes_no_figure(planner: Actor, project: Project) -> None:
    sample = drawn(planner, project)
    read_all(planner, sample)
    first, second, *_others = (theme for theme in standing(project.id) if theme.parent_id is None)
    with settling():
        merge_themes(planner, first, second, now=NOW)
    read = latest(project)
    assert read is not None
    assert read.found.share == 1.0


def test_whoever_stops_sees_what_was_read(planner: Actor, project: Project) -> None:
    sample = drawn(planner, project)
    with settling():
        choose(planner, sample, sample.points[0].point_id, None, now=NOW)
        stop(planner, sample, now=NOW)
    read = latest(project)
    assert read is not None
    assert (read.found.points, read.found.same) == (1, 0)


def test_a_sample_is_its_readers_own_and_the_policy_is_asked(planner: Actor, project: Project) -> None:
    sample = drawn(planner, project)
    point = sample.points[0].point_id
    with pytest.raises(NotAllowed):
        choose(VISITOR, sample, point, None, now=NOW)
    with pytest.raises(LookupError):
        choose(planner, sample, 10**6, None, now=NOW)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(SamplePoint.chosen_at.is_not(None))) == 0


def test_before_the_machine_has_grouped_there_is_nothing_to_draw(planner: Actor, hearing: Round) -> None:
    answered(hearing, 3)
    with pytest.raises(NothingToDraw):
        draw_sample(planner, hearing.project, 20, now=NOW)


# -- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def test_twenty_points_are_read_in_twenty_two_acts(desk: FlaskClient, project: Project) -> None:
    where = f"/arbejde/projekter/{project.slug}/emner/stikproeve"
    assert where in desk.get(f"/arbejde/projekter/{project.slug}/emner").text
    assert "Du ser ikke imens" in desk.get(where).text
    acts = 1
    answer = desk.post(where, data={"size": "20"}, follow_redirects=True)
    while (form := re.search(rf'action="({where}/\d+)"', answer.text)) is not None:
        assert "Forslag" not in answer.text  # it is blind: nothing of the machine's stands on the page
        chosen = re.findall(r'name="theme"[^>]*value="(\d+)"', answer.text)
        assert chosen[-1] == "0"
        answer = desk.post(form[1], data={"theme": chosen[0]}, follow_redirects=True)
        acts += 1
    assert acts == 21
    assert "af 20 punkter valgte I det samme" in answer.text
    assert "Cohens kappa" in answer.text
    assert "<table" in answer.text


def test_without_a_choice_nothing_is_kept_and_the_page_says_so(desk: FlaskClient, project: Project) -> None:
    where = f"/arbejde/projekter/{project.slug}/emner/stikproeve"
    page = desk.post(where, data={"size": "20"}, follow_redirects=True).text
    action = re.search(rf'action="({where}/\d+)"', page)
    assert action is not None
    answer = desk.post(action[1], data={})
    assert answer.status_code == 422
    assert "Vælg et emne." in answer.text
    assert "Punkt 1 af 20" in answer.text


@pytest.mark.parametrize("data", [{"size": "7"}, {"size": "mange"}])
def test_a_size_that_is_not_offered_is_told(desk: FlaskClient, project: Project, data: dict[str, str]) -> None:
    answer = desk.post(f"/arbejde/projekter/{project.slug}/emner/stikproeve", data=data)
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(Sample.id))) == 0


def test_the_pages_ask_as_much_for_eighty_points_as_for_twenty(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    where = f"/arbejde/projekter/{project.slug}/emner/stikproeve"
    asked = []
    for size in (20, 40):
        read_all(planner, drawn(planner, project, size), wrong=size // 2)
        with counted() as queries:
            assert desk.get(where).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 18
