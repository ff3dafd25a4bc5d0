"""Finding personal details in words: civil registration numbers (CPR), how somebody is reached, health, and names.

What is found holds words back from the public page until a person has looked; it never stops anybody from sending.
CPR numbers may not be published (databeskyttelsesloven § 11(3)); `struck` is the net of last resort in all we make.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from flask_babel import gettext as _
from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from participation.foundation import sensitive


class Certainty(StrEnum):
    """How sure a find is."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Detail(StrEnum):
    """What kind of personal detail was found."""

    CPR = "cpr"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    HEALTH = "health"
    PERSON = "person"


class Found(NamedTuple):
    """A stretch of the text in code points, ``[start, end)``, the line it begins in (from 1), and its likeness."""

    start: int
    end: int
    line: int
    certainty: Certainty
    detail: Detail = Detail.CPR


_BLANK = r"[^\S\r\n\v\f\x1c-\x1e\x85\u2028\u2029]"
_HIDDEN = "[\u00ad\u200b-\u200f\u2060\ufeff]"
_DASH = "[-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d/.]"
_GAP = rf"(?:{_BLANK}|{_HIDDEN}){{0,3}}"
_CPR = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?P<date>\d{{6}}|\d\d(?P<by>[ .\-/\u00a0])\d\d(?P=by)\d\d)"
    rf"(?P<gap>{_GAP}{_DASH}?{_GAP})\d{{4}}(?!\d)(?![.,]\d)"
)
#: Behind the word itself, ten digits are a CPR number however they are grouped.
_NAMED = re.compile(
    rf"(?:cpr|c\.p\.r|person-?n(?:umme)?r)[^\d\r\n]{{0,30}}"
    rf"(?P<number>\d(?:{_GAP}{_DASH}?{_GAP}\d){{9}})(?!\d)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[^\W_][\w-]{0,62}\.){1,4}[^\W\d_]{2,24}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:(?:\+|00)?45[ ]|(?:\+|00)45)?"
    r"(?:\d\d(?P<by>[ .\u00a0-])\d\d(?P=by)\d\d(?P=by)\d\d|\d{4}[ \u00a0]\d{4}|[2-9]\d{7})"
    r"(?!\w|[.,/-]\d|[ ]\d)"
)
_NO_PHONE = re.compile(r"(?:cvr|ean|p|konto|reg|sags?|journal)-?(?:nr|nummer)?[.]?[ :\u00a0]{0,3}$", re.IGNORECASE)
#: Ten digits behind these words are a place of work, never a person.
_NO_CPR = re.compile(r"(?<!\w)p-?(?:nr|nummer)[.]?[ :\u00a0]{0,3}$", re.IGNORECASE)
#: Without ten digits close together there is no CPR number; most texts are let through here.
_TEN_DIGITS = re.compile(r"\d(?:\D{0,20}\d){9}")
_BEFORE = 20
_ROAD = (
    "vej|vejen|gade|gaden|stræde|strædet|allé|alle|alléen|alleen|plads|pladsen|boulevard|torv|torvet|vænge|vænget|"
    "parken|park|have|haven|bakken|bakke|sti|stien|toften|toft|krogen|ager|ageren|gården|kær|mark|marken|skrænten|"
    "højen|dal|dalen|brinken|lunden|engen|kaj|kajen|stræde|bro|broen|havn|havnen|strand|stranden|strandvej"
)
_ROADS = tuple(_ROAD.split("|"))
_BEHIND_WORD = re.compile(r"(?<=[^\W\d])[ ]\d")
_ADDRESS = re.compile(
    rf"(?<!\w)[A-ZÆØÅÉ][\wé.'-]{{0,30}}(?:[ ][A-ZÆØÅÉ][\wé.'-]{{0,30}}){{0,3}}?(?:(?<=\w)|[ ])(?i:{_ROAD})"
    r"[ ]\d{1,3}(?!\d|[ ](?:m|meter|km|kr|kroner|år|dage|timer|biler|pct|procent)\b)[ ]?[A-Za-z]?(?![\w.]\d|\w)"
    r"(?:,[ ]?(?:\d{1,2}|st|kl)\.?[ ]?(?:tv|th|mf|\d{1,3})?\.?(?!\w))?"
)


