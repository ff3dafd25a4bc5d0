"""The themes of a project as a tree, with counts and quotes, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from participation.contributions.model import Contribution, Point, Span, Text
from participation.contributions.shown import masks_of
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.kinds import Capacity
from participation.themes.counts import SAID, sums
from participation.themes.model import Placement, Theme

#: Quotes on a card, and how long one may be there, in characters.
QUOTES, LONGEST_QUOTE = 2, 220


@dataclass(frozen=True)
class Quoted:
    """A sentence of a citizen, word for word, and the number it came with."""

    number: int
    words: str


@dataclass
class Node:
    """A theme with its topics.

    Attributes:
        own: points that are at home in it, its topics' left out.
        senders: contributions of each kind, each counted once, those of its topics included.
    """

    theme: Theme
    own: int = 0
    senders: Mapping[Capacity, int] = field(default_factory=dict)
    quotes: Sequence[Quoted] = ()
    topics: list["Node"] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Points in it and in its topics."""
        return self.own + sum(topic.own for topic in self.topics)


@dataclass(frozen=True)
class Tree:
    """All themes of a project; `nowhere` is how many points are in none of them."""

    nodes: Sequence[Node]
    placed: int
    nowhere: int

    @property
    def by_size(self) -> list[Node]:
        """The themes, the largest first."""
        return sorted(self.nodes, key=lambda node: -node.total)


def tree(project: Project) -> Tree:
    """The themes of a project with counts by capacity and two quotes each, in seven queries."""
    themes = standing(project.id)
    counted = sums(project)
    quotes = _quotes(themes)
    nodes = {
        theme.id: Node(theme, counted.own.get(theme.id, 0), counted.senders.get(theme.id, {}), quotes.get(theme.id, ()))
        for theme in themes
    }
    for theme in themes:
        if theme.parent_id in nodes:
            nodes[theme.parent_id].topics.append(nodes[theme.id])
    placed = sum(counted.own.values())
    tops = [nodes[theme.id] for theme in themes if theme.parent_id not in nodes]
    return Tree(tops, placed, max(0, counted.said - placed))


def standing(project_id: int) -> list[Theme]:
    """The themes that stand, in the order they are shown."""
    return list(
        db.session.scalars(
            sa.select(Theme)
            .where(Theme.project_id == project_id, Theme.retired_at.is_(None))
            .options(lazyload(Theme.project))
            .order_by(Theme.position, Theme.id)
        )
    )


def topics_of(theme: Theme) -> list[Theme]:
    """The topics of a theme, in the order they are shown; none when it is a topic itself."""
    if theme.parent_id is not None:
        return []
    return [one for one in standing(theme.project_id) if one.parent_id == theme.id]


def _quotes(themes: Sequence[Theme]) -> dict[int, list[Quoted]]:
    """The quotes that the machine chose, as far as their points are still there; else the first points' own words."""
    places = {theme.id: theme.quotes for theme in themes}
    wanted = {point for quotes in places.values() for point, _, _ in quotes}
    rows = _said(Placement.point_id.in_(wanted)) if wanted else []
    said = {point: (number, home, words) for home, point, number, words in rows}
    upper = {theme.id: theme.parent_id or theme.id for theme in themes}
    found: dict[int, list[Quoted]] = defaultdict(list)
    for theme, quotes in places.items():
        for point, start, end in quotes:
            if len(found[theme]) < QUOTES and point in said:
                number, home, words = said[point]
                if theme in (home, upper.get(home)):
                    found[theme].append(Quoted(number, words[start:end]))
    bare = [theme.id for theme in themes if not found[theme.id]]
    for theme, _, number, words in _first(bare):
        found[theme].append(Quoted(number, _short(words)))
    return found


def _first(themes: Sequence[int]) -> list[tuple[int, int, int, str]]:
    """The first points of themes without a quote."""
    if not themes:
        return []
    first = [
        sa.select(Placement.point_id)
        .join(Point, Point.id == Placement.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(Placement.theme_id == theme, SAID)
        .order_by(Placement.point_id)
        .limit(QUOTES)
        .subquery()
        for theme in themes
    ]  # one by one, so that each stops after its first points
    return _said(Placement.point_id.in_(sa.union_all(*(sa.select(one.c.point_id) for one in first))))


def _said(condition: sa.ColumnElement[bool]) -> list[tuple[int, int, int, str]]:
    """Theme, point, number and words of placed points that count."""
    stretch = sa.func.substr(Text.words, Span.start + 1, Span.end - Span.start)
    rows = db.session.execute(
        sa.select(
            Placement.theme_id,
            Point.id,
            Contribution.number,
            stretch,
            Text.id,
            Span.start,
            Contribution.is_masked,
            Contribution.id,
        )
        .join(Point, Point.id == Placement.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .join(Span, Span.point_id == Point.id)
        .join(Text, Text.id == Span.text_id)
        .where(condition, SAID)
        .order_by(Point.id, Span.id)
    ).all()
    masks = masks_of({row[7] for row in rows if row[6]})
    parts: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for theme, point, number, words, text, start, *_mask in rows:
        parts[theme, point, number].append(masks.blanked(text, start, words, COVERED))
    return [(theme, point, number, "\n".join(words)) for (theme, point, number), words in parts.items()]


#: What stands for each covered letter where a quote keeps its places.
COVERED = "█"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1].rstrip() + "…"
