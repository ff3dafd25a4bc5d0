"""Divide a citizen's letter into its points: what is said, one matter at a time, and what is only background.

Greeting, signature, thanks and "jeg bor på nr. 12" owe no answer. Every letter with content keeps at least one point
that does. Where in doubt the letter stays whole: a planner splits more easily than they glue.

Offsets are code points of the very text that was given, so a line break of two characters counts two.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from .prepare import language as tell_language
from .prepare import words
from .turns import OPINION, SoFar, signs, turns

Kind = Literal["said", "background"]


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text, `text[start:end]`, in code points; never empty, no white space at its ends."""

    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """One point of a letter, or one stretch of background."""

    spans: tuple[Span, ...]
    kind: Kind


@dataclass(frozen=True)
class _Sentence:
    span: Span
    block: int
    """Number of the paragraph or list item it stands in."""
    item: bool
    """Whether it opens a list item."""
    clause: bool = False
    """Whether it is the second half of a sentence, after ", og så"."""


_BREAK = re.compile(r"(?:\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85)")
_ITEM = re.compile(
    r"[ \t\u00a0]*(?:[-*•–—·▪●○◦+]|\(?\d{1,2}[.)](?=\D)|\(?[a-zA-Z]\)|(?:punkt|punkt nr\.|pkt\.|"
    r"point)[ \t]+\d{1,2}\b[:.)]?)[ \t\u00a0]+(?=\S)",
    re.I,
)
#: It begins where its run begins, or a text of nothing but question marks would be read once for each of them.
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_SHORT = re.compile(
    r"(?:\b(?:f\.?eks|bl\.?a|nr|kl|ca|dvs|mv|m\.?v|m\.?m|osv|stk|pkt|jf|jvf|hr|fr|fru|st|tlf|evt|ift|mht|"
    r"pga|inkl|ekskl|vedr|"
    r"hhv|d\.?d|sml|p\.?t|f\.?x|o\.?l|o\.?lign|s\.?u|matr|afd|adr|etc|ref|max|min|mio|mia|kr|pr|ang|iht|tidl|"
    r"z\.?\s?b|d\.?\s?h|usw|bzw|ggf|u\.?\s?a|str|bspw|evtl|inkl|sog|vgl|abs|dr|prof|ing|i\.?e|e\.?g|mr|mrs|"
    r"ms|vs|no|fig|[a-zæøå])"
    r"|§+\s?[\d.]+)\.$",
    re.I,
)
_MONTH = re.compile(r"(?:jan|feb|mär|mar|apr|ma[ijy]|jun|jul|aug|sep|o[kc]t|nov|de[zc])", re.I)
_GREETING = re.compile(
    r"(?:kære|hej(?:sa)?|hallo|hello|hi|dear|goddag|god(?:dag| dag| morgen| aften)|til rette vedkommende|"
    r"til (?:kommunen|byrådet|forvaltningen|"
    r"teknik og miljø|byplan|udvalget|\w+ kommune)|att\.?|sehr geehrte\w*|liebe\w*|guten tag|moin|"
    r"to whom it may concern)\b",
    re.I,
)
_FAREWELL = re.compile(
    r"(?:(?:med )?(?:de |den )?(?:venlig(?:e|ste|st)?|bedste|kærlig|varme|mange|god|gode) hils(?:en|ner)|"
    r"med hilsen|[bk]h\b\.?|dbh\b|"
    r"hilsen|hilsner|mvh|vh|m\.?v\.?h\.?|"
    r"på (?:egne|bestyrelsens|foreningens) vegne|underskrevet|mit freundlichen grüßen|viele grüße|"
    r"freundliche grüße|beste grüße|mfg|"
    r"gru(?:ß|ss)|kind regards|best regards|regards|yours (?:sincerely|faithfully)|sincerely|best wishes|cheers)\b",
    re.I,
)
_THANKS = re.compile(
    r"(?:(?:(?:mange|tusind|på forhånd|først og fremmest|først|vi siger|jeg siger|jeg vil gerne sige|"
    r"vi vil gerne sige) )?tak(?:,| )?"
    r"(?:skal i have|for (?:muligheden|invitationen|at (?:i|du|vi)|mødet|jeres|ordet|opmærksomheden|"
    r"borgermødet|denne mulighed|"
    r"et (?:godt|fint|spændende) møde|hjælpen|tiden|interessen)|fordi|på forhånd|!|\.|$)|på forhånd (?:mange )?tak|"
    r"(?:jeg|vi) (?:ser|glæder (?:mig|os)) (?:frem )?til (?:at høre|jeres|svar|et svar|den videre)|"
    r"god (?:dag|weekend|sommer|arbejdslyst)|"
    r"thank you for (?:the opportunity|your|this|reading|taking)|thanks in advance|many thanks|i look forward to|"
    r"vielen dank|danke (?:für|im voraus)|besten dank)",
    re.I,
)
_OPENING = re.compile(
    r"(?:hermed|her (?:følger|kommer|er (?:mit|mine|vores|hvad|nogle))|(?:jeg|vi) (?:har|fremsender|sender|indsender|"
    r"vil gerne (?:komme med|indgive|indsende|give))"
    r"(?: hermed)?(?: \w+){0,3} (?:bemærkning(?:er)?|kommentar(?:er)?|høringssvar|indsigelse(?:r)?|input)|"
    r"(?:mit|vores) (?:høringssvar|svar) (?:følger|er som følger|kommer her)|høringssvar(?: til| vedr|"
    r" vedrørende| om|:|$)|vedr(?:\.|ørende)|emne:|angående:)",
    re.I,
)
_ABOUT_ME = re.compile(
    r"(?:jeg|vi|min (?:mand|kone|familie)(?: og jeg)?|undertegnede)(?: \w+){0,2} (?:bor|boet|hedder|"
    r"er (?:nabo|naboer|en familie|beboere?|"
    r"borgere?|bosat|født|opvokset|mor|far|forældre|pensionist|pensioneret|\d+ år))\b|(?:mit navn er|"
    r"jeg er (?:en )?\d+)|"
    r"(?:my name is|i (?:live|have lived)|we live)\b|(?:mein name ist|ich wohne|wir wohnen)\b",
    re.I,
)
_CONTACT = re.compile(
    r"^\s*(?:sendt fra min|sent from my|von meinem|(?:fra|til|from|to|cc|dato|date|sendt|sent|telefon|tlf|"
    r"mobil|mail|e-mail|email|adresse|bilag)\s*[:.]\s"
    r"|[^\s@]+@[^\s@]+\.\w+\s*$|(?:\+?\d[\d ]{7,})\s*$|\d{4,5} [A-ZÆØÅ]\w+\s*$)",
    re.I,
)
_WHO = re.compile(
    r"(?:hej,? )?(?:(?:jeg|vi|undertegnede) (?:er|går|hedder|bor|har boet|arbejder|skriver som|kommer|repræsenterer|"
    r"flyttede|bruger|driver|har gården)\b"
    r"(?! (?:imod|mod|for|glad|kede?|bekymre|enig|uenig|træt|bange|vred|tilfreds|utryg|ikke|i mod|"
    r"meget|helt|også|alle|mange|som|egentlig|stærkt))"
    r"|(?:[A-ZÆØÅ][\w.]+(?: \w+){0,3}, )?(?:bosat|født) i\b|i am\b|we are\b|i (?:moved|live)|we (?:moved|live)"
    r"|(?:hi,? )?we moved|ich (?:bin|wohne)|wir (?:sind|wohnen|kommen)|(?:skole)?leder på|formand for)",
    re.I,
)
_FORMAL = re.compile(
    r"(?:[A-ZÆØÅ]\w*|[Vv]i|[Dd]e)(?: [\w().]+){0,6} (?:har (?:nu |hermed )?(?:modtaget|behandlet|gennemgået|"
    r"drøftet|holdt (?:\w+ )?(?:møde|ekstraordinært)|talt (?:med|om)|udarbejdet|læst|følgende|disse|efter aftale)|"
    r"omfatter|repræsenterer|behandlede|(?:ring|skriv)er\b|takker for|kom (?:ind )?(?:på|forbi)|afleverede|"
    r"svarer punkt)\b"
)
_ANNOUNCED = re.compile(
    r"(?:[^.:]*\b(?:jeg|vi|[A-ZÆØÅ]\w+) har (?:\w+ ){0,2}(?:to|tre|fire|fem|et par|nogle|flere|en række|følgende) \w+|"
    r"(?:her er |kort: |two |three )(?:to|tre|fire|mine|vores|nogle|observations|\w+ (?:ting|punkter)))",
    re.I,
)
_WEIGHS = re.compile(
    r"\b(?:glade?|tilfreds\w*|enige?|uenige?|vrede?|kede?|bange|støtte\w*|godt?|dårlig\w*|for (?:få|lidt|mange|meget)|"
    r"nødt|svært?|synes|ikke støtte)\b",
    re.I,
)
_NOTED = re.compile(
    r"(?:(?:det hele er )?læst op\b(?! for hende)|skrevet ned\b|fik den kort fortalt|sagt af flere|"
    r"(?:arket|tegningen|brevet|skitsen) (?:er|ligger|her er)\b|mere har jeg ikke|det var det hele|undskyld|"
    r"sidste øjeblik|entschuldig|sorry)",
    re.I,
)
_BLANK = re.compile(r"\s*")
_CLAUSE = re.compile(
    r"[,;]\s+(?=og så (?:mangler|skal|bør|burde|kunne|ønsker|vil|er der)\b|(?:samt at|desuden|derudover) \w+|"
    r"og (?:der )?(?:mangler|bør der|skal der)\b|"
    r"(?:außerdem|zudem) \w+|and (?:we|i) also\b)",
    re.I,
)