def cpr_numbers(text: str) -> list[Found]:
    """The stretches that look like CPR numbers, in order.

    The first six digits must be a day of the calendar (a day raised by 60 is a replacement number, erstatningsnummer).
    The check digit is not asked: numbers given since 2007 need not have it. Six digits, a dash or a blank, and four are
    certain, and so is any grouping behind the word; ten bare digits are possible.
    """
    if not _TEN_DIGITS.search(text):
        return []
    named = [match.span("number") for match in _NAMED.finditer(text) if _is_birthday(match["number"])]
    found = dict.fromkeys(named, Certainty.CERTAIN)
    for match in _CPR.finditer(text):
        elsewhere = _NO_CPR.search(text[max(0, match.start() - _BEFORE) : match.start()])
        if _is_birthday(match[0]) and not elsewhere and _is_free(named, *match.span()):
            certain = bool(match["gap"]) and any(letter not in "./" for letter in match["gap"])
            found[match.span()] = Certainty.CERTAIN if certain else Certainty.POSSIBLE
    ends = _line_ends(text)
    return [Found(start, end, bisect(ends, start) + 1, sure) for (start, end), sure in sorted(found.items())]


def details(text: str, name: str = "", known: str = "") -> list[Found]:
    """All personal details that a text seems to hold, in order; where two overlap, the first kind of the list stands.

    Args:
        name: of the sender who does not want it shown; it is found wherever it stands in the words.
        known: of the sender who wants it shown.
    """
    found, ends = cpr_numbers(text), _line_ends(text)
    others = {
        Detail.EMAIL: (match.span() for match in _EMAIL.finditer(text)),
        Detail.PHONE: (match.span() for match in _phones(text)),
        Detail.ADDRESS: _addresses(text),
        Detail.HEALTH: sensitive.health(text),
        Detail.PERSON: sensitive.persons(text, name, known),
    }
    for detail, stretches in others.items():
        taken = [(one.start, one.end) for one in found]
        for start, end in stretches:
            if _is_free(taken, start, end):
                found.append(Found(start, end, bisect(ends, start) + 1, Certainty.POSSIBLE, detail))
        found.sort()
    return found


def struck(text: str, *, certain: bool = False) -> str:
    """The text with a mark in place of each CPR number: the net of last resort under all that leaves the house.

    Args:
        certain: only what is surely one, such as on a page where a person has let ten bare digits stand.
    """
    found = [one for one in cpr_numbers(text) if not certain or one.certainty is Certainty.CERTAIN]
    pieces, at, instead = [], 0, _("[CPR-nummer fjernet]") if found else ""
    for one in found:
        pieces += [text[at : one.start], instead]
        at = one.end
    return "".join([*pieces, text[at:]]) if found else text


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Roads with a number; most texts name none and are let through by a quick look at the word before each number."""
    before = (text[max(0, one.start() - _BEFORE) : one.start()].lower() for one in _BEHIND_WORD.finditer(text))
    if any(word.endswith(_ROADS) for word in before):
        for match in _ADDRESS.finditer(text):
            yield match.span()


def _phones(text: str) -> Iterator[re.Match[str]]:
    for match in _PHONE.finditer(text):
        if not _NO_PHONE.search(text[max(0, match.start() - 20) : match.start()]):
            yield match


def _is_birthday(text: str) -> bool:
    digits = "".join(str(int(letter)) for letter in text if letter.isdecimal())
    day = int(digits[:2])
    number = f"{day - 60 if day > 60 else day:02}{digits[2:]}"
    try:
        cpr.get_birth_date(number)
    except ValidationError:
        return False
    return True


def _is_free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch meets none of the others, which are in order and meet none of each other."""
    at = bisect(taken, (start, end))
    return all(other_end <= start or end <= other_start for other_start, other_end in taken[max(at - 1, 0) : at + 1])


def _line_ends(text: str) -> list[int]:
    """Where each line but the last is over."""
    return [match.end() for match in re.finditer(r"\r\n|\r|\n", text)]
