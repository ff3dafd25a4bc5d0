"""Which answer stands for a point, asked of the database: for pages that may not read a whole case."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from participation.answers.model import Answer, stands
from participation.contributions.model import Contribution, Point
from participation.themes.model import Placement, Theme

_own, _whole, _topic, _above = (aliased(Answer, name=name) for name in ("own", "whole", "topic", "above"))

#: What is recommended for a point: its own answer wins over its contribution's, that over its topic's, and that over
#: the one of the theme above.
ADVICE = sa.case(
    (_own.id.is_not(None), _own.recommendation),
    (_whole.id.is_not(None), _whole.recommendation),
    (_topic.id.is_not(None), _topic.recommendation),
    else_=_above.recommendation,
)
#: The answer itself, by id.
ANSWER_ID = sa.func.coalesce(_own.id, _whole.id, _topic.id, _above.id)


def with_answers(query: sa.Select[Any]) -> sa.Select[Any]:
    """A query over points joined with their contributions, from which ``ADVICE`` and ``ANSWER_ID`` can be read."""
    return (
        query.outerjoin(_own, sa.and_(_own.point_id == Point.id, stands(_own)))
        .outerjoin(_whole, sa.and_(_whole.contribution_id == Contribution.id, stands(_whole)))
        .outerjoin(Placement, Placement.point_id == Point.id)
        .outerjoin(Theme, Theme.id == Placement.theme_id)
        .outerjoin(_topic, sa.and_(_topic.theme_id == Theme.id, stands(_topic)))
        .outerjoin(_above, sa.and_(_above.theme_id == Theme.parent_id, stands(_above)))
    )