def split(text: str, language: str | None = None) -> tuple[Piece, ...]:
    """Divide one letter into points and background, in order; what lies between the pieces is white space only.

    A point ends at a list item, and where the signs of `turns` speak for a new matter.

    Args:
        language: `da`, `en`, `de` or `other`; told from the text if not given.
    """
    code = language or tell_language(text)
    sentences = list(_sentences(text))
    kinds = _kinds(text, sentences)
    opens = [i for i, starts in enumerate(_starts(text, sentences, kinds, code)) if starts]
    return tuple(
        Piece((Span(sentences[a].span.start, sentences[b - 1].span.end),), kinds[a])
        for a, b in pairwise([*opens, len(sentences)])
    )


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text as trimmed spans, in order; a line of a list and a heading count as sentences."""
    return tuple(s.span for s in _sentences(text, clauses=False))


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Paragraphs and list items as (start, end, is a list item); a mail's hard line breaks do not end a paragraph."""
    lines: list[tuple[int, int]] = []
    at = 0
    for found in _BREAK.finditer(text):
        lines.append((at, found.start()))
        at = found.end()
    lines.append((at, len(text)))
    open_at: int | None = None
    item, closed, before = False, 0, ""
    for start, end in lines:
        line = text[start:end]
        blank, is_item = not line.strip(), _ITEM.match(line) is not None
        if open_at is not None and (blank or is_item or _own_line(line) or _own_line(before)):
            yield open_at, closed, item
            open_at = None
        if not blank:
            if open_at is None:
                open_at, item = start, is_item
            closed = end
        before = line
    if open_at is not None:
        yield open_at, closed, item


