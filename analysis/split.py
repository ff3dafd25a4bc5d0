"""Divide a citizen's letter into its points: what is said, one matter at a time, and what is only background.

Greeting, signature, thanks and "jeg bor på nr. 12" owe no answer. Every letter with content keeps at least one point
that does. Where in doubt the letter stays whole: a planner splits more easily than they glue.

Offsets are code points of the very text that was given, so a line break of two characters counts two.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from .prepare import is_stop, stem, words
from .prepare import language as tell_language

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
_OPINION = re.compile(
    r"\b(?:skal|bør|burde|ønsker|foreslår|mener|synes|derfor|fordi|men|imod|bekymre\w*|frygter|støtter|"
    r"mangler|opfordrer|savner|kræver|"
    r"desværre|problem\w*|farlig\w*|vil (?:bare|gerne (?:have|kunne|foreslå|se|bede))|should|must|because|but|"
    r"want|suggest|concern\w*|against|support|"
    r"soll\w*|muss|müss\w*|aber|weil|wünsch\w*|gefährlich\w*|leider|dagegen|fehl\w*)\b",
    re.I,
)
_CLAIM = re.compile(
    r"\b(?:kan ikke|må(?:tte)? (?:ikke|i|gerne)|vil gerne|forslag\w*|foreslå|håber|frygt\w*|utryg\w*|støj\w*|"
    r"larm\w*|u?enig\w*|"
    r"(?:ja|nej) (?:tak|til)|god idé|dårlig\w*|ødelæg\w*|mang(?:el|ler|lende)|støtte\w*|hvorfor|glade?|"
    r"glæde\w*|tilfreds\w*|"
    r"bevar\w*|sæt|lav|luk|plant|flyt|behold|fjern|drop|"
    r"(?:alt )?for (?:få|lidt|høj\w*|stor\w*|store|smal\w*|tæt|langt|mange|meget|sent|tidligt|dyr\w*|stærkt)|"
    r"please|needs?|brauch\w*|bitte|kein\w*|zu (?:eng|schnell|schmal|hoch|kurz|wenig\w*|viel\w*))\b",
    re.I,
)
_NEW_MATTER = re.compile(
    r"(?:[-–] )?(?:og )?(?:(?:ad |til |vedr\. )?§+ ?\d|ad \d|(?:til |vedr\. )?(?:side|punkt|afsnit|"
    r"kapitel) \d|for det (?:andet|tredje|fjerde|femte)|desuden|derudover|endvidere|ydermere|"
    r"herudover|udover det|ud over det|"
    r"et andet (?:punkt|emne|forhold|problem)|en anden ting|en sidste ting|og en ting mere|"
    r"noget (?:helt )?andet|til sidst|til slut|endelig\b|sluttelig|"
    r"hvad angår|med hensyn til|mht\.?|i forhold til|angående|vedrørende|omkring|så er der også|og så|"
    r"dertil kommer|jeg vil også|vi vil også|"
    r"(?:jeg|vi) (?:ønsker|foreslår|mener|synes|savner) (?:også|desuden|endvidere|derudover)|p\.?s\b\.?|"
    r"secondly|thirdly|in addition|furthermore|moreover|another (?:point|thing|issue)|finally|lastly|as for|"
    r"regarding|also,|"
    r"zweitens|drittens|außerdem|darüber hinaus|des weiteren|ferner|zudem|ein weiterer|noch etwas|"
    r"was .{3,40} betrifft|bezüglich|schließlich)\b",
    re.I,
)
_LEANS_BACK = re.compile(
    r"(?:det|den|de|dette|denne|disse|dem|derfor|så|her|der|men|for|fordi|også|eller|og|altså|på den måde|"
    r"dermed|dog|hvis|når|sådan|ellers|"
    r"begge|samme|jeg tror|it|this|that|these|they|therefore|so|but|because|or|and|there|dies\w*|das|es|sie|"
    r"er|deshalb|daher|aber|"
    r"denn|dort|hier|so|dadurch|auch|oder|und)\b",
    re.I,
)
_BLANK = re.compile(r"\s*")
_CLAUSE = re.compile(
    r"[,;]\s+(?=og så (?:mangler|skal|bør|burde|kunne|ønsker|vil|er der)\b|(?:samt at|desuden|derudover) \w+|"
    r"og (?:der )?(?:mangler|bør der|skal der)\b|"
    r"(?:außerdem|zudem) \w+|and (?:we|i) also\b)",
    re.I,
)
_WHOLE_WORDS = 30
"""A letter up to this many words without list or marker stays whole."""


def split(text: str, language: str | None = None) -> tuple[Piece, ...]:
    """Divide one letter into points and background, in order; what lies between the pieces is white space only.

    A point ends at a list item, at a word such as "desuden" or "for det andet", and at a paragraph (or, in long
    text, a sentence) that shares no words with what came before (lexical cohesion; Hearst 1997, TextTiling).

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
        elif signing and (len(words_.split()) > 12 or _OPINION.search(words_) or re.match(r"p\.?s\b", words_, re.I)):
            signing = False
        if signing:
            kinds[i] = "background"
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
    if _GREETING.match(said) and length <= 10 and not _OPINION.search(said):
        return "background"
    if _CONTACT.match(said) and length <= 12:
        return "background"
    if _OPINION.search(said):
        return "said"
    if _THANKS.match(said) and length <= 30:
        return "background"
    if (_OPENING.match(said) and length <= 25) or (_ABOUT_ME.match(said) and length <= 18):
        return "background"
    return "said" if any(c.isalnum() for c in said) and length >= 1 else "background"


