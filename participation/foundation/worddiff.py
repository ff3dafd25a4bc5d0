"""What was taken out of a text and what was put in, word by word, so that a reader need not compare two wholes."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

#: Words on both sides together beyond which texts are only shown one after the other, and the share of words that must
#: have stayed; what is written anew is read better as a whole.
MOST, KEPT = 4000, 0.3

_WORD = re.compile(r"\s+|[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]|_")


class Piece(NamedTuple):
    """A stretch of the text: it stays, is taken out (``gone``) or is put in (``new``)."""

    kind: str
    words: str


def word_changes(before: str, after: str) -> list[Piece]:
    """The pieces in reading order, what is taken out before what takes its place.

    The pieces that are not new make up ``before``, and those that are not gone ``after``, to the letter. Nothing is
    given back where one side is empty, or where too little stayed to be told word by word.
    """
    old, new = (_WORD.findall(text.replace("\r\n", "\n")) for text in (before, after))
    if not before.strip() or not after.strip() or len(old) + len(new) > MOST:
        return []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = sum(len(word) for block in matcher.get_matching_blocks() for word in old[block.a : block.a + block.size])
    if stayed < KEPT * max(len(before), len(after)):
        return []
    return list(_joined(_pieces(matcher, old, new)))


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Whether it stayed, and what stood and stands there."""
    for tag, a, b, c, d in matcher.get_opcodes():
        yield tag == "equal", "".join(old[a:b]), "".join(new[c:d])


def _joined(pieces: Iterator[tuple[bool, str, str]]) -> Iterator[Piece]:
    """Changes with nothing but a blank between them are told as one, as a person would strike out a phrase."""
    gone = put = blank = ""
    for stays, old, new in pieces:
        if not stays:
            gone, put, blank = gone + blank + old, put + blank + new, ""
        elif old.isspace() and gone and put:
            blank = old
        else:
            yield from _told(gone, put)
            yield Piece("same", old)
            gone = put = ""
    yield from _told(gone, put)
    if blank:
        yield Piece("same", blank)


def _told(gone: str, put: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if put:
        yield Piece("new", put)
