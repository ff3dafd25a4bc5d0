"""What a point speaks of in the material is found by the worker and read beside the point."""

import pytest
import sqlalchemy as sa

from participation.answers.link import link_points, nearby
from participation.answers.model import MaterialReading, PointPassage
from participation.contributions.model import Contribution, Point
from participation.foundation import files, jobs
from participation.foundation.db import db, settling
from participation.foundation.docx import new_document, saved
from participation.foundation.jobs.owing import owe_periodic
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Material, Passage
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.themes.gathering import HOUR

PLAN = """## § 1 Stien

§ 1.1 Der bygges dobbeltrettet cykelsti langs Tranbyvej i planens femte år.

§ 1.2 På stierne slukkes hver anden lampe om natten.

## § 2 Skolen

§ 2.1 Krydset ved kirken får lys med trykknap.
"""
LAMPS, BIKES = "Sluk ikke lamperne på stierne.", "Byg cykelstien ved Tranbyvej straks."


@pytest.fixture
def plan(planner, hearing):
    with settling():
        return attach_material(planner, hearing.project, Piece("Planen", words=PLAN), now=NOW).id


def work(at=NOW + HOUR) -> None:
    """The worker looks for what is due."""
    owe_periodic(at)
    jobs.run_all(None, at)
    db.session.expire_all()


def words_of(point: Point) -> list[str]:
    return [link.passage.words[:5] for link in nearby(point).links]


def test_the_worker_finds_what_a_point_speaks_of_with_the_words_they_share(plan, hearing) -> None:
    (one,) = receive(hearing, LAMPS)
    work()
    (first, *_rest) = nearby(one.points[0]).links
    assert (first.passage.words[:5], first.passage.heading) == ("§ 1.2", "§ 1 Stien")
    assert first.passage.material_id == plan
    assert {"stierne", "lampe"} <= set(first.shared)


def test_a_point_that_comes_later_is_linked_and_the_others_stay(plan, hearing) -> None:
    receive(hearing, LAMPS)
    assert link_points(hearing.project_id, now=NOW) == 1
    before = db.session.scalars(sa.select(PointPassage.point_id)).all()
    (late,) = receive(hearing, BIKES)
    assert link_points(hearing.project_id, now=NOW) == 1
    assert words_of(late.points[0])[0] == "§ 1.1"
    assert set(before) < set(db.session.scalars(sa.select(PointPassage.point_id)))
    assert link_points(hearing.project_id, now=NOW) == 0


def test_where_material_is_added_all_points_are_held_up_against_it(plan, planner, hearing) -> None:
    (one,) = receive(hearing, "Byg en rampe ved svømmehallen.")
    link_points(hearing.project_id, now=NOW)
    assert nearby(one.points[0]).links == []
    with settling():
        piece = Piece("Tillæg", words="Ved svømmehallen laves en rampe til kørestole.")
        attach_material(planner, hearing.project, piece, now=NOW)
    work()
    assert words_of(db.session.get_one(Contribution, one.id).points[0]) == ["Ved s"]


def test_a_file_is_read_and_a_picture_and_a_link_are_not(planner, hearing) -> None:
    document = new_document("Plan")
    document.add_paragraph("Der bygges dobbeltrettet cykelsti langs Tranbyvej.")
    stored = files.store(saved(document), "plan.docx")
    with settling():
        attach_material(planner, hearing.project, Piece("Plan", stored=stored), now=NOW)
        attach_material(planner, hearing.project, Piece("Kort", url="https://example.dk/kort"), now=NOW)
    (one,) = receive(hearing, BIKES)
    link_points(hearing.project_id, now=NOW)
    assert [link.passage.material.title for link in nearby(one.points[0]).links] == ["Plan"]
    assert "cykelsti langs Tranbyvej" in nearby(one.points[0]).links[0].passage.words


@pytest.mark.parametrize("place", ["§ 2.1", "2.1", "Krydset ved kirken"])
def test_the_place_that_the_citizen_gave_comes_first(plan, hearing, place) -> None:
    (one,) = receive(hearing, LAMPS)
    with settling():
        kept = db.session.get_one(Contribution, one.id)
        kept.material_id, kept.material_place = plan, place
    link_points(hearing.project_id, now=NOW)
    near = nearby(db.session.get_one(Contribution, one.id).points[0])
    assert [(link.passage.words[:5], link.pointed_out) for link in near.links][:2] == [
        ("§ 2.1", True),
        ("§ 1.2", False),
    ]
    assert near.place == place


def test_a_case_without_material_is_left_alone_and_a_quiet_one_is_not_read_again(plan, planner, hearing) -> None:
    receive(hearing, LAMPS)
    work()
    seen = db.session.get_one(MaterialReading, hearing.project_id).read_at
    db.session.rollback()
    work(NOW + 2 * HOUR)
    assert db.session.get_one(MaterialReading, hearing.project_id).read_at == seen


def test_material_that_is_taken_away_takes_its_paragraphs_along(plan, planner, hearing) -> None:
    receive(hearing, LAMPS)
    link_points(hearing.project_id, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passage)) == 3
    with settling():
        db.session.delete(db.session.get_one(Material, plan))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PointPassage)) == 0


def test_the_page_of_a_point_shows_it_and_asks_as_much_among_many(plan, hearing, client, planner_person) -> None:
    sign_in(client, planner_person)
    (one,) = receive(hearing, LAMPS)
    link_points(hearing.project_id, now=NOW)
    path = f"/arbejde/projekter/{hearing.project.slug}/punkter/{one.points[0].id}/svar"
    page = client.get(path).text
    assert "Det står der i materialet" in page
    assert "§ 1.2 På stierne slukkes" in page
    assert "Fælles ord:" in page
    point = one.points[0].id
    with counted() as few:
        nearby(db.session.get_one(Point, point))
    receive(hearing, *[f"{LAMPS} {BIKES} {number}" for number in range(20)])
    link_points(hearing.project_id, now=NOW)
    with counted() as many:
        nearby(db.session.get_one(Point, point))
    assert len(many) <= len(few)
