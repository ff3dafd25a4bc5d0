"""Making words safe to show. Nothing else in the house does it, and nothing here changes what is stored.

Citizens' words are plain text and are escaped. Staff may write Markdown; its HTML is cleaned by nh3 as the last step
(bleach only finds the links before that). On display, and only there, controls that can hide or turn words are left
out.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import bleach
import nh3
from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup, escape

#: How much one text can hold, in characters (code points).
LONGEST = 20_000
#: How many combining marks may stand on one letter when shown.
MARKS = 4
#: A text with more marks of emphasis than this is shown as it stands, and in one with a longer word no links are looked
#: for: both would take time with the square of their number (T19).
MOST_MARKS, LONGEST_WORD = 2_000, 2_000
#: The tags that staff's Markdown may become, with their attributes.
TAGS = frozenset(
    "a blockquote br code em h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split()  # noqa: SIM905
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})

#: A stretch of a text by code points, ``[start, end)``, and the number it is shown with.
Span = tuple[int, int, int]
#: A paragraph of a text by code points, ``[start, end)``.
Block = tuple[int, int]

_LEFT_OUT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: Letters that are read from right to left: Hebrew, Arabic, Syriac and those that follow, and presentation forms.
_LEFTWARDS = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PARAGRAPH = re.compile(r"(?:\r\n|\r(?!\n)|(?<!\r)\n){2}")
_NEWLINE = re.compile(r"\r\n?")


def visible(text: str) -> str:
    """A text as it is shown, still unescaped.

    Left out: control characters except newline and tab, marks that turn the direction of what follows (U+202A to
    U+202E, U+2066 to U+2069), and combining marks after the fourth on one letter. CRLF is one newline.
    """
    text = _SURROGATE.sub("\ufffd", _LEFT_OUT.sub("", _NEWLINE.sub("\n", text)))
    return text if text.isascii() or max(text) < "\u0300" else "".join(_capped(text))


def shown(value: Any) -> Any:
    """What a template writes: a plain text as `visible`, and one that reads from right to left set apart.

    What is markup already stays as it is, so a field gives back what was typed: write ``{{ value | e }}`` there.
    """
    if not isinstance(value, str) or hasattr(value, "__html__") or (value.isascii() and value.isprintable()):
        return value
    text = visible(value)
    return f"\u2068{text}\u2069" if _LEFTWARDS.search(text) else text


def web(address: str) -> str:
    """An address that a link may lead to, or nothing: whatever a form has let in, no link runs a program (T4)."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def with_shown(translate: Callable[..., Any]) -> Callable[..., Any]:
    """A template's gettext that puts its values into the sentence as they are shown."""

    @pass_context
    def translated(context: Context, *texts: Any, **values: Any) -> Any:
        return translate(context, *texts, **{name: shown(value) for name, value in values.items()})

    return translated


def words(text: str) -> Markup:
    """A citizen's words as paragraphs and line breaks: every character stands as it was typed, none of it is markup."""
    return marked(text, ())


def marked(text: str, spans: Collection[Span]) -> Markup:
    """The words with stretches marked, each followed by its number as text that a screen reader says too.

    Args:
        spans: stretches of the stored text; they may touch, overlap, and run over paragraphs. Each ends with its
            number in a ``span.mark-number``. Each paragraph says in ``data-start`` where it begins in the stored text.

    Raises:
        ValueError: a span lies outside the text or ends before it begins.
    """
    for start, end, number in spans:
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span {number} [{start}, {end}) does not lie in a text of {len(text)} characters")
    whole = [(_whole(text, start), _whole(text, end), number) for start, end, number in spans]
    blocks = list(_blocks(text))
    numbers = _numbers(whole, blocks)
    return Markup("\n").join(
        Markup('<p data-start="{}">{}</p>').format(start, _paragraph(text, start, end, whole, numbers))
        for start, end in blocks
    )


def found(text: str, places: Collection[tuple[int, int]]) -> Markup:
    """One line of words in which the places that were looked for are marked; nothing in it acts as HTML.

    Args:
        places: code points ``[start, end)``, in order, which do not meet.
    """
    pieces, at = [], 0
    for start, end in places:
        pieces += [escape(visible(text[at:start])), Markup("<mark>{}</mark>").format(visible(text[start:end]))]
        at = end
    return Markup("").join([*pieces, escape(visible(text[at:]))])


