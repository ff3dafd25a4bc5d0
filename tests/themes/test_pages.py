"""The pages of themes: every edit by a plain form, a wrong one keeps what was chosen, queries are few."""

import re

import pytest
from flask.testing import FlaskClient

from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.rules.policy import Actor
from participation.themes.edit import lock_theme
from participation.themes.group import ask_for_grouping
from participation.themes.model import Placement, Run, Theme, ThemeEdit
from participation.themes.tree import tree
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.themes.gathering import answered, gathered, homes, leaf, standing
from tests.themes.test_campaigns import variants


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def project(planner: Actor, hearing: Round) -> Project:
    """A hearing whose forty points have been gathered."""
    answered(hearing, 40)
    gathered(planner, hearing.project)
    return hearing.project


def base(project: Project) -> str:
    return f"/arbejde/projekter/{project.slug}"


def inside(theme: Theme) -> list[int]:
    return sorted(point for point, home in homes(theme.project_id).items() if home == theme.id)


def test_the_board_shows_each_theme_with_voices_and_counts(desk: FlaskClient, project: Project) -> None:
    page = desk.get(f"{base(project)}/emner").text
    for theme in standing(project.id):
        assert theme.title in page
    assert "40 punkter i emner" in page
    assert "Forslag" in page
    assert 'class="words voice"' in page
    assert "borgere" in page
    assert "<table" in page


def test_before_the_first_run_there_is_one_button_to_press(desk: FlaskClient, hearing: Round) -> None:
    answered(hearing, 3)
    page = desk.get(f"{base(hearing.project)}/emner").text
    assert "Saml i emner" in page
    response = desk.post(f"{base(hearing.project)}/emner/saml")
    assert response.status_code == 303
    page = desk.get(f"{base(hearing.project)}/emner").text
    assert 'data-poll="' in page
    assert "<progress" in page
    part = desk.get(f"{base(hearing.project)}/emner?kun=fremgang").text
    assert 'id="samling"' in part
    assert "data-poll" in part


def test_when_a_run_is_done_the_progress_asks_no_more(desk: FlaskClient, project: Project) -> None:
    part = desk.get(f"{base(project)}/emner?kun=fremgang").text
    assert 'id="samling"' in part
    assert "data-poll" not in part


def test_a_failed_run_says_so(desk: FlaskClient, planner: Actor, hearing: Round) -> None:
    answered(hearing, 2)
    with settling():
        run = ask_for_grouping(planner, hearing.project, now=NOW)
        run.state, run.failure = "failed", "Det lykkedes ikke at samle punkterne."
    page = desk.get(f"{base(hearing.project)}/emner").text
    assert "Det lykkedes ikke at samle punkterne." in page
    assert "Saml i emner" in page


def test_a_topic_says_why_each_point_is_there(desk: FlaskClient, project: Project) -> None:
    theme = leaf(project.id)
    page = desk.get(f"{base(project)}/emner/{theme.id}").text
    assert "Ordene, der trak det hertil" in page
    assert f"{base(project)}/svar/1" in page or "Nr. " in page
    assert page.count('type="checkbox"') == min(25, len(inside(theme)))


def test_every_edit_by_its_form(desk: FlaskClient, project: Project) -> None:
    one, other = [theme for theme in standing(project.id) if theme.id in homes(project.id).values()][:2]
    mine = inside(one)
    acts: list[tuple[str, dict[str, object]]] = [
        (f"{one.id}/navn", {"navn-title": "Mit navn"}),
        (f"{one.id}/laas", {"til": 1}),
        (f"{one.id}/laas", {"til": 0}),
        ("flyt", {"points": mine[:2], "to": other.id, "fra": one.id, "side": 1}),
        ("fasthold", {"points": mine[2:3], "fra": one.id}),
        ("se-ogsaa", {"points": mine[2:3], "also": other.id, "fra": one.id}),
        ("fasthold", {"points": mine[2:3], "fra": one.id, "til": "0"}),
        ("se-ogsaa", {"points": mine[2:3], "also": other.id, "fra": one.id, "til": "0"}),
        (f"{one.id}/del", {"points": mine[2:3], "title": "For sig", "fra": one.id}),
        ("nyt", {"nyt-title": "Tomt", "nyt-parent": 0}),
        ("laeg-sammen", {"to-theme": other.id, "to-into": one.id}),
        ("start", {"points": mine[3:4], "title": "Startet"}),
        ("flyt-emne", {"flyt-theme": one.id, "flyt-parent": 0}),
        ("fortryd", {}),
    ]
    for place, form in acts:
        response = desk.post(f"{base(project)}/emner/{place}", data=form)
        assert response.status_code == 303, (place, re.findall(r"to-mend.*?</ul>", response.text, re.S))
        assert desk.get(response.headers["Location"]).status_code == 200
    done = [edit.operation for edit in db.session.query(ThemeEdit).order_by(ThemeEdit.id)]
    expected = "rename lock unlock move pin see_also unpin not_also split new merge start place undo"
    assert done == expected.split()
    tomt = next(theme for theme in standing(project.id) if theme.title == "Tomt")
    assert desk.post(f"{base(project)}/emner/{tomt.id}/plads", data={"under-parent": one.id}).status_code == 303
    assert desk.post(f"{base(project)}/emner/{tomt.id}/fjern").status_code == 303
    history = desk.get(f"{base(project)}/emner/historik").text
    assert "Lagt sammen" in history
    assert "fortrudt" in history
    assert "Pia Planlægger" in history