def _starts(text: str, found: list[_Sentence], kinds: list[Kind], code: str) -> list[bool]:
    """Whether each sentence opens a piece."""
    said = [text[s.span.start : s.span.end] for s in found]
    stems = [frozenset(stem(w, code)[:6] for w in words(part) if not is_stop(w, code)) for part in said]
    length = sum(len(words(part)) for part, kind in zip(said, kinds, strict=True) if kind == "said")
    structured = sum(s.item for s in found) >= 2
    starts: list[bool] = []
    piece = _SoFar()
    paragraphs: dict[int, list[str]] = defaultdict(list)
    for part, sentence in zip(said, found, strict=True):
        paragraphs[sentence.block].append(part)
    for i, sentence in enumerate(found):
        new = i == 0 or kinds[i] != kinds[i - 1]
        if not new and kinds[i] == "said":
            ahead = stems[i] | (
                stems[i + 1]
                if i + 1 < len(found) and kinds[i + 1] == "said" and found[i + 1].block == sentence.block
                else frozenset()
            )
            overlap = len(ahead & piece.stems) / max(1, min(len(piece.stems), len(ahead)))
            new = _shift(
                said[i],
                sentence,
                "" if sentence.block == found[i - 1].block else " ".join(paragraphs[sentence.block]),
                overlap=overlap,
                before=piece,
                length=length,
                structured=structured,
            )
            if new and _heading(piece.said):
                new = False
        starts.append(new)
        if new:
            piece = _SoFar()
        piece.add(said[i], stems[i])
    return starts


@dataclass
class _SoFar:
    """The piece that is being read: its sentences, words, stems, and whether it claims anything."""

    said: list[str] = field(default_factory=list)
    length: int = 0
    stems: set[str] = field(default_factory=set)
    claims: bool = False

    def add(self, sentence: str, stems: frozenset[str]) -> None:
        self.said.append(sentence)
        self.length += len(words(sentence))
        self.stems |= stems
        self.claims = self.claims or _claims(sentence)


def _heading(piece: list[str]) -> bool:
    """Whether a piece so far is only a line that announces what follows."""
    return len(piece) == 1 and (piece[0].endswith(":") or (len(piece[0].split()) <= 4 and piece[0][-1] not in ".!?,;"))


def _shift(
    said: str, sentence: _Sentence, paragraph: str, *, overlap: float, before: _SoFar, length: int, structured: bool
) -> bool:
    """Whether a said sentence turns to a new matter: both sides must claim something, or the letter says so itself.

    Args:
        paragraph: the paragraph that the sentence opens; empty inside one.
        overlap: share of the smaller side's stems that both sides hold, 0 to 1.
        before: the piece so far.
        length: words of all that is said in the letter.
        structured: whether the letter is a list.
    """
    old, new = before.length, len(words(said))
    if old < 3 or (new < 3 and not paragraph):
        return False
    if sentence.item and structured:
        return True
    bare = said.lstrip("-–•* ")
    if sentence.clause or _NEW_MATTER.match(bare):
        return overlap < 0.5
    if length <= _WHOLE_WORDS or not before.claims:
        return False
    if paragraph:
        return (_claims(paragraph) or _heading([said])) and overlap < (0.1 if _LEANS_BACK.match(bare) else 0.25)
    return old >= 25 and new >= 8 and overlap == 0 and _claims(said) and not _LEANS_BACK.match(bare)


def _claims(said: str) -> bool:
    """Whether something is wanted, weighed or complained of."""
    return bool(_OPINION.search(said) or _CLAIM.search(said))
