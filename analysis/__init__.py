"""Read what citizens wrote: divide it into points, gather points into themes, find campaigns, quote.

Texts go in, frozen dataclasses come out. Nothing here knows of hearings, databases or requests, nothing is written
that a citizen did not write, and the same texts give the same themes on every day. It suggests; a planner decides.
"""

from .assign import Model, Placement, assign, assign_all
from .choose import ask_first
from .equal import equals, nearest
from .estimator import ThemeFinder
from .group import Grouping, Theme, group
from .link import Link, Passage, as_heads, headings, link, named, passages, read_heads, sections
from .match import Alike, Campaign, alike, campaigns, lift, own_lines
from .prepare import language
from .split import Piece, Span, sentences, split
from .synthesise import Quote, quotes

__all__ = [
    "Alike",
    "Campaign",
    "Grouping",
    "Link",
    "Model",
    "Passage",
    "Piece",
    "Placement",
    "Quote",
    "Span",
    "Theme",
    "ThemeFinder",
    "alike",
    "as_heads",
    "ask_first",
    "assign",
    "assign_all",
    "campaigns",
    "equals",
    "group",
    "headings",
    "language",
    "lift",
    "link",
    "named",
    "nearest",
    "own_lines",
    "passages",
    "quotes",
    "read_heads",
    "sections",
    "sentences",
    "split",
]
