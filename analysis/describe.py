"""Give each theme a name that an officer might have given it: one to three whole words that its inputs use.

Never a stem, never two words with one stem, never a stop word, and no word that fewer than three inputs hold, since
a rare word may name a citizen. Where the cue words of most inputs agree, the attitude goes before the object
("Ønske om cykelsti"). The machine proposes; the planner decides.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

from .lexicon import AND, ATTITUDE, FUNCTION, MIXED, NO_OBJECT, NOUN_BEFORE, NUMBER, OTHER, VERB_AFTER, VERB_BEFORE
from .prepare import WORD, is_stop, stem, stems, word_list, words
from .stance import cue

MOST_WORDS = 8
"""Typical words shown for a theme."""
ATTITUDE_HELD, ATTITUDE_AGREED = 0.3, 0.7
"""Share of the inputs that show an attitude, and share of those that show the same, before it is put in the name."""


FEWEST_HOLD = 3
"""Inputs that must hold a word before it stands in a name or among the typical words."""


@dataclass
class Terms:
    """What the words of one language's inputs look like: one set of stems per input, in order of the inputs."""

    code: str
    held: list[frozenset[str]] = field(default_factory=list)
    """Stems that each input holds."""
    forms: list[Counter[str]] = field(default_factory=list)
    """Word forms of each input, lower case."""
    written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """How each word form is written inside sentences, where a capital means something."""
    pairs: list[frozenset[tuple[str, str]]] = field(default_factory=list)
    """Neighbouring word pairs, lower case, of each input; both carry meaning."""
    attitudes: list[str] = field(default_factory=list)
    """The one attitude that each input's cue words show; empty where none or several."""
    inputs: Counter[str] = field(default_factory=Counter)
    """Number of inputs that hold each stem."""
    nouns: Counter[str] = field(default_factory=Counter)
    verbs: Counter[str] = field(default_factory=Counter)
    adjectives: set[str] = field(default_factory=set)

    def noun(self, term: str) -> float:
        """How noun-like a stem is used in these inputs, 0 to 1."""
        return 0.0 if term in self.adjectives else (self.nouns[term] + 1) / (self.nouns[term] + self.verbs[term] + 2)

    def case(self, word: str) -> str:
        """A word as most write it inside a sentence."""
        seen = self.written.get(word)
        if not seen:
            return word.capitalize() if self.code == "de" else word
        usual = min(seen, key=lambda form: (-seen[form], form != word, form))
        return word if usual.isupper() and len(usual) > 5 else usual

    def named(self, word: str) -> bool:
        """Whether a word looks like the name of a place or a person: nearly always with a capital."""
        seen = self.written.get(word)
        if self.code == "de" or not seen:
            return False
        return sum(n for form, n in seen.items() if form[0].isupper()) >= 0.8 * seen.total()


def terms(texts: Sequence[str], code: str) -> Terms:
    """Read the words of inputs once, for all the names."""
    found = Terms(code)
    stem_of: dict[str, str | None] = {}
    leads = list(ATTITUDE.get(code, ()))
    for text in texts:
        plain = unicodedata.normalize("NFC", text)
        held: set[str] = set()
        forms: Counter[str] = Counter()
        pairs: set[tuple[str, str]] = set()
        said: list[str] = []
        before = last = ""
        end = 0
        for at in WORD.finditer(plain):
            form = at.group()
            word = form.lower()
            gap = plain[end : at.start()]
            opens = end == 0 or not _OPENS.isdisjoint(gap)
            end = at.end()
            said.append(word)
            if word not in stem_of:
                stem_of[word] = None if _names_nothing(word, code) else stem(word, code)
            term = stem_of[word]
            if term is not None:
                held.add(term)
                forms[word] += 1
                if not opens:
                    found.written[word][form] += 1
                if code != "de":
                    found.nouns[term] += before in NOUN_BEFORE.get(code, ())
                    found.verbs[term] += before in VERB_BEFORE.get(code, ())
                elif not opens:
                    found.nouns[term] += form[0].isupper()
                    found.verbs[term] += form[0].islower()
                if last and gap.isspace():
                    pairs.add((before, word))
            if last and word in VERB_AFTER.get(code, ()):
                found.verbs[last] += 1
            before, last = word, term or ""
        found.held.append(frozenset(held))
        found.forms.append(forms)
        found.pairs.append(frozenset(pairs))
        shown = cue(said, code)
        found.attitudes.append(leads[shown[0]] if shown else "")
        found.inputs.update(held)
    if code == "da":
        found.adjectives = {term for word, term in stem_of.items() if term is not None and _no_noun(word)}
    return found


_OPENS = frozenset('.!?:;\n\r•–-()"“”»«')
"""After these a capital says nothing."""


def _no_noun(word: str) -> bool:
    """Whether a Danish word that the dictionary holds has no definite form there (*trafikken*, *lampen*): no noun."""
    known = word_list("da")
    if (base := known.get(word)) is None:
        return False
    ends = ("en", "et", "n", "t", "ne", "erne", "ene", "rne", base[-1] + "en", base[-1] + "et")
    return all(known.get(base + end) is None for end in ends if end not in ("n", "t", "ne") or base.endswith("e"))


