"""Link points to the paragraphs of the material that they speak of, by the weights that group them, and say why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from scipy import sparse

from .prepare import WORD, Counts, Features, count, features, is_stop, languages, normal, stems, weigh, words
from .threads import one_thread

LEAST = 0.12
"""Nearness (cosine of the weighed words, 0 to 1) under which a paragraph is no answer to where a point belongs."""
TELLING = 0.05
"""Share of the evidence under which a word is no reason."""
MOST_SHARED = 4
"""Shared words that are told as the reason."""
BLOCK = 512
"""Points that are compared with all paragraphs at a time."""
LONG, SHORT = 120, 40
"""Words above which a paragraph without blank lines is divided at its line ends, and the fewest in each part."""
FEW = 3
"""Words under which a paragraph says nothing by itself."""


@dataclass(frozen=True)
class Passage:
    """A paragraph of a document: `text[start:end]` in code points, and the heading that it stands under."""

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True)
class Link:
    """A paragraph that a point is near to.

    place: of the paragraph, in the order given. score: nearness, 0 to 1.
    shared: words of the paragraph that the point has too, or has a part of, as they are written there, weightiest
    first, each with its share of the evidence; or the number by which the point names it.
    """

    place: int
    score: float
    shared: tuple[tuple[str, float], ...]


def passages(text: str) -> tuple[Passage, ...]:
    """Divide a document into paragraphs, each with the heading above it.

    Plain text or Markdown: blank lines part paragraphs. A heading is a line with `#`, or a short one by itself that is
    no sentence. Where a converted file has no blank lines, long stretches are divided at the ends of sentences.
    """
    found, heading = [], ""
    for start, end in _blocks(text):
        block = text[start:end]
        first, _, rest = block.partition("\n")
        if (title := _HEADING.fullmatch(first.strip())) is not None:
            heading, start = title[1].strip(" #*"), start + len(first) + 1
            if not rest.strip():
                continue
        elif not rest and _is_title(first):
            heading = first.strip(" *:")
            continue
        found += [Passage(*part, heading) for part in _parts(text, start, end) if len(words(text[slice(*part)])) >= FEW]
    return tuple(found)


def headings(text: str) -> tuple[str, ...]:
    """The headings of a document that have a paragraph under them, in order, each once, without their numbers."""
    named = (_NUMBERED.sub("", passage.heading).strip() for passage in passages(text))
    return tuple(dict.fromkeys(name for name in named if words(name)))


def named(text: str, paragraphs: Sequence[str]) -> dict[int, str]:
    """Paragraphs that a text names by their number (*§ 4.2*, *afsnit 3*), in order, each with what names it.

    A section of a law (*planlovens § 19*) is none of the material's.
    """
    asked = {
        found[1]: found[0]
        for found in _NAMED.finditer(text)
        if not _LAW_BEFORE.search(text[: found.start()]) and not _LAW_AFTER.match(text[found.end() :])
    }
    if not asked:
        return {}
    return {
        place: asked[number]
        for place, paragraph in enumerate(paragraphs)
        if (number := next((n for n in _numbers(paragraph) if n in asked), None)) is not None
    }


def _numbers(paragraph: str) -> list[str]:
    """The numbers that the heading of a paragraph and the paragraph itself begin with, its own first."""
    return [found[1] for line in reversed(paragraph.split("\n")[:2]) if (found := _NUMBER.match(line.strip(" #*")))]


def sections(text: str) -> dict[str, str]:
    """The headings of a document (`headings`), each with the words of the paragraphs under it."""
    found: dict[str, list[str]] = {name: [] for name in headings(text)}
    for passage in passages(text):
        if (name := _NUMBERED.sub("", passage.heading).strip()) in found:
            found[name].append(text[passage.start : passage.end])
    return {name: "\n".join(said) for name, said in found.items()}


def read_heads(text: str) -> dict[str, str]:
    """What `group` takes as `heads`: the sections of a document with Markdown headings, else each line as a name."""
    if any(_HEADING.fullmatch(line.strip()) for line in text.splitlines()):
        return as_heads(sections(text))
    return as_heads(dict.fromkeys((line.strip() for line in text.splitlines()), ""))


def as_heads(named: Mapping[str, str]) -> dict[str, str]:
    """Names of wanted themes, each with the words of its section or none, by keys that the names alone decide."""
    return {
        f"head-{blake2b(normal(name).encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}": f"{name}\n{said}"
        for name, said in named.items()
        if words(name)
    }


_NAMED = re.compile(
    r"(?:§{1,2}|\b(?:afsnit|kapitel|kap\.|punkt|paragraf|section|chapter))\s*(\d+(?:\.\d+)*)", re.IGNORECASE
)
_LAW_BEFORE = re.compile(r"(?:lov\w*|bekendtgørelse\w*|direktiv\w*|act|gesetz\w*)[\s,]+$", re.IGNORECASE)
_LAW_AFTER = re.compile(
    r"(?:,?\s*stk\.\s*\d+)?,?\s+(?:i|in|af)\s+(?:\w+\s+)?\w*(?:lov(?:en)?|bekendtgørelsen?)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:§|kapitel|kap\.|afsnit|punkt|section|chapter)?\s*(\d+(?:\.\d+)*)[.):]?\s", re.IGNORECASE)
_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_HEADING = re.compile(r"#{1,6}\s+(.*\S.*)")
_NUMBERED = re.compile(r"^(?:§|kapitel|kap\.|afsnit|chapter|section)?\s*\d+(?:\.\d+)*[.):]?\s+", re.IGNORECASE)
_MOST_TITLE = 80


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for gap in _BLANK.finditer(text):
        if text[at : gap.start()].strip():
            yield _bare(text, at, gap.start())
        at = gap.end()
    if text[at:].strip():
        yield _bare(text, at, len(text))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the blanks at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _is_title(line: str) -> bool:
    bare = line.strip(" *")
    return bool(
        len(bare) <= _MOST_TITLE
        and words(bare)
        and not bare.endswith((".", "!", "?", ",", ";"))
        and bare[0] not in "-•–"
    ) and (bare[0].isupper() or bare[0].isdigit() or bare[0] == "§")


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraph, or parts of it that end with a sentence at the end of a line."""
    if len(words(text[start:end])) <= LONG:
        yield _bare(text, start, end)
        return
    at = begun = start
    for line in text[start:end].splitlines(keepends=True):
        at += len(line)
        if line.rstrip().endswith((".", "!", "?", ":")) and len(words(text[begun:at])) >= SHORT:
            yield _bare(text, begun, at)
            begun = at
    if text[begun:end].strip():
        yield _bare(text, begun, end)