def rich(markdown: str, under: int = 2) -> Markup:
    """Staff's Markdown as safe HTML: headings, tables, links with ``rel``; no images, no own HTML.

    Args:
        under: the rank of the page's heading above the text. The text's own headings follow it without a gap,
            whatever ranks the writer chose (WCAG 1.3.1).
    """
    shown = visible(markdown)
    if sum(map(shown.count, "*_[")) > MOST_MARKS:
        return words(markdown)
    html = _MARKDOWN.render(shown, {"under": under})
    if all(len(word) <= LONGEST_WORD for word in shown.split()):
        html = bleach.linkify(html, skip_tags=["pre", "code"], parse_email=True)
    return Markup(  # noqa: S704 - the one place where HTML is declared safe, right behind the sanitiser
        nh3.clean(
            html,
            tags=set(TAGS),
            attributes=ATTRIBUTES,
            url_schemes=set(SCHEMES),
            link_rel="noopener noreferrer nofollow",
        )
    )


def odd(text: str) -> str | None:
    """Which character of a text cannot be kept as written, in plain Danish, or nothing: NUL and half characters."""
    if "\x00" in text:
        return _(
            "Der står et tegn i linje %(line)s, som vi ikke kan gemme (et nul-tegn). Slet det, og prøv igen.",
            line=_line(text, text.index("\x00")),
        )
    if half := _SURROGATE.search(text):
        return _(
            "Der står et ødelagt tegn i linje %(line)s, som vi ikke kan gemme. Slet det, og prøv igen.",
            line=_line(text, half.start()),
        )
    return None


def refuse(text: str) -> str | None:
    """Why a text cannot be kept as written, in plain Danish, or nothing: NUL, half characters, too long a text."""
    if (words := odd(text)) is not None:
        return words
    if len(text) > LONGEST:
        return _(
            "Teksten er på %(count)s tegn. Der er plads til %(most)s. Gør den kortere, eller vedhæft den som en fil.",
            count=_number(len(text)),
            most=_number(LONGEST),
        )
    return None


def _capped(text: str) -> Iterator[str]:
    in_a_row = 0
    for letter in text:
        in_a_row = in_a_row + 1 if letter >= "\u0300" and unicodedata.category(letter) in ("Mn", "Me") else 0
        if in_a_row <= MARKS:
            yield letter


def _blocks(text: str) -> Iterator[Block]:
    """The paragraphs: a blank line parts two of them, further newlines belong to the next."""
    start = 0
    for gap in _PARAGRAPH.finditer(text):
        if start < gap.start() and gap.end() < len(text):
            yield start, gap.start()
            start = gap.end()
    if text:
        yield start, len(text)


def _whole(text: str, at: int) -> int:
    """An offset that does not cut CRLF in two."""
    return at + (text[at - 1 : at + 1] == "\r\n" if at else 0)


def _numbers(spans: Collection[Span], blocks: Sequence[Block]) -> dict[tuple[int, int], list[int]]:
    """The numbers to write at ``(start of the paragraph, offset)``: where spans end, never between paragraphs."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for _start, stop, number in sorted(spans, key=lambda span: span[2]):
        start, end = max((block for block in blocks if block[0] < stop), default=blocks[0] if blocks else (0, 0))
        numbers.setdefault((start, min(stop, end)), []).append(number)
    return numbers


def _paragraph(
    text: str, start: int, end: int, spans: Collection[Span], numbers: dict[tuple[int, int], list[int]]
) -> Markup:
    edges = sorted({start, end}.union(cut for span in spans for cut in span[:2] if start < cut < end))
    pieces = []
    for left, right in zip([start, *edges], edges, strict=False):
        shown = escape(visible(text[left:right])).replace("\n", Markup("<br>\n"))
        covered = left < right and any(span[0] <= left and right <= span[1] for span in spans)
        pieces.append(Markup("<mark>{}</mark>").format(shown) if covered else shown)
        pieces.extend(
            Markup('<span class="mark-number">({})</span>').format(number) for number in numbers.get((start, right), ())
        )
    return Markup("").join(pieces)


def _lower_headings(state: StateCore) -> None:
    """The page owns the first ranks; the ranks that a text uses become the next ones."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    used = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(state.env['under'] + 1 + used.index(token.tag), 6)}"


def _line(text: str, at: int) -> int:
    return _NEWLINE.sub("\n", text[:at]).count("\n") + 1


def _number(value: int) -> str:
    return format_decimal(value, locale=get_locale() or "da")


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_MARKDOWN.core.ruler.push("lower_headings", _lower_headings)
