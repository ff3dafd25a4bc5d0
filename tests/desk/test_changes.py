"""A paragraph of the material is edited where it stands, and everybody reads which words went and which came."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.change import draft_change
from participation.answers.draft import Draft, draft_answer
from participation.answers.link import link_points
from participation.answers.model import Change
from participation.contributions.model import Point
from participation.foundation.db import db, settling
from participation.people.model import Department, Person
from participation.projects.model import Material, Passage, Round
from participation.rules.kinds import ChangeCause, MaterialKind, Role
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.contributions.sending import csrf
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted

CHANGES = "/arbejde/projekter/ny-skolevej-ved-engparken/aendringer"
PLAN = """§ 5.2 Stien

Stien skal være 2 meter bred og have asfalt.

§ 6 Hegn

Hegn langs stien skal være levende hække.
"""


@pytest.fixture
def paragraphs(hearing: Round) -> list[Passage]:
    """The material of the hearing, kept as paragraphs by the worker."""
    receive(hearing, "Stien i § 5.2 skal være bredere.")
    with settling():
        project = hearing.project
        project.materials.append(Material(title="Lokalplan 12", kind=MaterialKind.TEXT, words=PLAN, added_at=NOW))
    link_points(hearing.project_id, now=NOW)
    return list(db.session.scalars(sa.select(Passage).order_by(Passage.position)))


def test_a_paragraph_is_edited_where_it_stands(
    client: FlaskClient, planner_person: Person, planner: Actor, paragraphs: list[Passage], hearing: Round
) -> None:
    sign_in(client, planner_person)
    wide = next(one for one in paragraphs if "2 meter" in one.words)
    found = client.get(f"{CHANGES}/afsnit?q=asfalt").text
    assert f"{CHANGES}/afsnit/{wide.id}" in found
    assert "levende" not in found
    edited = wide.words.replace("2 meter", "3 meter")
    page = f"{CHANGES}/afsnit/{wide.id}"
    form = {"csrf_token": csrf(client, page), "place": "§ 5.2", "after": edited, "cause": "contribution"}
    assert client.post(page, data=form).status_code == 303
    change = db.session.scalars(sa.select(Change)).one()
    assert (change.before, change.after) == (wide.words, edited)
    shown = client.get(CHANGES).text
    assert "[tages ud:] </span>2<" in shown
    assert "[sættes ind:] </span>3<" in shown
    table = client.get(f"{CHANGES}/tabel").text
    assert "[sættes ind:] </span>3<" in table


def test_what_is_saved_as_it_was_is_no_change_and_what_was_typed_is_kept(
    client: FlaskClient, planner_person: Person, paragraphs: list[Passage]
) -> None:
    sign_in(client, planner_person)
    page = f"{CHANGES}/afsnit/{paragraphs[0].id}"
    form = {"csrf_token": csrf(client, page), "place": "§ 99", "after": paragraphs[0].words, "cause": "contribution"}
    sent = client.post(page, data=form)
    assert sent.status_code == 422
    assert "Teksten er, som den var." in sent.text
    assert 'value="§ 99"' in sent.text
    assert db.session.scalars(sa.select(Change)).all() == []


def test_from_a_points_page_the_answer_is_chosen_already(
    client: FlaskClient, planner_person: Person, planner: Actor, paragraphs: list[Passage], hearing: Round
) -> None:
    point = db.session.scalars(sa.select(Point)).one()
    with settling():
        answer = draft_answer(planner, Draft(point.contribution, "Ja.", Recommendation.ACCOMMODATED), now=NOW)
    sign_in(client, planner_person)
    page = client.get(f"{CHANGES}/afsnit/{paragraphs[0].id}?punkt={point.id}").text
    assert f'name="answers" value="{answer.id}" checked' in page


def test_whoever_works_elsewhere_may_neither_read_nor_edit(
    client: FlaskClient, schools: Department, paragraphs: list[Passage]
) -> None:
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    for page in (f"{CHANGES}/afsnit", f"{CHANGES}/tabel", f"{CHANGES}/afsnit/{paragraphs[0].id}"):
        assert client.get(page).status_code == 403
    form = {"csrf_token": csrf(client, "/arbejde/tilknytninger"), "place": "§ 5", "after": "Nyt.", "cause": "own"}
    assert client.post(f"{CHANGES}/afsnit/{paragraphs[0].id}", data=form).status_code == 403


def test_the_table_costs_no_more_for_six_changes_than_for_one(
    client: FlaskClient, planner_person: Person, planner: Actor, hearing: Round
) -> None:
    """Each change has its cause and its answers, also where one side is empty."""
    (one,) = receive(hearing, "Lys på stien.")
    sign_in(client, planner_person)
    asked = []
    with settling():
        answer = draft_answer(planner, Draft(one, "Ja.", Recommendation.ACCOMMODATED), now=NOW).id
    for number in (1, 5):
        for _ in range(number):
            with settling():
                draft_change(
                    planner, db.session.get_one(Round, 1).project, None, place="§ 7", before="", after="Nyt afsnit.",
                    cause=ChangeCause.CONTRIBUTION, answer_ids=[answer], now=NOW,
                )  # fmt: skip
        client.get(f"{CHANGES}/tabel")
        with counted() as queries:
            table = client.get(f"{CHANGES}/tabel").text
        asked.append(len(queries))
        assert table.count("Nr. 1: Ja.") == table.count("Stod der ikke")
    assert table.count("Nyt afsnit.") == 6
    assert asked[0] == asked[1]
