"""A planner's own hovedemner, and the sections of the material, are filled first; the rest gets a proposal."""

import pytest
from flask.testing import FlaskClient

from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Round
from participation.rules.policy import Actor
from participation.themes.edit import lock_theme, new_theme
from participation.themes.group import ask_for_grouping, run_under_way
from participation.themes.model import Run
from participation.themes.told import run_told
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.themes.gathering import HOUR, answered, homes, standing


def gathered(actor: Actor, hearing: Round, *heads: str, sections: bool = False) -> Run:
    with settling():
        run_id = ask_for_grouping(actor, hearing.project, None, heads, sections=sections, now=NOW).id
    jobs.run_all(None, NOW + HOUR)
    db.session.rollback()
    return db.session.get_one(Run, run_id)


def titles(hearing: Round) -> dict[str, tuple[int, bool]]:
    return {
        one.title: (one.point_count, one.by_person) for one in standing(hearing.project_id) if one.parent_id is None
    }


def test_points_go_to_the_hovedemner_that_were_typed_and_the_rest_to_proposals(planner: Actor, hearing: Round) -> None:
    answered(hearing, 50)
    run = gathered(planner, hearing, "Lys på stierne", "Vindmøller")
    found = titles(hearing)
    assert found["Lys på stierne"][0] >= 5
    assert found["Lys på stierne"][1]
    assert [by_person for title, (_, by_person) in found.items() if title != "Lys på stierne"].count(False) >= 2
    assert run.facts["unused"] == ["Vindmøller"]
    assert any("Vindmøller" in line for line in run_told(run))
    assert len(homes(hearing.project_id)) == 50


def test_the_headings_of_the_material_are_hovedemner_where_that_is_asked_for(planner: Actor, hearing: Round) -> None:
    answered(hearing, 50)
    light, school = "Der kommer lys på stien langs åen.", "Skolen får flere klasselokaler til elever."
    words = f"## § 1 Lys\n\n{light}\n\n## § 2 Skolen\n\n{school}"
    with settling():
        attach_material(planner, hearing.project, Piece("Planen", words=words), now=NOW)
    gathered(planner, hearing)
    assert not {"Lys", "Skolen"} <= titles(hearing).keys()
    gathered(planner, hearing, sections=True)
    assert {"Lys", "Skolen"} <= titles(hearing).keys()


def test_a_hovedemne_keeps_its_name_and_its_points_when_they_are_gathered_again(planner: Actor, hearing: Round) -> None:
    answered(hearing, 50)
    gathered(planner, hearing, "Lys på stierne")
    before, kept = homes(hearing.project_id), titles(hearing)["Lys på stierne"]
    gathered(planner, hearing)
    assert titles(hearing)["Lys på stierne"] == kept
    assert homes(hearing.project_id) == before


def test_a_theme_that_a_person_made_and_that_is_empty_is_filled(planner: Actor, hearing: Round) -> None:
    answered(hearing, 50)
    with settling():
        new_theme(planner, hearing.project, "Lys på stierne", now=NOW)
        locked = new_theme(planner, hearing.project, "Træer og natur", now=NOW)
        lock_theme(planner, locked, now=NOW)
    gathered(planner, hearing, "træer og natur")
    found = titles(hearing)
    assert found["Lys på stierne"][0] >= 5
    assert found["Træer og natur"][0] == 0
    assert len(found) == len({title.casefold() for title in found})


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.mark.parametrize("wrong", ["x" * 161, "12", "\n".join(f"Emne {'a' * number}" for number in range(1, 42))])
def test_a_list_that_cannot_be_is_kept_as_it_was_typed(desk: FlaskClient, hearing: Round, wrong: str) -> None:
    answered(hearing, 16)
    path = f"/arbejde/projekter/{hearing.project.slug}/emner"
    assert "Vi har selv hovedemner" in desk.get(path).text
    sent = desk.post(f"{path}/saml", data={"saml-heads": f"Lys\n{wrong}"})
    assert sent.status_code == 422
    assert f"Lys\n{wrong}" in sent.text
    assert run_under_way(hearing.project_id) is None


def test_typed_names_stand_once_each_in_the_run(desk: FlaskClient, hearing: Round) -> None:
    answered(hearing, 16)
    path = f"/arbejde/projekter/{hearing.project.slug}/emner/saml"
    assert desk.post(path, data={"saml-heads": "Lys\r\n\r\n  Skoler og  børn \r\nLys"}).status_code == 303
    run = run_under_way(hearing.project_id)
    assert run is not None
    assert (run.facts["heads"], run.facts["sections"]) == (["Lys", "Skoler og børn"], False)


def test_equal_points_of_a_plain_list_stand_once_and_each_can_be_chosen(desk: FlaskClient, hearing: Round) -> None:
    first, second, other = receive(hearing, "Mere lys på stien!", "mere lys på  stien", "Flyt skolen.")
    page = desk.get(f"/arbejde/projekter/{hearing.project.slug}/emner/uden").text
    assert page.count("lys på") == 1
    assert page.count('class="one point"') == 2
    assert "1 til siger det samme" in page
    for one in (first, second, other):
        assert f'name="points" value="{one.points[0].id}"' in page