def _own_line(line: str) -> bool:
    """Whether a line stands alone: a greeting, a farewell, a heading or a name; not one wrapped by a mail program."""
    bare = line.strip()
    if not bare:
        return False
    short = len(bare) <= 45
    return short and bool(
        _GREETING.match(bare)
        or _FAREWELL.match(bare)
        or _CONTACT.match(bare)
        or bare.endswith(":")
        or (bare[-1] in ".!?" and len(bare) <= 40)
    )


def _sentences(text: str, clauses: bool = True) -> Iterator[_Sentence]:
    for number, (start, end, item) in enumerate(_blocks(text)):
        body = text[start:end]
        lead = _ITEM.match(body)
        ends: list[int] = []
        for found in _END.finditer(body, lead.end() if lead else 0):
            end_ = found.end()
            follows = _BLANK.match(body, end_).end()  # type: ignore[union-attr]
            if body[end_ - 2 : end_ - 1].isdigit() and _MONTH.match(body, follows):
                continue
            abbreviated = _SHORT.search(body[max(0, end_ - 20) : end_])
            if found.group().rstrip("\"'”’»)]") == "." and (abbreviated or body[follows : follows + 1].islower()):
                continue
            ends.append(end_)
        joints: list[int] = []
        for found in _CLAUSE.finditer(body) if clauses else ():
            place = bisect_right(ends, found.start())
            nearest = max(ends[place - 1] if place else 0, joints[-1] if joints else 0)
            place = bisect_left(ends, found.end())
            after = ends[place] if place < len(ends) else len(body)
            if len(words(body[nearest : found.start()])) >= 4 and len(words(body[found.end() : after])) >= 4:
                joints.append(found.start() + 1)
        at, clause = 0, False
        for cut, is_clause in [*sorted([(c, False) for c in ends] + [(c, True) for c in joints]), (len(body), False)]:
            span = _trimmed(text, start + at, start + cut)
            if span is not None:
                yield _Sentence(span, number, item and at == 0, clause)
                at, clause = cut, is_clause


