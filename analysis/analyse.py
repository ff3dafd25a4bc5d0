"""Analyse answers from end to end: points, themes, duplicates, with a place for every answer (the tool's one act)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .group import Grouping, Theme, group
from .match import Campaign, Stretch, campaigns, lift, own_lines
from .split import Span, split
from .stance import STANCES, stance
from .table import Unfit

_POINTS_EACH = 1 << 20
"""Numbers set aside for the points of one answer."""


@dataclass(frozen=True)
class Said:
    """One point of an answer: where it stands in the text, in code points, and where it was placed.

    theme: key of the theme (level one), None in the counted bin. topic: key of the topic inside it, if any.
    why: the words that speak for the theme, weightiest first.
    stance: what the point's own cue words show if they agree (`stance.STANCES`). cue: where the first of them stands.
    """

    input: str
    spans: tuple[Span, ...]
    theme: str | None
    topic: str | None
    why: tuple[tuple[str, float], ...]
    sureness: float = 0.0
    stance: str | None = None
    cue: Span | None = None


@dataclass(frozen=True)
class Analysis:
    """All that is found in a set of answers.

    themes: level one, the largest first. topics: those of each theme, by its key.
    inputs: the theme that most of each answer's text is about, by id in the order given; None in the counted bin.
    duplicates: ids of answers that are one letter, or one short remark, in several hands; the largest group first.
    digest: SHA-256 over texts and placements, the same in any order of the answers and whatever they are called.
    """

    texts: Mapping[str, str]
    themes: tuple[Theme, ...]
    topics: Mapping[str, tuple[Theme, ...]]
    points: tuple[Said, ...]
    inputs: Mapping[str, str | None]
    duplicates: tuple[tuple[str, ...], ...]
    proposed: int
    languages: Mapping[str, int]
    digest: str
    quoted: Mapping[str, tuple[tuple[str, Span], ...]]
    """Quotes of each theme and topic: id of the answer, and the span of its text."""
    own: Mapping[str, tuple[Span, ...]]
    """What the senders of a letter that several sent wrote themselves: sentences, points of their own, by id."""
    weak: bool = False
    """Whether the themes are weakly supported (`Grouping.is_weak`)."""

    def stances(self, theme: Theme) -> dict[str, int]:
        """How many points of a theme or topic show each attitude; the rest of its points show none that can be told."""
        shown = Counter(point.stance for point in self.points if theme.key in (point.theme, point.topic))
        return {name: shown[name] for name in STANCES}

    def as_dict(self) -> dict[str, Any]:
        """The analysis as plain values for JSON; spans are pairs of code points into the text as it was given."""
        return {
            "themes": [
                self._theme(theme) | {"topics": [self._theme(topic) for topic in self.topics[theme.key]]}
                for theme in self.themes
            ],
            "points": [
                {
                    "input": point.input,
                    "spans": [[span.start, span.end] for span in point.spans],
                    "theme": point.theme,
                    "topic": point.topic,
                    "why": [[word, weight] for word, weight in point.why],
                    "stance": point.stance,
                    "cue": [point.cue.start, point.cue.end] if point.cue else None,
                }
                for point in self.points
            ],
            "inputs": [{"id": name, "theme": theme} for name, theme in self.inputs.items()],
            "duplicates": [list(group) for group in self.duplicates],
            "own_lines": [
                {"input": name, "spans": [[span.start, span.end] for span in spans]} for name, spans in self.own.items()
            ],
            "digest": self.digest,
            "proposed": self.proposed,
            "weak": self.weak,
            "left_over": sum(theme is None for theme in self.inputs.values()),
            "languages": dict(self.languages),
        }

    def _theme(self, theme: Theme) -> dict[str, Any]:
        return {
            "id": theme.key,
            "label": theme.label,
            "size": theme.size,
            "words": list(theme.words),
            "firmness": theme.firmness,
            "stances": self.stances(theme),
            "quotes": [
                {"input": name, "span": [span.start, span.end], "text": self.texts[name][span.start : span.end]}
                for name, span in self.quoted[theme.key]
            ],
        }


def analyse(
    ids: Sequence[str],
    texts: Sequence[str],
    *,
    themes: int | None = None,
    heads: Mapping[str, str] | None = None,
    seed: int = 0,
    progress: Callable[[float, str], object] | None = None,
) -> Analysis:
    """Read answers as the command `medspil analyse` does.

    The texts are put in the order of their words first, so that neither the order nor the ids of the answers can
    change what is found.

    Args:
        themes: number of themes (level one); the machine's proposal if not given.
        heads: names of themes that are wanted, as `read_heads` reads them; what fits none gets themes of its own.
        seed: of the runs whose vote makes the themes.
        progress: told the share that is done, 0 to 1, and what is done now.

    Raises:
        Unfit: no text has a word, or more themes are asked for than there are answers with words.
    """
    check(texts, themes)
    tell = progress or (lambda done, what: None)
    order = sorted(range(len(texts)), key=lambda i: (texts[i], ids[i]))
    tell(0.0, "duplicates")
    same = campaigns([texts[i] for i in order])
    medoid = {m: c.medoid for c in same if c.kind == "letter" for m in c.members if m != c.medoid}
    own: dict[int, tuple[Stretch, ...]] = {}
    tell(0.05, "split")
    spans: dict[int, tuple[Span, ...]] = {}
    for rank, i in enumerate(order):
        points = _points(texts[i])
        if rank in medoid and (lines := _own(texts[i], points, texts[order[medoid[rank]]])):
            own[i] = lines
            points = [
                tuple(Span(*stretch) for stretch in point)
                for point in lift(texts[i], [[(s.start, s.end) for s in point] for point in points], lines)
            ]
        for number, found in enumerate(points[:_POINTS_EACH]):
            spans[rank * _POINTS_EACH + number] = found
        if not rank % 500:
            tell(0.05 + 0.1 * rank / len(order), "split")
    words = [_words(texts[order[key // _POINTS_EACH]], found) for key, found in spans.items()]
    tell(0.15, "group")
    grouping = group(
        words,
        ids=list(spans),
        themes=themes,
        heads=heads,
        seed=seed,
        progress=lambda done, what: tell(0.15 + 0.85 * done, what),
    )
    return _analysis(ids, texts, order, spans, grouping, same, own)


def check(texts: Sequence[str], themes: int | None) -> None:
    """Whether these texts can be analysed at all.

    Raises:
        Unfit: no text has a word, or more themes are asked for than there are texts with words.
    """
    told = sum(any(c.isalpha() for c in text) for text in texts)
    if not told:
        raise Unfit("none of the texts has a word in it")
    if themes is not None and not 1 <= themes <= told:
        raise Unfit(f"{themes} themes cannot be made of {told} texts; choose from 1 to {told}")


def _points(text: str) -> list[tuple[Span, ...]]:
    """The points of an answer; the whole of it where nothing in it looks like one."""
    said = [piece.spans for piece in split(text) if piece.kind == "said"]
    if not said and (bare := text.strip()):
        start = text.index(bare)
        said = [(Span(start, start + len(bare)),)]
    return said


def _words(text: str, spans: Sequence[Span]) -> str:
    return "\n".join(text[span.start : span.end] for span in spans)


def _analysis(
    ids: Sequence[str],
    texts: Sequence[str],
    order: Sequence[int],
    spans: Mapping[int, tuple[Span, ...]],
    grouping: Grouping,
    same: Sequence[Campaign],
    own: Mapping[int, tuple[Stretch, ...]],
) -> Analysis:
    copies = sorted((sorted(order[m] for m in c.members) for c in same), key=lambda members: (-len(members), members))
    points: dict[int, list[Said]] = defaultdict(list)
    lines: list[str] = []
    spoken = {theme.key: theme.language for theme in grouping.themes}
    for key, found in spans.items():
        at = order[key // _POINTS_EACH]
        placed = grouping.placements.get(key)
        theme = (placed.parent or placed.theme) if placed else None
        topic = placed.theme if placed and placed.parent else None
        shown = stance(_words(texts[at], found), spoken[theme]) if theme else None
        points[at].append(
            Said(
                ids[at],
                found,
                theme,
                topic,
                placed.why if placed else (),
                placed.sureness if placed else 0.0,
                shown.stance if shown else None,
                _within(found, shown.start, shown.end) if shown else None,
            )
        )
        where = ";".join(f"{span.start}-{span.end}" for span in found)
        lines.append(f"{sha256(texts[at].encode('utf-8', 'surrogatepass')).hexdigest()} {where} {theme} {topic}\n")
    rank = {theme.key: place for place, theme in enumerate(grouping.themes)}
    return Analysis(
        dict(zip(ids, texts, strict=True)),
        tuple(theme for theme in grouping.themes if theme.parent is None),
        {
            theme.key: tuple(t for t in grouping.themes if t.parent == theme.key)
            for theme in grouping.themes
            if theme.parent is None
        },
        tuple(point for at in range(len(ids)) for point in points[at]),
        {ids[at]: _most(points[at], rank) for at in range(len(ids))},
        tuple(tuple(ids[m] for m in members) for members in copies),
        grouping.k_proposed,
        grouping.languages,
        sha256("".join(sorted(lines)).encode()).hexdigest(),
        {
            theme.key: tuple(
                (ids[order[q.id // _POINTS_EACH]], _within(spans[q.id], q.start, q.end)) for q in theme.quotes
            )
            for theme in grouping.themes
        },
        {ids[i]: tuple(Span(*stretch) for stretch in own[i]) for i in sorted(own)},
        grouping.is_weak,
    )


def _own(text: str, points: Sequence[tuple[Span, ...]], typical: str) -> tuple[Stretch, ...]:
    """What a sender wrote beside the letter that many have sent; greeting and name are left out."""
    if text == typical:
        return ()
    said = [span for point in points for span in point]
    return tuple(
        (line.start, line.end)
        for line in own_lines(text, typical)
        if any(line.start < span.end and span.start < line.end for span in said)
    )


def _most(points: Sequence[Said], rank: Mapping[str, int]) -> str | None:
    """The theme that most of an answer's text is about; of two that share it evenly, the larger theme."""
    length: dict[str, int] = defaultdict(int)
    for point in points:
        if point.theme is not None:
            length[point.theme] += sum(span.end - span.start for span in point.spans)
    return min(length, key=lambda key: (-length[key], rank[key])) if length else None


def _within(spans: Sequence[Span], start: int, end: int) -> Span:
    """Where a stretch of a point's words stands in the answer; a stretch lies within one span."""
    at = 0
    for span in spans:
        if start < at + span.end - span.start:
            return Span(span.start + start - at, min(span.end, span.start + end - at))
        at += span.end - span.start + 1
    raise AssertionError("a quote lies outside its point")
