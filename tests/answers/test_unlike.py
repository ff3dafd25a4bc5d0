"""Who asks for the same gets the same recommendation, or the difference is explained once for all of them (RE-30)."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.compare import compare_points
from participation.answers.explain import differences, explain_difference
from participation.answers.gates import gates
from participation.answers.model import Alike
from participation.contributions.model import Note, Point, Span
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.jobs.owing import owe_periodic
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor, NotAllowed
from participation.themes.model import Placement
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.reports.cases import answer, theme
from tests.themes.gathering import HOUR, answered

NO = {"recommendation": Recommendation.NOT_ACCOMMODATED, "reason": "Der er ikke plads."}
LIGHT = "Der skal mere lys på stien ved åen, for børnene cykler der hver morgen."


def unlike(hearing, now) -> tuple[int, ...]:
    compare()
    return next((missing.numbers for missing in gates(hearing.project, now.date()) if missing.key == "unlike"), ())


def compare() -> None:
    jobs.run_all(None, NOW + HOUR)
    db.session.rollback()


def split(letter, at: int, now) -> None:
    """Two points: the words before and after a place."""
    with settling():
        end, text = letter.points[0].spans[0].end, letter.texts[0].id
        letter.points[0].spans[0].end = at
        second = Point(project_id=letter.project_id, contribution_id=letter.id, position=2, made_at=now)
        second.spans = [Span(text_id=text, start=at, end=end)]
        db.session.add(second)
    db.session.expire(letter)


def test_the_same_words_with_a_yes_and_a_no_are_named(planner, hearing, now) -> None:
    first, second, third = receive(hearing, "Mere lys.", "Mere lys.", "Mindre støj.")
    answer(planner, first, third)
    answer(planner, second, **NO)
    assert unlike(hearing, now) == (1, 2)


def test_a_yes_and_a_no_to_two_points_of_one_letter_are_not_unlike(planner, hearing, now) -> None:
    (letter,) = receive(hearing, "Mere lys. Flyt skolen.")
    split(letter, 9, now)
    answer(planner, letter.points[0])
    answer(planner, letter.points[1], **NO)
    assert unlike(hearing, now) == ()


def test_letters_that_are_split_and_answered_alike_are_alike(planner, hearing, now) -> None:
    letters = receive(hearing, "Mere lys. Flyt skolen.", "Mere lys. Flyt skolen.")
    for letter in letters:
        split(letter, 9, now)
    with settling():
        light, school = theme(hearing.project, "Lys"), theme(hearing.project, "Skole")
        for letter in letters:
            for point, home in zip(letter.points, (light, school), strict=True):
                place(point, home, now)
    answer(planner, light)
    answer(planner, school, **NO)
    assert unlike(hearing, now) == ()


def test_a_points_own_answer_against_its_topics_is_named(planner, hearing, now) -> None:
    """One that was answered by itself is no exception: somebody has to say why."""
    letters = receive(hearing, LIGHT, LIGHT)
    with settling():
        light = theme(hearing.project, "Lys", *letters)
    answer(planner, light)
    answer(planner, letters[1].points[0], **NO)
    assert unlike(hearing, now) == (1, 2)


PLANTED = (
    ("som de står", LIGHT),
    ("med store bogstaver", LIGHT.upper()),
    ("med en hilsen", f"{LIGHT} Venlig hilsen en nabo."),
    ("med et andet ord", LIGHT.replace("hver morgen", "hver eneste dag")),
    ("i anden orden", "Børnene cykler på stien ved åen hver morgen, så der skal mere lys på stien."),
)


@pytest.mark.parametrize("words", [words for _, words in PLANTED], ids=[name for name, _ in PLANTED])
def test_every_planted_difference_is_found_among_many(planner, hearing, now, words) -> None:
    """Forty others on the same matters stand beside the two, and none of them is named."""
    answered(hearing, 40)
    first, second = receive(hearing, LIGHT, words)
    answer(planner, first)
    answer(planner, second, **NO)
    assert unlike(hearing, now) == (first.number, second.number)


def test_nothing_is_published_before_many_points_are_compared(planner, hearing, now) -> None:
    letters = answered(hearing, 26)
    answer(planner, letters[0])
    assert "comparing" in {missing.key for missing in gates(hearing.project, now.date())}
    compare()
    assert "comparing" not in {missing.key for missing in gates(hearing.project, now.date())}
    receive(hearing, "Et til.")
    assert "comparing" in {missing.key for missing in gates(hearing.project, now.date())}
    owe_periodic(NOW + HOUR)
    compare()
    assert "comparing" not in {missing.key for missing in gates(hearing.project, now.date())}


def place(point, home, now) -> None:
    db.session.add(Placement(point_id=point.id, theme_id=home.id, placed_at=now))


@pytest.fixture
def group(planner: Actor, hearing: Round) -> Alike:
    """Three that ask for the same; the last got a no."""
    letters = receive(hearing, LIGHT, LIGHT, f"Hej. {LIGHT}")
    answer(planner, *letters[:2])
    answer(planner, letters[2], **NO)
    compare()
    return db.session.scalars(sa.select(Alike)).one()


def test_one_act_explains_the_whole_group_and_is_kept_as_a_note(planner, hearing, now, group) -> None:
    with settling():
        explain_difference(planner, group, "Den tredje bor ved en anden sti.", now=NOW)
    assert unlike(hearing, now) == ()
    assert db.session.scalars(sa.select(Note.words)).all() == ["Den tredje bor ved en anden sti."]


def test_an_explanation_holds_for_what_was_explained_and_no_more(planner, hearing, now, group) -> None:
    with settling():
        explain_difference(planner, group, "Den tredje bor ved en anden sti.", now=NOW)
    receive(hearing, LIGHT.upper())
    compare_points(hearing.project_id, now=NOW)
    assert unlike(hearing, now) == ()
    (late,) = receive(hearing, LIGHT)
    answer(planner, late, recommendation=Recommendation.PARTLY, reason="Kun halvdelen.")
    assert late.number in unlike(hearing, now)


def test_nothing_is_explained_without_words_or_where_nothing_differs(planner, hearing, group) -> None:
    with pytest.raises(Wrong), settling():
        explain_difference(planner, group, "  ", now=NOW)
    (last,) = [side.points[0] for side in differences(hearing.project)[0][0].sides if side.count == 1]
    with settling():
        last.contribution.withdrawn_at, last.contribution.handling = NOW, "withdrawn"
    with pytest.raises(Wrong), settling():
        explain_difference(planner, db.session.get_one(Alike, group.id), "Den er anderledes.", now=NOW)


def test_only_those_who_work_on_the_case_may_explain(other_planner, group) -> None:
    with pytest.raises(NotAllowed), settling():
        explain_difference(other_planner, group, "Fordi.", now=NOW)


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def test_the_page_shows_both_sides_and_takes_the_reason(desk, hearing, now, group) -> None:
    path = f"/arbejde/projekter/{hearing.project.slug}/lige"
    assert path in desk.get(f"/arbejde/projekter/{hearing.project.slug}/klar").text
    page = desk.get(path).text
    assert "imødekommes ikke" in page.lower()
    assert "2 punkter" in page
    key = group.id
    assert desk.post(f"{path}/{key}", data={f"g{key}-words": ""}).status_code == 422
    assert desk.post(f"{path}/999", data={"g999-words": "x"}).status_code == 404
    assert desk.post(f"{path}/{key}", data={f"g{key}-words": "En anden sti."}).status_code == 303
    assert "2 punkter" not in desk.get(path).text


def test_the_page_asks_as_much_for_many_groups_as_for_one(desk, planner, hearing, group) -> None:
    path = f"/arbejde/projekter/{hearing.project.slug}/lige"
    desk.get(path)
    with counted() as few:
        desk.get(path)
    for one in answered(hearing, 10):
        (twin,) = receive(hearing, one.words)
        answer(planner, one)
        answer(planner, twin, **NO)
    compare()
    with counted() as many:
        page = desk.get(path).text
    assert "11 grupper" in page
    assert len(many) == len(few)
