"""The reading room: a point in its letter, moved, held, joined and noted; who else reads; and notes on any case."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.presence import GONE_AFTER, be_present
from participation.contributions.model import Contribution, Note, Point
from participation.contributions.split import split_contribution
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.actor import actor_of
from participation.people.model import Department, Person
from participation.people.recuse import recuse
from participation.projects.model import Project, Round
from participation.rules.kinds import NoteKind, Role
from participation.rules.policy import Actor, NotAllowed
from participation.themes.model import Placement
from tests.contributed import receive
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted
from tests.themes.gathering import answered, gathered, homes, standing

WORDS = "Mere lys på stien. Flyt skolen."


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def letter(planner: Actor, hearing: Round) -> Contribution:
    """A letter of two points, between two others."""
    _first, one, _last = receive(hearing, "Hej.", WORDS, "Farvel.")
    text = one.texts[0].id
    with settling():
        split_contribution(planner, one, [[(text, 0, 18)], [(text, 19, 31)]], now=NOW)
    db.session.rollback()
    return db.session.get_one(Contribution, one.id)


def door(point: Point, act: str = "svar") -> str:
    return f"/arbejde/projekter/{point.contribution.project.slug}/punkter/{point.id}/{act}"


def test_the_whole_letter_is_read_with_its_points_marked(desk: FlaskClient, letter: Contribution) -> None:
    first, second = letter.points
    page = desk.get(door(first)).text
    assert page.count("<mark") == 2
    assert "Punkt 1 af 2" in page
    assert f'href="{door(second)}" data-key="j"' in page


def test_one_goes_on_from_point_to_point_and_from_letter_to_letter(desk: FlaskClient, letter: Contribution) -> None:
    _first, second = letter.points
    page = desk.get(door(second)).text
    before, after = letter.id - 1, letter.id + 1
    near = {one.contribution_id: one for one in db.session.scalars(sa.select(Point).where(Point.retired_at.is_(None)))}
    assert f'href="{door(near[after])}" data-key="j"' in page
    assert f'href="{door(near[before])}" data-key="K"' in page
    assert 'data-key="j"' not in desk.get(door(near[after])).text


def test_what_is_saved_with_the_next_button_leads_to_the_next_point(desk: FlaskClient, letter: Contribution) -> None:
    first, second = letter.points
    data = {"words": "Ja.", "recommendation": "accommodated", "version": 0, "next": second.id}
    assert desk.post(door(first), data=data).headers["Location"].endswith(door(second))


def test_points_are_joined_and_the_words_stay(desk: FlaskClient, letter: Contribution) -> None:
    first, second = letter.points
    sent = desk.post(door(first, "saml"), data={"points": second.id})
    joined = db.session.scalars(
        sa.select(Point).where(Point.contribution_id == letter.id, Point.retired_at.is_(None))
    ).one()
    assert sent.headers["Location"].endswith(door(joined))
    assert [span.words for span in joined.spans] == ["Mere lys på stien.", "Flyt skolen."]
    assert desk.post(door(joined, "saml")).status_code == 303


def test_a_point_is_moved_and_held_where_it_is(desk: FlaskClient, planner: Actor, hearing: Round) -> None:
    answered(hearing, 40)
    project = hearing.project
    gathered(planner, project)
    key, home = next(iter(homes(project.id).items()))
    other = next(theme for theme in standing(project.id) if theme.id != home)
    point = db.session.get_one(Point, key)
    path = door(point, "flyt")
    assert desk.post(path, data={"to": other.id}).headers["Location"].endswith(f"/punkter/{key}/svar")
    assert homes(project.id)[key] == other.id
    assert desk.post(path, data={"to": 99999}).status_code == 404
    for wanted in (False, True):
        desk.post(path.replace("/flyt", "/fasthold"), data={"til": "1" if wanted else "0"})
        db.session.expire_all()
        assert db.session.get_one(Placement, key).by_person is wanted


def test_a_note_on_a_letter_is_told_to_colleagues_and_cannot_be_seen_outside(
    desk: FlaskClient, client: FlaskClient, letter: Contribution
) -> None:
    """RE-36: the note stands on the letter, and in the log."""
    point = letter.points[0]
    path = f"/arbejde/projekter/{letter.project.slug}/notater"
    data = {"note-kind": "call", "note-words": "Ringede. Hun vil have lys.", "nr": letter.number, "punkt": point.id}
    assert desk.post(path, data=data).headers["Location"].endswith(door(point))
    assert "Ringede. Hun vil have lys." in desk.get(door(point)).text
    assert f"/indbakke/{letter.number}" in desk.get(path).text
    assert db.session.scalars(sa.select(Note.contribution_id)).all() == [letter.id]
    assert "note:write" in db.session.scalars(sa.select(LogEntry.act)).all()
    assert "Ringede" not in client.application.test_client().get(f"/projekter/{letter.project.slug}").text


def test_a_case_without_a_letter_has_its_notes_too(desk: FlaskClient, hearing: Round) -> None:
    path = f"/arbejde/projekter/{hearing.project.slug}/notater"
    assert 'data-key="t"' in desk.get(f"/arbejde/projekter/{hearing.project.slug}/svar").text
    assert desk.post(path, data={"note-kind": "meeting", "note-words": ""}).status_code == 422
    assert desk.post(path, data={"note-kind": "meeting", "note-words": "Mødtes med skolen."}).status_code == 303
    assert "Mødtes med skolen." in desk.get(path).text
    assert desk.post(path, data={"note-kind": "meeting", "note-words": "x", "nr": 999}).status_code == 404


def test_the_prompt_to_call_goes_when_somebody_has_called(desk: FlaskClient, planner: Actor, hearing: Round) -> None:
    """FU-07: call or write before you say no."""
    from participation.contributions.note import write_note
    from participation.contributions.receive import Sender

    (one,) = receive(hearing, WORDS, sender=Sender(name="Ida Holm", phone="70 00 00 09"))
    assert "Ring eller skriv, før du siger nej" in desk.get(door(one.points[0])).text
    with settling():
        write_note(planner, hearing.project, NoteKind.CALL, "Ringede.", one, now=NOW)
    assert "Ring eller skriv, før du siger nej" not in desk.get(door(one.points[0])).text


def test_a_colleague_who_reads_the_same_is_named_until_they_leave(
    planner: Actor, roads: Department, letter: Contribution
) -> None:
    other = actor_of(make_person("Maja Lind", (Role.PLANNER, roads)))
    with settling():
        assert be_present(other, letter, now=NOW) == []
    with settling():
        assert be_present(planner, letter, now=NOW) == ["Maja Lind"]
    with settling():
        assert be_present(planner, letter, now=NOW + GONE_AFTER + timedelta(seconds=1)) == []


def test_only_who_works_on_the_case_is_seen_there(planner: Actor, other_planner: Actor, letter: Contribution) -> None:
    with pytest.raises(NotAllowed), settling():
        be_present(other_planner, letter, now=NOW)
    with settling():
        recuse(planner, letter.project, now=NOW)
    aside = actor_of(db.session.get_one(Person, planner.person_id))
    with pytest.raises(NotAllowed), settling():
        be_present(aside, db.session.get_one(Contribution, letter.id), now=NOW)


def test_the_page_says_that_it_is_open(desk: FlaskClient, letter: Contribution) -> None:
    path = f"/arbejde/projekter/{letter.project.slug}/svar/{letter.number}/her"
    assert f'data-here="{path}"' in desk.get(door(letter.points[0])).text
    assert desk.post(path).get_json() == {"names": []}
    assert desk.post(path.replace(f"/{letter.number}/", "/999/")).status_code == 404


def test_the_room_asks_as_much_among_many_as_among_few(desk: FlaskClient, project_of_many: Project) -> None:
    one = db.session.scalars(sa.select(Point).order_by(Point.id)).first()
    path, slug = door(one), project_of_many.id
    desk.get(path)
    with counted() as few:
        desk.get(path)
    answered(db.session.get_one(Project, slug).rounds[0], 60)
    with counted() as many:
        assert desk.get(path).status_code == 200
    assert len(many) == len(few)


@pytest.fixture
def project_of_many(planner: Actor, hearing: Round) -> Project:
    """A hearing whose points have been gathered."""
    answered(hearing, 30)
    gathered(planner, hearing.project)
    return hearing.project
