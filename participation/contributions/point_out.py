"""Somebody points at paragraphs of the material: by the key of the piece and the number in it, ``12.3``."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from participation.contributions import queries
from participation.contributions.receive import Paragraph

#: How many paragraphs one contribution can be about, and letters of one that stand beside its number.
MOST, FIRST = 20, 90
_REF = re.compile(r"([1-9]\d{0,8})\.([1-9]\d{0,5})", re.ASCII)
#: A number of the document's own: a section sign with a number, or a number with a dot in it; "1." may be any list.
_OWN = re.compile(r"[#*\s]*(§\s*\d+(?:\.\d+)*|\d+(?:\.\d+)+)(?!\w)")
_UNKNOWN = _l(
    "Et afsnit, du valgte, står ikke i sagens materiale. Vi har taget det væk. Dine ord er her. Se efter, og send igen."
)
_MANY = _l("Du kan højst pege på %(num)s afsnit. Vi har taget de sidste væk. Se efter, og send igen.", num=MOST)


def paragraphs(project_id: int, refs: Sequence[str]) -> tuple[tuple[Paragraph, ...], str]:
    """The paragraphs that are named, `MOST` at most, and what is wrong with the others, if there are others."""
    wanted = dict.fromkeys(refs)
    places = [(int(found[1]), int(found[2])) for one in wanted if (found := _REF.fullmatch(one))][:MOST]
    rows = queries.passages_named(project_id, places) if places else ()
    found_ = tuple(Paragraph(one.material_id, one.number, one.material.title, one.heading, one.words) for one in rows)
    if len(found_) == len(wanted):
        return found_, ""
    return found_, str(_MANY if len(wanted) > MOST else _UNKNOWN)


def ref(one: Paragraph) -> str:
    """How a form names it."""
    return f"{one.material_id}.{one.number}"


def name_of(words: str, number: int) -> str:
    """What a paragraph is called: the document's own number where it begins with one (``§ 5.2``), else its place."""
    own = _OWN.match(words)
    return " ".join(own[1].split()) if own else _("Afsnit %(number)s", number=number)


def place_of(words: str, number: int, title: str) -> str:
    """How a reader finds it: ``§ 5.2 i Forslag til lokalplan``, ``Afsnit 3 i Udkast``."""
    return _("%(paragraph)s i %(title)s", paragraph=name_of(words, number), title=title)


def first_words(words: str) -> str:
    """What a paragraph begins with, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= FIRST else f"{line[:FIRST].rsplit(' ', 1)[0]} …"
