"""Where a letter turns to a new matter: what speaks for a point's end, sentence by sentence, and how much.

The signs are those of text segmentation: paragraphs and list items, words such as "desuden", headings, and lexical
cohesion (Hearst 1997, TextTiling), read through runs of letters so that *stien* and *cykelsti* hold together. Their
weights are those of a logistic regression over letters that were divided by hand (`bench/points.py --learn`), rounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log1p

from .prepare import is_stop, words

OPINION = re.compile(
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
    r"(?:alt )?for (?:få|lidt|høj\w*|stor\w*|store|smal\w*|tæt|langt|mange|meget|sent|tidligt|dyr\w*|stærkt)|"
    r"please|needs?|brauch\w*|bitte|kein\w*|zu (?:eng|schnell|schmal|hoch|kurz|wenig\w*|viel\w*))\b",
    re.I,
)
_NEW_MATTER = re.compile(
    r"(?:og )?(?:(?:ad |til |vedr(?:\.|ørende) )?§+ ?\d|ad \d|(?:til |vedr(?:\.|ørende) )?(?:side|punkt|afsnit|"
    r"kapitel) \d|til \d|for det (?:andet|tredje|fjerde|femte)|desuden|derudover|endvidere|ydermere|"
    r"herudover|udover det|ud over det|den (?:anden|tredje|fjerde|ene) er|det (?:andet|tredje|ene) er|"
    r"et andet (?:punkt|emne|forhold|problem)|en anden ting|en sidste ting|og en ting mere|"
    r"noget (?:helt )?andet|til sidst|til slut|endelig\b|sluttelig|i øvrigt|ellers (?:en|er)|til gengæld|"
    r"hvad (?:angår|\w+ angår)|med hensyn til|mht\.?|i forhold til|angående|vedrørende|omkring|så er der også|og så|"
    r"dertil kommer|jeg vil også|vi vil også|når det er sagt|"
    r"(?:jeg|vi) (?:ønsker|foreslår|mener|synes|savner) (?:også|desuden|endvidere|derudover)|p\.?s\b\.?|"
    r"secondly|thirdly|in addition|furthermore|moreover|another (?:point|thing|issue)|finally|lastly|as for|"
    r"regarding|also,|"
    r"om (?!at\b|morgen|aften|natten|dagen|vinter|sommer|søndag|lørdag|fredag)\w{4,} (?:er|har|vil|vi|jeg)|"
    r"zweitens|drittens|außerdem|darüber hinaus|des weiteren|ferner|zudem|ein weiterer|noch etwas|"
    r"was .{3,40} betrifft|bezüglich|schließlich)\b",
    re.I,
)
_ADDS = re.compile(
    r"\b(?:også|desuden|derudover|samtidig|derimod|til gengæld|i øvrigt|endvidere|ligeledes|for resten|"
    r"also|außerdem|dagegen|auch)\b",
    re.I,
)
_LEANS_BACK = re.compile(
    r"(?:det|den|de|dette|denne|disse|dem|dér|derfor|så|her|for|fordi|eller|altså|på den måde|"
    r"dermed|dog|hvis|når|sådan|ellers|hun|han|hende|ham|"
    r"begge|samme|ingen af|nogle af|en af|jeg (?:tror|ved|har)|it|this|that|these|they|therefore|so|because|or|there|"
    r"dies\w*|das|es|sie|"
    r"er|deshalb|daher|denn|dort|hier|dadurch|oder)\b",
    re.I,
)
_ASKS = re.compile(
    r"(?:og )?(?:gerne|ingen|ikke for|flere|færre|sæt|lav|byg|giv|luk|læg|flyt|bevar|behold|"
    r"plant|fjern|drop|husk|brug|lad|tag|gør|vælg|skriv|ryd|"
    r"sørg|stil|hæng|hæv|find|træk|ryk|overdæk|"
    r"kan (?:i|man|vi|det|den|der|kommunen)|kunne|må|hvem|hvad|hvor|hvornår|hvordan|hvorfor|skal|"
    r"(?:jeg|vi) (?:foreslår|ønsker|beder|vil|anbefaler|opfordrer)|please|could|bitte)\b",
    re.I,
)
_TALE = re.compile(
    r"(?:jeg|vi|min|mit|mine|vores|i dag|i går|sidste (?:år|vinter|sommer|gang)|i (?:19|20)\d\d)\b|"
    r".*\b(?:var|havde|blev|"
    r"kom|stod|fik|gik)\b",
    re.I,
)
_THERE = re.compile(r"(?:og |men )?(?:der|there|es) (?:er|mangler|bør|skal|kan|is|are|fehlt|gibt)\b", re.I)
_CONCLUDES = re.compile(
    r"(?:derfor|dermed|altså|så (?!gerne)|for (?!det)|fordi|ellers (?!en|er)|therefore|deshalb|daher)\b", re.I
)
_DEFINITE = re.compile(r"[^\W\d_]{5,}(?:en|et|ne)\b")
_HEADED = re.compile(r"(?:\d{1,2}[.)]? |[-–*•] )?[^\W\d_][^.,:;!?]{1,40}(?:: |[.:]$|$)")
_RUN = 4
_SAME = 0.5
"""Share of a sentence's telling words that the point has used, from which it says more of the same."""