def link(
    texts: Sequence[str], paragraphs: Sequence[str], *, n: int = 3, least: float = LEAST
) -> list[tuple[Link, ...]]:
    """Find the paragraphs that each point is nearest to.

    The weights are learned from the paragraphs alone, so that a point that comes later is linked as it would have been
    with the others. Words that the material does not hold count as words that the point does not share.

    Args:
        texts: points. paragraphs: each with its heading, if it has one, as its first line.
        n: how many at most. least: nearness below which a paragraph is left out.

    Returns:
        One tuple per point: paragraphs that it names by their number, with a score of one, then the nearest first, ties
        by place; empty where it names none and no paragraph shares a word that says anything.
    """
    if not texts or not paragraphs:
        return [() for _ in texts]
    codes = languages(paragraphs)
    code = max(sorted(set(codes)), key=codes.count)
    found: list[tuple[Link, ...]] = []
    with one_thread():
        counts = count(paragraphs, code)
        known = features(counts)
        per_type = known.types(counts)
        told = _Told(paragraphs, counts, per_type, known.weigh((counts.matrix @ per_type).tocsr()))
        turned = told.rows.T.tocsr()
        for at in range(0, len(texts), BLOCK):
            asked = texts[at : at + BLOCK]
            own = count(asked, code)
            rows = weigh(own, known).tocsr()
            near = (sparse.diags(_known_share(own, known)) @ rows @ turned).tocsr()
            for i, text in enumerate(asked):
                called = named(text, paragraphs)
                first = [Link(place, 1.0, ((term, 1.0),)) for place, term in called.items()]
                rest = [one for one in _best(rows[i], near[i], told, n + len(called), least) if one.place not in called]
                found.append((*first, *rest)[:n])
    return found


def _known_share(own: Counts, known: Features) -> np.ndarray:
    """How much of each text's length (as a vector) lies in words that the material holds, 0 to 1: (n,)."""
    stem_block = known.blocks[0]
    rarest = float(stem_block.idf.max(initial=1.0))
    held, missing = np.zeros(len(own.types)), np.zeros(len(own.types))
    for row, word in enumerate(own.types):
        for term in stems(word, own.code):
            place = stem_block.place.get(term)
            if place is None:
                missing[row] += rarest**2
            else:
                held[row] += stem_block.idf[place] ** 2
    there = own.matrix.sign()
    ours, theirs = there @ held, there @ missing
    return np.sqrt(ours / np.maximum(ours + theirs, 1e-9))


@dataclass(frozen=True)
class _Told:
    """The paragraphs, weighed: what each word of theirs lends to each feature."""

    paragraphs: Sequence[str]
    counts: Counts
    per_type: sparse.csr_matrix
    rows: sparse.csr_matrix


def _best(point: sparse.csr_matrix, near: sparse.csr_matrix, told: _Told, n: int, least: float) -> Iterator[Link]:
    """The best paragraphs of one point that share a word with it."""
    ranked = sorted(zip(-np.round(near.data, 6), near.indices.tolist(), strict=True))
    found = 0
    for score, place in ranked:
        if found == n or -score < least:
            return
        if shared := _shared(point, told, place):
            found += 1
            yield Link(place, min(1.0, -float(score)), shared)


def _shared(point: sparse.csr_matrix, told: _Told, place: int) -> tuple[tuple[str, float], ...]:
    """The paragraph's words that drew the point: each feature's part of the product, shared by its words."""
    product = told.rows[place].multiply(point).tocsr()
    bag = told.counts.matrix[place]
    held = told.per_type[bag.indices]
    total = held.T @ bag.data
    evidence = np.zeros(told.rows.shape[1])
    evidence[product.indices] = product.data / np.maximum(total[product.indices], 1e-9)
    parts = (held @ evidence) * bag.data
    whole = float(parts.sum())
    if whole <= 0:
        return ()
    code, types = told.counts.code, told.counts.types
    written: dict[str, str] = {}
    for word in WORD.findall(unicodedata.normalize("NFC", told.paragraphs[place])):
        written.setdefault(word.lower(), word)
    ranked = sorted(
        (-round(float(part) / whole, 4), types[t])
        for part, t in zip(parts, bag.indices, strict=True)
        if part >= TELLING * whole and not is_stop(types[t], code)
    )
    return tuple((written.get(word, word), -share) for share, word in ranked[:MOST_SHARED])
