"""How hard a text is to read, and what to do about it. Only ever a hint; nobody is stopped by it."""

import re

from flask_babel import gettext as _

#: A draft above this gets advice (LIX 45 and up is hard for many).
HARD = 45
#: Words in a sentence above this are many.
LONG_SENTENCE = 25

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:[-'’][^\W_]+)*")
#: A sentence ends at . : ! or ? with a blank, a quote or a bracket behind it, so 23.59 and § 5.2 are no ends.
_END = re.compile(r"(?<![.:!?])[.:!?]+(?=[\s»”\")\]]|$)")


def lix(text: str) -> float:
    """The readability index of Björnsson (1968): words per sentence + long words (over 6 letters) per hundred.

    Up to 24 is very easy, 25-34 easy, 35-44 medium, 45-54 hard, from 55 very hard. A text without words is 0.
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    return len(words) / len(_sentences(text)) + 100 * sum(_is_long(word) for word in words) / len(words)


def advice(text: str) -> str | None:
    """What would make a draft easier to read, in plain Danish; nothing when it is easy enough."""
    score = lix(text)
    if score <= HARD:
        return None
    found = _("Teksten er svær at læse (lixtal %(lix)s).", lix=round(score))
    longest = max(_sentences(text), key=lambda sentence: len(_WORD.findall(sentence)))
    count = len(_WORD.findall(longest))
    if count > LONG_SENTENCE:
        start = " ".join(_WORD.findall(longest)[:4])
        return f"{found} " + _(
            "Den længste sætning har %(count)s ord. Del den op: »%(start)s …«", count=count, start=start
        )
    return f"{found} " + _("Brug kortere ord: %(words)s.", words=", ".join(_longest_words(text)))


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _END.split(text) if _WORD.search(sentence)]


def _is_long(word: str) -> bool:
    return sum(letter.isalpha() for letter in word) > 6


def _longest_words(text: str) -> list[str]:
    return sorted(dict.fromkeys(_WORD.findall(text)), key=len, reverse=True)[:3]
