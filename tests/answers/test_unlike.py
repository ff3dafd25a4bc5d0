"""Letters with the same words are treated alike, point by point (RE-30)."""

from participation.answers.gates import gates
from participation.contributions.model import Point, Span
from participation.foundation.db import db, settling
from participation.rules.outcomes import Recommendation
from participation.themes.model import Placement
from tests.contributed import receive
from tests.reports.cases import answer, theme

NO = {"recommendation": Recommendation.NOT_ACCOMMODATED, "reason": "Der er ikke plads."}


def unlike(hearing, now) -> tuple[int, ...]:
    return next((missing.numbers for missing in gates(hearing.project, now.date()) if missing.key == "unlike"), ())


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


def place(point, home, now) -> None:
    db.session.add(Placement(point_id=point.id, theme_id=home.id, placed_at=now))
