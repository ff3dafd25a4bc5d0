"""Why some who ask for the same are advised differently, as the planner explained it, told where they stand (RE-30)."""

from participation.reports.paper import Unlike
from participation.reports.reading import Case
from participation.reports.replies import Replies


def explained(case: Case, replies: Replies) -> tuple[Unlike, ...]:
    """The groups that are still advised differently, with the reason; what is advised alike by now needs none."""
    number_of = {one.id: one.number for one in case.written if one.is_owed}
    said = {
        point.id: (point, number_of[of]) for of, points in case.points.items() if of in number_of for point in points
    }
    found = []
    for words, points in case.explained.values():
        here = [said[key] for key in points if key in said]
        given = {reply.recommendation for point, _number in here if (reply := replies.of_point(point)) is not None}
        if len(given - {None}) > 1:
            numbers = tuple(sorted({number for _point, number in here}))
            found.append(Unlike(numbers, words, tuple(point.id for point, _number in here)))
    return tuple(found)