@pytest.mark.parametrize(
    ("place", "form", "words"),
    [
        ("saml", {"saml-wished": "99"}, "Skriv et tal fra 1 til 40"),
        ("nyt", {"nyt-title": " ", "nyt-parent": 0}, "Skriv et navn til emnet."),
        ("laeg-sammen", {"to-theme": "x"}, "Vælg et emne på listen."),
        ("flyt-emne", {"flyt-theme": "x", "flyt-parent": 0}, "Vælg et emne på listen."),
        ("flyt", {"to": 0}, "Sæt kryds ved mindst ét punkt."),
        ("start", {"title": ""}, "Skriv et navn til det nye emne."),
    ],
)
def test_a_wrong_form_says_what_to_mend_and_changes_nothing(
    desk: FlaskClient, project: Project, place: str, form: dict[str, object], words: str
) -> None:
    response = desk.post(f"{base(project)}/emner/{place}", data=form)
    assert response.status_code == 422
    assert words in response.text
    assert db.session.query(ThemeEdit).count() == 0


def test_a_wrong_form_on_a_topic_keeps_what_was_ticked(desk: FlaskClient, project: Project) -> None:
    theme = leaf(project.id)
    chosen = inside(theme)[:2]
    response = desk.post(f"{base(project)}/emner/{theme.id}/del", data={"points": chosen, "title": "", "fra": theme.id})
    assert response.status_code == 422
    assert response.text.count(" checked") == 2
    assert "Skriv et navn til det nye emne." in response.text


def test_a_theme_of_another_case_or_one_that_is_gone_is_not_found(
    desk: FlaskClient, project: Project, cocreation: Round
) -> None:
    theme = leaf(project.id)
    assert desk.get(f"{base(cocreation.project)}/emner/{theme.id}").status_code == 404
    assert desk.get(f"{base(project)}/emner/999").status_code == 404
    assert desk.post(f"{base(project)}/emner/999/navn", data={"navn-title": "X"}).status_code == 404


def test_the_drafts_of_the_administration_are_not_for_others(
    client: FlaskClient, clerk_person: Person, councillor_person: Person, project: Project
) -> None:
    for person in (clerk_person, councillor_person):
        sign_in(client, person)
        assert client.get(f"{base(project)}/emner").status_code == 403
        assert client.post(f"{base(project)}/emner/saml").status_code in (400, 403)


def test_in_a_closed_case_the_board_is_read_and_not_changed(desk: FlaskClient, project: Project) -> None:
    with settling():
        project.closed_at = NOW
    page = desk.get(f"{base(project)}/emner").text
    assert "40 punkter i emner" in page
    assert "Læg to emner sammen" not in page
    assert desk.post(f"{base(project)}/emner/nyt", data={"nyt-title": "Nyt", "nyt-parent": 0}).status_code == 409


def test_what_is_nowhere_is_shown_and_what_it_is_like(desk: FlaskClient, planner: Actor, project: Project) -> None:
    theme = leaf(project.id)
    with settling():
        lock_theme(planner, theme, now=NOW)
    receive(project.rounds[0], "?", *(f"Der mangler lys på stien langs åen og ved søen {n}." for n in range(4)))
    gathered(planner, project)
    page = desk.get(f"{base(project)}/emner/uden").text
    assert "Nr. 41" in page
    shown = db.session.query(Run).order_by(Run.id.desc()).first()
    assert shown is not None
    if shown.facts["beside"]:
        assert "Emnet er låst" in page


def test_what_stands_alone_is_listed_until_a_person_has_placed_it(desk: FlaskClient, project: Project) -> None:
    """T26: a minority view does not drown in the counts."""
    placements = db.session.query(Placement).order_by(Placement.point_id).all()
    for one in placements:
        one.sureness = 0.9
    lonely, unsure = placements[0], placements[1]
    only = Theme(project_id=project.id, title="Hest og vandtårn", words=[], quotes=[], made_at=NOW)
    db.session.add(only)
    db.session.flush()
    lonely.theme_id, unsure.sureness = only.id, 0.05
    db.session.commit()
    where = f"{base(project)}/emner/alene"
    assert where in desk.get(f"{base(project)}/emner").text
    page = desk.get(where).text
    assert re.findall(r'id="punkt-(\d+)"', page)[0] == str(lonely.point_id)
    assert f'id="punkt-{unsure.point_id}"' in page
    assert "Hest og vandtårn</a>" in page
    home = unsure.theme_id
    answer = desk.post(f"{base(project)}/emner/flyt", data={"points": [unsure.point_id], "to": home, "her": "alene"})
    assert answer.headers["Location"] == where
    assert f'id="punkt-{unsure.point_id}"' not in desk.get(where).text