def _is_verb(word: str) -> bool:
    """Whether a Danish word is a form of a verb that no noun has: *sagde*, *læst*, *ryddes*, *luk*."""
    known = word_list("da")
    base = known.get(word)
    if base is None or not base.endswith("e") or known.get(base + "r") is None or word.endswith("er"):
        return False
    return word not in (base, base + "n", base + "t", base + "rne")


def _names_nothing(word: str, code: str) -> bool:
    if len(word) < 3 or is_stop(word, code) or word in NO_OBJECT.get(code, ()):
        return True
    if word in NUMBER.get(code, ()) or any(
        word in FUNCTION[other] and word_list(code).get(word) is None for other in FUNCTION if code in ("da", "de")
    ):
        return True
    return code == "da" and _is_verb(word)


@dataclass(frozen=True)
class Name:
    """The proposed name of a theme, and the words that are typical of it, most typical first."""

    label: str
    words: tuple[str, ...]
    inside: str = ""
    """The name as it stands inside a sentence, without the first capital; empty for what has no word of its own."""


def describe(
    known: Terms,
    groups: Mapping[str, Sequence[int]],
    *,
    within: Mapping[str, str | None],
    attitude: Callable[[str], bool],
    taken: set[str],
    given: Mapping[str, str] | None = None,
) -> dict[str, Name]:
    """Name groups of inputs, no two alike.

    Args:
        groups: places in `known` of each group's inputs, by key.
        within: the key of the theme that a group lies in: a group is told apart from its siblings, and does not
            repeat the theme's name.
        attitude: whether a group's name may begin with an attitude.
        taken: names already used, in lower case; added to.
        given: names that a person has given, by key; they stand as they are.
    """
    given = {key: name for key, name in (given or {}).items() if key in groups}
    taken |= {name.lower() for name in given.values()}
    names: dict[str, Name] = {}
    siblings: dict[str | None, list[str]] = defaultdict(list)
    for key in groups:
        siblings[within.get(key)].append(key)
    for parent in sorted(siblings, key=lambda p: (p is not None, p or "")):
        around: Counter[str] = Counter()
        total = 0
        for key in siblings[parent]:
            total += len(groups[key])
            around.update(s for i in groups[key] for s in known.held[i])
        avoid = marks(names[parent].label, known.code) if parent in names else frozenset()
        beside = [known_by for key in siblings[parent] if (known_by := marks(given.get(key, ""), known.code))]
        for key in siblings[parent]:
            if key in given:
                names[key] = Name(given[key], _typical(known, groups[key], around, total), given[key])
                continue
            above = names[parent].inside if parent in names else ""
            names[key] = _name(known, groups[key], around, total, avoid, above, attitude(key), taken, beside)
            if names[key].inside:
                beside.append(marks(names[key].inside, known.code))
    return names


def marks(label: str, code: str) -> frozenset[str]:
    """What a name is known by whatever its inflection: *Bus*, *Bussen* and *busser* are one, and small words none."""
    return frozenset(_mark(word, code) for word in words(label) if not is_stop(word, code) and word != AND[code])


def _mark(word: str, code: str) -> str:
    found = stem(word, code)
    return found[:-1] if len(found) > 2 and found[-1] == found[-2] else found


