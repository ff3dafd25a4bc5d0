"""Cases for the tests of the white paper: answered, published, hidden and gathered under topics."""

from participation.answers.draft import Draft, draft_answers
from participation.answers.model import Answer
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db, settling
from participation.projects.model import Project
from participation.rules.handling import Handling, HidingReason
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from participation.themes.model import Placement, Theme
from tests.persons import NOW


def answer(
    planner: Actor,
    *about: Theme | Contribution | Point,
    words: str = "Tak. Vi flytter overgangen hen til kirken.",
    recommendation: Recommendation = Recommendation.ACCOMMODATED,
    reason: str = "Der er bedre udsyn.",
    **more: str,
) -> list[Answer]:
    """Draft the same answer about each."""
    with settling():
        drafts = [Draft(one, words, recommendation, reason, **more) for one in about]
        return draft_answers(planner, about[0].project, drafts, now=NOW)


def publish(*contributions: Contribution) -> None:
    """Show contributions on the page, as rows; a person has looked at them."""
    with settling():
        for one in contributions:
            one.handling, one.published_at, one.held_back = Handling.PUBLISHED, NOW, False


def hide(contribution: Contribution, reason: HidingReason) -> None:
    """Hide a contribution, as a row."""
    with settling():
        contribution.handling, contribution.hidden_reason = Handling.HIDDEN, reason


def read(*contributions: Contribution) -> None:
    """Mark contributions as read."""
    with settling():
        for one in contributions:
            one.read_at = NOW


def theme(project: Project, title: str | Theme, *members: Contribution, parent: Theme | None = None) -> Theme:
    """A topic with all points of some contributions; inside a ``settling`` of the caller's."""
    if isinstance(title, Theme):
        found = title
    else:
        found = Theme(project_id=project.id, title=title, parent_id=parent.id if parent else None, made_at=NOW)
        db.session.add(found)
        db.session.flush()
    for member in members:
        for point in member.points:
            db.session.add(Placement(point_id=point.id, theme_id=found.id, placed_at=NOW))
            found.point_count += 1
    db.session.flush()
    return found
