"""A planner gives a project its map: upload, look, replace, take away; a wrong file is told and nothing is lost."""

import json
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.foundation.db import db, settling
from participation.foundation.maps import read_map
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.practice import texts
from participation.projects.draw_map import draw_map, erase_map
from participation.projects.model import Project, ProjectMap
from participation.rules.kinds import Role
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.contributions.sending import csrf
from tests.persons import NOW, make_person, sign_in

MAP = texts.map_of("ny-skolevej-ved-engparken") or b""


def upload(client: FlaskClient, project: Project, raw: bytes, name: str = "kort.geojson"):
    path = f"/arbejde/projekter/{project.slug}/kort"
    return client.post(path, data={"csrf_token": csrf(client, path), "file": (BytesIO(raw), name)})


def kept(project: Project) -> ProjectMap | None:
    db.session.expire_all()
    return db.session.get(ProjectMap, project.id)


def test_a_map_is_drawn_logged_and_shown_with_its_names(
    client: FlaskClient, planner_person: Person, draft: Project
) -> None:
    """RL-04, SK-15: the place of a matter can be seen."""
    sign_in(client, planner_person)
    assert upload(client, draft, MAP).status_code == 303
    page = client.get(f"/arbejde/projekter/{draft.slug}/kort").text
    assert "Engparken, Engparken 20, Engskolen" in page
    picture = client.get(f"/arbejde/projekter/{draft.slug}/kort.svg")
    assert picture.mimetype == "image/svg+xml"
    assert ">Møllevej</text>" in picture.text
    assert picture.text.count("<path") == 5 + 2 * 4 + 1
    entry = db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert entry is not None
    assert entry.facts["what"] == "map"


def test_a_wrong_file_is_told_and_the_old_map_stays(
    client: FlaskClient, planner_person: Person, draft: Project
) -> None:
    sign_in(client, planner_person)
    upload(client, draft, MAP)
    for raw, words in ((b"nej", "ikke JSON"), (b"{}", "ikke GeoJSON"), (b"", "ikke JSON")):
        answer = upload(client, draft, raw)
        assert answer.status_code == 422
        assert words in answer.text
        assert 'src="/arbejde/projekter/' in answer.text
    assert len(kept(draft).features) == 10


def test_no_file_is_told(client: FlaskClient, planner_person: Person, draft: Project) -> None:
    sign_in(client, planner_person)
    path = f"/arbejde/projekter/{draft.slug}/kort"
    answer = client.post(path, data={"csrf_token": csrf(client, path)})
    assert answer.status_code == 422
    assert "Vælg en fil med kortet." in answer.text
    assert client.get(f"{path}.svg").status_code == 404


def test_a_name_in_a_map_is_only_words(client: FlaskClient, planner_person: Person, draft: Project) -> None:
    sign_in(client, planner_person)
    evil = json.loads(MAP)
    evil["features"][0]["properties"]["navn"] = "<script>alert(1)</script>"
    upload(client, draft, json.dumps(evil).encode())
    assert "<script" not in client.get(f"/arbejde/projekter/{draft.slug}/kort.svg").text


def test_another_map_takes_its_place_and_it_can_be_taken_away(
    client: FlaskClient, planner_person: Person, public: Project
) -> None:
    sign_in(client, planner_person)
    upload(client, public, MAP)
    upload(client, public, texts.map_of("lokalplan-117-havnegrunden") or b"")
    assert "Fiskergade" in kept(public).names
    path = f"/arbejde/projekter/{public.slug}/kort"
    assert client.post(f"{path}/fjern", data={"csrf_token": csrf(client, path)}).status_code == 303
    assert kept(public) is None
    assert "Læg et kort ind" in client.get(path).text


@pytest.mark.parametrize("verb", ["draw", "erase"])
def test_only_those_who_may_write_on_draw_a_map(draft: Project, verb: str) -> None:
    with pytest.raises(NotAllowed), settling():
        draw_map(VISITOR, draft, read_map(MAP), now=NOW) if verb == "draw" else erase_map(VISITOR, draft, now=NOW)


def test_a_map_of_another_department_is_not_drawn(client: FlaskClient, schools: Department, draft: Project) -> None:
    sign_in(client, make_person("Jonas Holm", (Role.PLANNER, schools)))
    assert client.get(f"/arbejde/projekter/{draft.slug}/kort").status_code == 403
    assert client.get(f"/arbejde/projekter/{draft.slug}/kort.svg").status_code == 403


def test_erasing_a_map_that_is_not_there_does_nothing(planner: Actor, draft: Project) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(LogEntry))
    with settling():
        erase_map(planner, draft, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogEntry)) == before