def test_a_choice_that_is_not_made_keeps_the_points_that_stand_alone(desk: FlaskClient, project: Project) -> None:
    one = db.session.query(Placement).order_by(Placement.point_id).first()
    assert one is not None
    one.sureness = 0.05
    db.session.commit()
    answer = desk.post(f"{base(project)}/emner/flyt", data={"points": [one.point_id], "to": 0, "her": "alene"})
    assert answer.status_code == 422
    assert "Det, der står alene" in answer.text
    assert f'value="{one.point_id}" form="punkter" checked' in answer.text


def test_the_points_that_teach_most_are_listed_until_a_person_has_placed_them(
    desk: FlaskClient, project: Project
) -> None:
    where = f"{base(project)}/emner/foerst"
    assert where in desk.get(f"{base(project)}/emner").text
    run = db.session.query(Run).filter_by(project_id=project.id).one()
    listed = re.findall(r'id="punkt-(\d+)"', desk.get(where).text)
    assert listed == [str(key) for key in run.facts["ask"][:25]]
    first = {"points": [listed[0]], "her": "foerst"}
    assert desk.post(f"{base(project)}/emner/fasthold", data=first).headers["Location"] == where
    assert listed[0] not in re.findall(r'id="punkt-(\d+)"', desk.get(where).text)


def test_before_anything_is_gathered_no_point_is_asked_for(desk: FlaskClient, hearing: Round) -> None:
    assert "Der er ingen punkter at lægge på plads" in desk.get(f"{base(hearing.project)}/emner/foerst").text


def test_campaigns_are_shown_with_their_evidence_and_own_lines(
    desk: FlaskClient, planner: Actor, hearing: Round
) -> None:
    receive(hearing, *variants(40))
    gathered(planner, hearing.project)
    page = desk.get(f"{base(hearing.project)}/kampagner").text
    assert "40 har sendt næsten det samme brev" in page
    assert "Det mest typiske er nr." in page
    assert "Min mormor er faldet to gange" in page
    assert "Venlig hilsen" not in page
    assert desk.get(f"{base(hearing.project)}/emner").text.count("brev er sendt af flere") == 1


def test_without_campaigns_the_page_says_what_would_come(desk: FlaskClient, project: Project) -> None:
    assert "Vi har ikke fundet ens breve" in desk.get(f"{base(project)}/kampagner").text


PAGES = ("emner", "emner/{theme}", "emner/uden", "emner/alene", "emner/foerst", "emner/historik", "kampagner")


def test_no_page_asks_more_when_there_are_more(desk: FlaskClient, planner: Actor, hearing: Round) -> None:
    """RL-44: the board of three hundred costs what the board of twenty costs."""
    project = hearing.project
    asked: dict[int, list[int]] = {}
    for number in (20, 280):
        answered(hearing, number)
        gathered(planner, project)
        theme = leaf(project.id)
        asked[number] = []
        for page in PAGES:
            path = f"{base(project)}/{page.format(theme=theme.id)}"
            desk.get(path)
            with counted() as queries:
                assert desk.get(path).status_code == 200
            asked[number].append(len(queries))
    assert all(more <= less + 1 for less, more in zip(*asked.values(), strict=True)), asked
    assert max(asked[280]) <= 24, asked


def test_the_tree_is_read_in_a_fixed_number_of_queries(planner: Actor, hearing: Round) -> None:
    numbers = []
    for number in (20, 100):
        answered(hearing, number)
        gathered(planner, hearing.project)
        project_id = hearing.project_id
        project = db.session.get_one(Project, project_id)
        with counted() as queries:
            db.session.add(project)
            found = tree(project)
        numbers.append(len(queries))
        assert found.placed + found.nowhere == len(homes(project_id)) + found.nowhere
    assert max(numbers) <= 8, numbers


def test_every_home_is_told_once(planner: Actor, project: Project) -> None:
    found = tree(project)
    every = [node for top in found.nodes for node in (top, *top.topics)]
    assert sum(node.own for node in every) == found.placed == len(homes(project.id))
    assert all(sum(node.senders.values()) <= node.total for node in every)
    assert db.session.query(Placement).count() == found.placed


def test_a_run_under_way_can_be_stopped_from_the_board(desk: FlaskClient, planner: Actor, project: Project) -> None:
    with settling():
        ask_for_grouping(planner, project, now=NOW)
    where = f"{base(project)}/emner/stop"
    assert where in desk.get(f"{base(project)}/emner").text
    answer = desk.post(where, follow_redirects=True)
    assert "Samlingen er stoppet. Emnerne er, som de var." in answer.text
    assert where not in answer.text
    db.session.rollback()
    assert db.session.query(Run).order_by(Run.id.desc()).first().state == "stopped"
