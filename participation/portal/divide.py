"""A text of the material is laid out by its paragraphs, so that each has its place, its number and its link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from participation.projects.model import Passage


@dataclass(frozen=True)
class Part:
    """A stretch of a text: a paragraph with its number, or what stands between two of them."""

    words: str
    passage: Passage | None = None


def divide(words: str, passages: Sequence[Passage]) -> list[Part]:
    """The text as it stands, stretch by stretch; all in one where the paragraphs are not those of this text.

    Args:
        passages: of the text, in order; the worker has read them, so there are none in the first minute.
    """
    try:
        return list(_parts(words, passages))
    except ValueError:
        return [Part(words)]


def _parts(words: str, passages: Sequence[Passage]) -> Iterator[Part]:
    at = 0
    for one in passages:
        start = words.index(one.words, at)
        if words[at:start].strip():
            yield Part(words[at:start])
        at = start + len(one.words)
        yield Part(one.words, one)
    if words[at:].strip():
        yield Part(words[at:])