def told_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names beside each other say different things: none holds all that the other is known by."""
    return not (one <= other or other <= one)


def _name(
    known: Terms,
    inputs: Sequence[int],
    around: Counter[str],
    total: int,
    avoid: frozenset[str],
    above: str,
    attitude: bool,
    taken: set[str],
    beside: Sequence[frozenset[str]],
) -> Name:
    forms = _forms(known, inputs)
    ranked = [term for term in _ranked(known, inputs, around, total) if term in forms]
    typical = tuple(forms[term] for term in ranked[:MOST_WORDS])
    lead = _attitude(known, inputs) if attitude else ""
    own = [term for term in ranked if _mark(forms[term].lower(), known.code) not in avoid]
    proposals = [(term, _label(known, inputs, own[skip:], forms)) for skip, term in enumerate(own[:12])]
    pairs = [(one, f"{forms[one]} {AND[known.code]} {forms[two]}") for one, two in pairwise(own[:6])]
    for term, inside in (*proposals, *(pair for pair in pairs if not _alike(*pair[1].lower().split(" ")[::2]))):
        if not all(told_apart(marks(inside, known.code), other) for other in beside):
            continue
        leads = lead and known.noun(term) >= 0.5 and not marks(lead, known.code) & marks(inside, known.code)
        for name in (f"{lead} {inside}", inside) if leads else (inside,):
            if name.lower() not in taken:
                taken.add(name.lower())
                return Name(name[0].upper() + name[1:], typical, inside)
    base = f"{OTHER[known.code]} {above}" if above else MIXED[known.code]
    said = marks(base, known.code)
    fresh = [word for word in typical if told_apart(marks(word, known.code), said)]
    told = (base, *(f"{base}: {word}" for word in fresh), *(f"{base} ({i})" for i in range(2, len(taken) + 3)))
    label = next(name for name in told if name.lower() not in taken)
    taken.add(label.lower())
    return Name(label, typical)


def _typical(known: Terms, inputs: Sequence[int], around: Counter[str], total: int) -> tuple[str, ...]:
    """The words that tell these inputs apart, the most typical first."""
    forms = _forms(known, inputs)
    return tuple(forms[term] for term in _ranked(known, inputs, around, total) if term in forms)[:MOST_WORDS]


def _least(size: int) -> int:
    """How many inputs must hold a word before it may stand in a name: three, 5 % from sixty.

    A name is read by everybody, and what one or two have written may point at them.
    """
    return max(FEWEST_HOLD, min(20, size // 20))


def _ranked(known: Terms, inputs: Sequence[int], around: Counter[str], total: int) -> list[str]:
    """Stems by how typical they are here (c-TF-IDF after Grootendorst 2022, over inputs), nouns before verbs."""
    here = Counter(s for i in inputs for s in known.held[i])
    size = len(inputs)
    rest = max(1, total - size)
    names = {stem(word, known.code) for i in inputs for word in known.forms[i] if known.named(word)}

    def value(term: str) -> float:
        inside, outside = here[term] / size, (around[term] - here[term]) / rest
        rarity = log(1 + len(known.held) / known.inputs[term])
        lift = inside / (inside + outside)
        return inside**0.8 * rarity * lift * (0.15 + 1.2 * known.noun(term)) * (0.4 if term in names else 1.0)

    kept = [term for term, n in here.items() if n >= _least(size)]
    return sorted(kept, key=lambda term: (-round(value(term), 9), term))


def _forms(known: Terms, inputs: Sequence[int]) -> dict[str, str]:
    """The form that stands for each stem here, as written: the shortest of the frequent ones (*cykelsti*, not
    *cykelstierne*), so that a name does not speak of one certain thing."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for i in inputs:
        for word, n in known.forms[i].items():
            counted[stem(word, known.code)][word] += n
    shown = {}
    for term, forms in counted.items():
        enough = 0.25 * max(forms.values())
        certain = _DEFINITE if known.code == "da" else ()
        shown[term] = min(
            (w for w in forms if forms[w] >= enough), key=lambda w: (w.endswith(certain), len(w), -forms[w], w)
        )
    return {term: known.case(word) for term, word in shown.items()}


_DEFINITE = ("en", "et", "erne", "ene")


def _label(known: Terms, inputs: Sequence[int], ranked: Sequence[str], forms: Mapping[str, str]) -> str:
    """One object, or two joined by "og" where the second speaks for inputs that the first does not."""
    head = ranked[0]
    first = _pair(known, inputs, head) or forms[head]
    used = _stems_of(first, known.code)
    rest = [i for i in inputs if head not in known.held[i]]
    if len(rest) < 0.3 * len(inputs):
        return first
    for term in ranked[1:8]:
        second = forms[term]
        if _stems_of(second, known.code) & used or _alike(first.lower(), second.lower()) or known.noun(term) < 0.5:
            continue
        if sum(term in known.held[i] for i in rest) >= max(2, 0.08 * len(inputs)):
            return f"{first} {AND[known.code]} {second}"
    return first


def _alike(one: str, other: str) -> bool:
    """Whether two words look like one: the same first five letters, or one inside the other."""
    return one[:5] == other[:5] or one in other or other in one


def _stems_of(label: str, code: str) -> frozenset[str]:
    return frozenset(
        s
        for word in WORD.findall(label.lower())
        for s in (*stems(word, code), stem(word, code))
        if not is_stop(word, code)
    )


def _pair(known: Terms, inputs: Sequence[int], head: str) -> str:
    """Two neighbouring words that cover at least half of the inputs holding the head word ("grøn omstilling")."""
    holding = [i for i in inputs if head in known.held[i]]
    found = Counter(
        pair
        for i in holding
        for pair in known.pairs[i]
        if head in (stem(pair[0], known.code), stem(pair[1], known.code))
    )
    if not found:
        return ""
    pair = min(found, key=lambda p: (-found[p], p))
    if found[pair] < max(_least(len(inputs)), 2, 0.5 * len(holding)) or len({stem(w, known.code) for w in pair}) < 2:
        return ""
    return " ".join(known.case(word) for word in pair)


def _attitude(known: Terms, inputs: Sequence[int]) -> str:
    """The one attitude whose cue words most inputs agree on, or nothing."""
    shown = Counter(name for i in inputs if (name := known.attitudes[i]))
    if not shown:
        return ""
    best = min(shown, key=lambda name: (-shown[name], name))
    enough = max(2, ATTITUDE_HELD * len(inputs))
    return best if shown[best] >= enough and shown[best] >= ATTITUDE_AGREED * shown.total() else ""
