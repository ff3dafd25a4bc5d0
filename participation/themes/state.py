"""How themes and points stand, as plain facts: what an edit keeps of before and after, and what undo brings back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.foundation.db import db
from participation.themes.model import Placement, SeeAlso, Theme

State = dict[str, Any]
_FIELDS = ("title", "parent_id", "locked", "by_person", "merged_into_id")


def state_of(themes: Iterable[Theme], points: Collection[int]) -> State:
    """Title, place and lock of themes, and the home of points with what the machine said of it."""
    placements = db.session.scalars(sa.select(Placement).where(Placement.point_id.in_(points))).all()
    homes: dict[str, Any] = {str(point): None for point in points}
    for one in placements:
        homes[str(one.point_id)] = {
            "theme_id": one.theme_id,
            "by_person": one.by_person,
            "sureness": one.sureness,
            "why": one.why,
            "next_best_id": one.next_best_id,
            "placed_at": one.placed_at.isoformat(),
        }
    beside: dict[str, list[int]] = {}
    for see in db.session.scalars(sa.select(SeeAlso).where(SeeAlso.point_id.in_(points)).order_by(SeeAlso.theme_id)):
        beside.setdefault(str(see.point_id), []).append(see.theme_id)
    return {
        "themes": {
            str(theme.id): {name: getattr(theme, name) for name in _FIELDS} | {"retired": theme.retired_at is not None}
            for theme in themes
        },
        "points": homes,
        "see": beside,
    }


def restore(state: State, now: datetime) -> None:
    """Bring themes and points back to how they stood; a theme that a point goes back to stands again."""
    for key, facts in state["themes"].items():
        theme = db.session.get_one(Theme, int(key))
        for name in _FIELDS:
            setattr(theme, name, facts[name])
        theme.retired_at = (theme.retired_at or now) if facts["retired"] else None
    points = [int(point) for point in state["points"]]
    homes = {int(point): home for point, home in state["points"].items() if home is not None}
    db.session.execute(sa.delete(Placement).where(Placement.point_id.in_(points)))
    db.session.execute(sa.delete(SeeAlso).where(SeeAlso.point_id.in_(points)))
    db.session.add_all(
        Placement(point_id=point, **home | {"placed_at": datetime.fromisoformat(home["placed_at"])})
        for point, home in homes.items()
    )
    db.session.add_all(
        SeeAlso(point_id=int(point), theme_id=theme) for point, themes in state["see"].items() for theme in themes
    )
    db.session.flush()
    for theme in db.session.scalars(
        sa.select(Theme).where(Theme.id.in_({home["theme_id"] for home in homes.values()}))
    ).all():
        _stand(theme)
    db.session.flush()


def _stand(theme: Theme) -> None:
    theme.retired_at = None
    if theme.parent is not None:
        theme.parent.retired_at = None