WEIGHTS: Mapping[str, float] = {
    "always": -0.73,
    "block": 2.73,
    "line": -0.03,
    "marker": 1.47,
    "adds": 1.89,
    "leans": -0.77,
    "and": 2.19,
    "but": 0.36,
    "headed": 1.97,
    "definite": 0.97,
    "known": -0.41,
    "asked": 0.84,
    "tale": -0.55,
    "claimed": 1.02,
    "both_claim": 0.31,
    "question": 1.30,
    "long_before": -0.72,
    "sentences_before": -1.03,
    "letter": -1.67,
    "last": 0.57,
    "there": -0.49,
    "fresh": 1.15,
    "adds_claims": 0.72,
    "second": -0.95,
}
"""How much each sign speaks for a new matter, as `bench/points.py --learn` prints it; `always` is the first doubt."""


@lru_cache(maxsize=50_000)
def runs(word: str) -> frozenset[str]:
    """The runs of letters by which a word is known again inside another one: *stien* in *cykelstien*."""
    return frozenset(word[i : i + _RUN] for i in range(max(1, len(word) - _RUN + 1)))


def telling(sentence: str, code: str) -> tuple[str, ...]:
    """The words of a sentence that may carry its matter."""
    return tuple(w for w in words(sentence) if len(w) > 2 and not is_stop(w, code))


def claims(said: str) -> bool:
    """Whether something is wanted, weighed or complained of."""
    return bool(OPINION.search(said) or _CLAIM.search(said) or _ASKS.match(said) or said.endswith("?"))


@dataclass
class SoFar:
    """The point that is being read: its sentences and the runs of letters in them."""

    said: list[str] = field(default_factory=list)
    length: int = 0
    held: set[str] = field(default_factory=set)
    claims: bool = False

    def add(self, sentence: str, code: str) -> None:
        """Read one sentence more."""
        self.said.append(sentence)
        self.length += len(words(sentence))
        for word in telling(sentence, code):
            self.held |= runs(word)
        self.claims = self.claims or claims(sentence)


def signs(
    sentence: str,
    before: SoFar,
    *,
    code: str,
    block: bool,
    line: bool,
    last: bool,
    total: int,
) -> dict[str, float]:
    """What speaks for and against a new matter at a sentence, each sign 0 to 1 or a small number.

    Args:
        before: the point so far.
        block: whether it opens a paragraph. line: whether it opens a line.
        last: whether nothing more is said after it.
        total: sentences in the letter.
    """
    bare = re.sub(r"^(?:[-–•*·]|\(?\d{1,2}[.)])\s+", "", sentence)
    found = telling(bare, code)
    fresh = sum(2 * len(runs(w) & before.held) < len(runs(w)) for w in found)
    first = next(iter(words(bare)), "")
    adds = bool(_ADDS.search(" ".join(bare.split()[:7])))
    claimed = claims(bare)
    return {
        "always": 1.0,
        "concludes": float(bool(_CONCLUDES.match(bare))),
        "block": float(block),
        "line": float(line and not block),
        "marker": float(bool(_NEW_MATTER.match(bare))),
        "adds": float(adds),
        "leans": float(bool(_LEANS_BACK.match(bare))),
        "and": float(bare[:3].lower() == "og "),
        "but": float(bare[:4].lower() == "men "),
        "headed": float(bool(_HEADED.match(bare)) and (block or line or ":" in bare[:42])),
        "definite": float(bool(_DEFINITE.match(bare)) and not is_stop(first, code)),
        "known": 1 - fresh / len(found) if found else 0.0,
        "asked": float(bool(_ASKS.match(before.said[-1]))),
        "tale": float(bool(_TALE.match(bare))),
        "claimed": float(before.claims),
        "both_claim": float(before.claims and claimed),
        "question": float(sentence.endswith("?")),
        "long_before": log1p(before.length) / 4,
        "sentences_before": float(min(3, len(before.said))) / 3,
        "letter": log1p(total) / 3,
        "last": float(last),
        "there": float(bool(_THERE.match(bare))),
        "fresh": log1p(fresh) / 3,
        "adds_claims": float(adds and claimed),
        "second": float(len(before.said) == 1),
    }


def turns(values: Mapping[str, float]) -> bool:
    """Whether the signs speak for a new matter; never where a sentence concludes, or repeats the point's words."""
    if values["concludes"] or (values["known"] >= _SAME and not values["marker"]):
        return False
    return sum(weight * values[name] for name, weight in WEIGHTS.items()) > 0