def _kinds(text: str, found: list[_Sentence]) -> list[Kind]:
    kinds: list[Kind] = [_kind(text, s) for s in found]
    # What follows a farewell is name and address, as long as it is short and says nothing.
    signing = False
    for i, sentence in enumerate(found):
        words_ = text[sentence.span.start : sentence.span.end]
        if _FAREWELL.match(words_):
            signing = True
        elif signing and (len(words_.split()) > 12 or OPINION.search(words_) or re.match(r"p\.?s\b", words_, re.I)):
            signing = False
        if signing:
            kinds[i] = "background"
    _before_the_matter(text, found, kinds)
    if (
        len(found) > 1
        and _is_name(text[found[-1].span.start : found[-1].span.end])
        and found[-1].block != found[-2].block
    ):
        kinds[-1] = "background"
    if found and "said" not in kinds:
        kinds = ["said"] * len(found) if len(found) == 1 else kinds
        if "said" not in kinds:
            main = max(
                range(len(found)), key=lambda i: (_content(text, found[i]), found[i].span.end - found[i].span.start, -i)
            )
            kinds[main] = "said"
    return kinds


def _before_the_matter(text: str, found: list[_Sentence], kinds: list[Kind]) -> None:
    """The first sentences that only tell who writes, that a meeting was held, or that three things follow."""
    left = kinds.count("said")
    for i, sentence in enumerate(found):
        said = text[sentence.span.start : sentence.span.end]
        if kinds[i] == "background" or _NOTED.match(said):
            continue
        if left < 2 or not _opens_only(said, found[i + 1 : i + 2], sentence):
            break
        kinds[i] = "background"
        left -= 1


def _opens_only(said: str, after: list[_Sentence], sentence: _Sentence) -> bool:
    if len(said) > 200 or said.endswith("?"):
        return False
    if said.endswith(":"):
        return len(said.split()) > 1 and bool(after) and (after[0].block != sentence.block or after[0].item)
    if OPINION.search(said) or _WEIGHS.search(said):
        return False
    return bool(_WHO.match(said) or _FORMAL.match(said) or _ANNOUNCED.match(said))


def _is_name(line: str) -> bool:
    """Whether a line is only a name: up to five words, all with capitals, no full stop."""
    bare = line.split()
    return len(bare) <= 5 and line[-1].isalpha() and all(w[0].isupper() or w in ("og", "af", "&") for w in bare)


def _content(text: str, sentence: _Sentence) -> int:
    """How likely a sentence is the matter itself when all look like background: the longest that is no greeting."""
    said = text[sentence.span.start : sentence.span.end]
    return 0 if _GREETING.match(said) or _FAREWELL.match(said) else len(words(said)) or 1


def _kind(text: str, sentence: _Sentence) -> Kind:
    said = text[sentence.span.start : sentence.span.end]
    length = len(said.split())
    if _FAREWELL.match(said) and length <= 12:
        return "background"
    if _GREETING.match(said) and length <= 10 and not OPINION.search(said):
        return "background"
    if _CONTACT.match(said) and length <= 12:
        return "background"
    if _NOTED.match(said) and length <= 16:
        return "background"
    if OPINION.search(said):
        return "said"
    if _THANKS.match(said) and length <= 30:
        return "background"
    if (_OPENING.match(said) and length <= 25) or (_ABOUT_ME.match(said) and length <= 18):
        return "background"
    return "said" if any(c.isalnum() for c in said) and length >= 1 else "background"


def seen(text: str, opens: Container[int]) -> Iterator[tuple[int, dict[str, float]]]:
    """What speaks for a new matter at each sentence in doubt, where points open at `opens` (for learning)."""
    found = list(_sentences(text))
    for sentence, _, values in _read(text, found, _kinds(text, found), tell_language(text), opens):
        if values and not sentence.item:
            yield sentence.span.start, values


def _starts(text: str, found: list[_Sentence], kinds: list[Kind], code: str) -> list[bool]:
    """Whether each sentence opens a piece."""
    return [new for _, new, _ in _read(text, found, kinds, code, None)]


def _read(
    text: str, found: list[_Sentence], kinds: list[Kind], code: str, opens: Container[int] | None
) -> Iterator[tuple[_Sentence, bool, dict[str, float]]]:
    """Each sentence, whether it opens a piece, and what speaks for it; nothing where there is no doubt."""
    listed = sum(s.item for s in found) >= 2
    total = kinds.count("said")
    point = SoFar()
    for i, sentence in enumerate(found):
        said = text[sentence.span.start : sentence.span.end]
        new, values = i == 0 or kinds[i] != kinds[i - 1], {}
        if not new and kinds[i] == "said":
            breaks = len(_BREAK.findall(text[found[i - 1].span.end : sentence.span.start]))
            values = signs(
                said,
                point,
                code=code,
                block=breaks > 1,
                line=breaks == 1,
                last=kinds[i + 1 : i + 2] != ["said"],
                total=total,
            )
            new = turns(values) if opens is None else sentence.span.start in opens
            new = new or (sentence.item and listed)
        if new:
            point = SoFar()
        point.add(said, code)
        yield sentence, new, values
