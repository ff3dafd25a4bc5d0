"""The form *pr. emne*: each point under its topic, with how many say so, in whose words, and the reply."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from participation.reports.paper import Heading, Own, Quote, Reply, Topic, Unlike
from participation.reports.reading import Case, Said, Written
from participation.reports.replies import Replies, bare
from participation.reports.sorting import count_senders, cut, is_timely, readable
from participation.rules.kinds import PRIVATE, Rendition
from participation.themes.model import Theme

#: How many quotes stand under a topic, and how long one of them may be, in characters.
QUOTES, LONGEST = 3, 320
#: A topic with no more senders is listed among the views that few hold (T26).
FEW = 2


@dataclass(frozen=True)
class Gathered:
    """Headings with their topics, points without a topic, and quotes of the views that few hold."""

    headings: tuple[Heading, ...] = ()
    alone: tuple[Own, ...] = ()
    few: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class _Here:
    """A point, whose it is, and its words where they may be read."""

    point: Said
    by: Written
    shown: bool
    words: str
    sender: str


def gather(case: Case, rendition: Rendition, replies: Replies, unlike: Sequence[Unlike] = ()) -> Gathered:
    """Put every timely point under its topic; each point stands in exactly one place (L6).

    Args:
        unlike: explained differences in treatment; each is told under every topic that it concerns.
    """
    themes = {theme.id: theme for theme in case.themes}
    placed: dict[int | None, list[_Here]] = defaultdict(list)
    for here in _points(case, rendition):
        theme = case.answers.theme_of.get(here.point.id)
        placed[theme if theme in themes else None].append(here)

    topics = {
        key: _topic(case, theme, placed[key], replies, unlike) for key, theme in themes.items() if placed.get(key)
    }
    headings = []
    for root in (theme for theme in themes.values() if theme.parent_id not in themes):
        children = [theme.id for theme in themes.values() if theme.parent_id == root.id]
        own = [topics[key] for key in (root.id, *children) if key in topics]
        if own:
            senders = {here.by.id: here.by for topic in own for here in placed[topic.key]}
            headings.append(
                Heading(
                    key=root.id,
                    title=root.title,
                    numbers=_numbers(senders.values()),
                    counts=count_senders(senders.values()),
                    resume=_resume(case, root.id) if children else "",
                    topics=tuple(sorted(own, key=lambda topic: (-len(topic.numbers), topic.numbers))),
                )
            )
    headings.sort(key=lambda heading: (-len(heading.numbers), heading.numbers))
    return Gathered(
        tuple(headings),
        tuple(_own(case, here, replies) for here in placed.get(None, ())),
        tuple(quote for key, topic in topics.items() if len(topic.numbers) <= FEW for quote in _all(placed[key])),
    )


def _points(case: Case, rendition: Rendition) -> Iterable[_Here]:
    for one in case.written:
        if is_timely(one):
            shown = readable(one, rendition)
            in_case = rendition is Rendition.CASE
            for point in case.points.get(one.id, ()):
                words = (point.words or point.in_files) if in_case else point.public
                sender = one.staff_name if in_case else case.public_name(one)
                yield _Here(point, one, shown, words if shown else "", sender)


def _topic(case: Case, theme: Theme, here: Sequence[_Here], replies: Replies, unlike: Sequence[Unlike]) -> Topic:
    reply = replies.of_theme(theme.id)
    own = [one for one in here if not _same(replies.of_point(one.point), reply)]
    senders = {one.by.id: one.by for one in here}
    return Topic(
        key=theme.id,
        title=theme.title,
        numbers=_numbers(senders.values()),
        counts=count_senders(senders.values()),
        points=tuple(one.point.id for one in here),
        quotes=tuple(_chosen(theme, [one for one in here if one not in own])),
        resume=_resume(case, theme.id),
        reply=reply,
        own=tuple(_own(case, one, replies) for one in own),
        unlike=tuple(one for one in unlike if any(point.point.id in one.points for point in here)),
    )


def _same(one: Reply | None, other: Reply | None) -> bool:
    return (one and one.key) == (other and other.key)


def _numbers(senders: Iterable[Written]) -> tuple[int, ...]:
    return tuple(sorted(one.number for one in senders))


def _resume(case: Case, theme_id: int) -> str:
    resume = case.answers.resumes.get(("theme", theme_id))
    return resume.words if resume is not None else ""


def _own(case: Case, here: _Here, replies: Replies) -> Own:
    reply = replies.of_point(here.point)
    resume = case.answers.resumes.get(("contribution", here.by.id))
    only_one = len(case.points.get(here.by.id, ())) == 1
    hidden = here.by.hidden_reason is not None and not here.shown
    return Own(
        number=here.by.number,
        quote=cut(here.words, 2 * LONGEST),
        resume=resume.words if resume is not None and only_one and not hidden else "",
        capacity=here.by.capacity,
        sender="" if hidden else here.sender,
        reply=bare(reply) if hidden else reply,
        points=(here.point.id,),
    )


def _chosen(theme: Theme, here: Sequence[_Here]) -> list[Quote]:
    """Quotes for a topic: those that were proposed for it, else of fitting length; one a voice."""
    proposed = {key: (place, start, end) for place, (key, start, end) in enumerate(theme.quotes or ())}
    fit = [one for one in here if one.words.strip()]
    fit.sort(
        key=lambda one: (
            proposed.get(one.point.id, (len(proposed),))[0],
            not 40 <= len(one.words) <= LONGEST,
            one.by.capacity in PRIVATE,
            one.by.number,
        )
    )
    chosen: list[_Here] = []
    for one in fit:
        if len(chosen) == QUOTES:
            break
        if not any(_alike(one, other) for other in chosen):
            chosen.append(one)
    chosen.sort(key=lambda one: one.by.number)
    return [_quote(one, proposed.get(one.point.id)) for one in chosen]


def _alike(one: _Here, other: _Here) -> bool:
    """Whether two points are one voice: the same sender, the same campaign or the same words."""
    same_campaign = one.by.campaign_id is not None and one.by.campaign_id == other.by.campaign_id
    return one.by.id == other.by.id or same_campaign or _plain(one.words) == _plain(other.words)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _quote(one: _Here, proposed: tuple[int, int, int] | None = None) -> Quote:
    words = one.words
    if proposed is not None and words == one.point.words and not one.point.in_files:
        words = words[proposed[1] : proposed[2]].strip() or words
    return Quote(one.by.number, cut(words, LONGEST), one.sender, one.by.capacity)


def _all(here: Iterable[_Here]) -> Iterable[Quote]:
    """One line for each sender, also where the words may not be read."""
    seen: set[int] = set()
    for one in here:
        if one.by.id not in seen:
            seen.add(one.by.id)
            hidden = one.by.hidden_reason is not None and not one.shown
            yield Quote(one.by.number, cut(one.words, LONGEST), "" if hidden else one.sender, one.by.capacity)
