"""The board draws its themes by size and stance and the places that senders point to, where there is enough to draw."""

import math
import re

import pytest
from flask.testing import FlaskClient

from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.mask import mask_contribution
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db, settling
from participation.foundation.maps import Frame, read_map
from participation.people.model import Person
from participation.practice import texts
from participation.projects.draw_map import draw_map
from participation.projects.model import Project, Round
from participation.rules.handling import MaskField, MaskReason
from participation.rules.kinds import Kind, Stance
from participation.rules.policy import Actor
from participation.themes.charts import WIDE, charts, drawn
from participation.themes.edit import new_theme
from participation.themes.move import move_points
from tests.persons import NOW, sign_in

#: Two near each other and one 1.1 km north of them: number, name, latitude and longitude.
SPOTS = [[1, "Kirkevej", 56.0, 10.0], [2, "Kirkevej 4", 56.00001, 10.00001], [3, "Mosen", 56.01, 10.0]]


def bring(hearing: Round, *stances: Stance) -> None:
    with settling():
        many = [Incoming(f"Linje {one} {at}.", Kind.RESPONSE, NOW, stance=one) for at, one in enumerate(stances)]
        bring_in(hearing, many, batch_id=None, registered_by=None, now=NOW)


def located(number: int) -> None:
    with settling():
        for one in db.session.query(Contribution).order_by(Contribution.number).limit(number):
            one.place, one.latitude, one.longitude = f"Møllevej {one.number}", 56.0 + one.number / 100, 10.1


@pytest.fixture
def project(planner: Actor, hearing: Round) -> Project:
    """Ten that say for or against and two that do not; eight in a topic under a head, the others nowhere."""
    bring(hearing, *[Stance.FOR] * 4, *[Stance.AGAINST] * 5, Stance.MIXED, Stance.NONE, Stance.NONE)
    with settling():
        head = new_theme(planner, hearing.project, "Trafik", now=NOW)
        topic = new_theme(planner, hearing.project, "Overgang", head, now=NOW)
        points = [point.id for point in db.session.query(Point).order_by(Point.id).limit(8)]
        move_points(planner, hearing.project, points, topic, now=NOW)
    return hearing.project


def test_each_point_stands_once_under_its_head_with_the_stance_of_its_sender(project: Project) -> None:
    """K9: the points of a topic stand under its head; those without a theme under none."""
    head = next(one for one in charts(project).stances if one)
    assert charts(project).stances == {
        head: {Stance.FOR: 4, Stance.AGAINST: 4},
        0: {Stance.AGAINST: 1, Stance.MIXED: 1, Stance.NONE: 2},
    }


def test_little_is_not_drawn(hearing: Round) -> None:
    """The small hearing's board stays as light as it is."""
    bring(hearing, *[Stance.FOR] * 9, Stance.NONE)
    located(4)
    assert (charts(hearing.project).stances, charts(hearing.project).places) == ({}, None)


def test_places_that_would_lie_on_each_other_share_a_circle_and_the_ruler_is_right() -> None:
    found = drawn(SPOTS)
    assert [(spot.total, spot.names, spot.numbers) for spot in found.spots] == [
        (2, ["Kirkevej", "Kirkevej 4"], [1, 2]),
        (1, ["Mosen"], [3]),
    ]
    south, north = found.spots
    assert north.y < south.y
    assert found.metres * math.dist((south.x, south.y), (north.x, north.y)) / found.long == pytest.approx(
        1113, rel=0.02
    )
    assert all(0 < spot.x < WIDE and 0 < spot.y < found.high for spot in found.spots)


def test_on_the_projects_map_the_circles_stand_where_its_picture_has_them() -> None:
    frame = Frame.around([(10.0, 55.9), (10.2, 56.1)])
    found = drawn([[1, "Kirken", 56.0, 10.1], [2, "", 56.0, 10.1], [3, "", 56.1, 10.2]], frame)
    assert [(spot.total, (spot.x, spot.y)) for spot in found.spots] == [
        (2, frame.on_sheet((10.1, 56.0))),
        (1, frame.on_sheet((10.2, 56.1))),
    ]
    assert (found.high, found.metres, found.long) == (frame.high, *frame.ruler)


def test_all_at_one_place_is_one_circle() -> None:
    (spot,) = drawn([[number, "", 56.0, 10.0] for number in range(20)]).spots
    assert (spot.total, spot.names, len(spot.numbers)) == (20, [], 8)


def test_a_place_that_is_covered_is_not_drawn(planner: Actor, project: Project) -> None:
    """RE-26: nor is its name told."""
    located(6)
    assert charts(project).places is not None
    with settling():
        one = db.session.query(Contribution).filter_by(number=1).one()
        mask_contribution(planner, one, [MaskField.PLACE], MaskReason.OTHER_PERSON, now=NOW)
    places = charts(project).places
    assert places is not None
    assert places.total == 5
    assert "Møllevej 1" not in [name for spot in places.spots for name in spot.names]


def test_each_drawing_on_the_board_has_its_numbers_beside_it(
    client: FlaskClient, planner_person: Person, project: Project
) -> None:
    """The drawings themselves are kept from screen readers, who read the table."""
    located(5)
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{project.slug}/emner").text
    rows = re.findall(r"<tr>\s*<th scope=\"row\"><a [^>]*>([^<]+)</a></th>(.*?)</tr>", page, re.S)
    told = {title: re.findall(r'class="number">(\d+)', cells) for title, cells in rows}
    assert told == {"Trafik": ["8", "4", "0", "4", "0"], "Endnu uden emne": ["4", "0", "1", "1", "2"]}
    (figure,) = re.findall(r'<figure class="places">(.*?)</figure>', page, re.S)
    assert figure.count("<circle") == 5
    assert all(f">Møllevej {number}<" in page for number in range(1, 6))
    assert not re.search(r"<svg(?![^>]*aria-hidden)", page)


def test_the_board_lays_the_projects_map_beneath_the_circles(
    client: FlaskClient, planner: Actor, planner_person: Person, project: Project
) -> None:
    located(5)
    with settling():
        draw_map(planner, project, read_map(texts.map_of("ny-skolevej-ved-engparken") or b""), now=NOW)
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{project.slug}/emner").text
    (figure,) = re.findall(r'<figure class="places">(.*?)</figure>', page, re.S)
    assert '<image href="/projekter/' in figure
    assert "Nord" not in figure, "the picture has its own"
