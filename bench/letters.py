"""Letters for measuring duplicates: one in ten made from a few templates at five edit levels, the rest real texts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

TEMPLATES = 25
"""Letters of four sentences that many send."""
LEVELS = 5
"""0 case, space and punctuation; 1 own greeting, place and name added; 2 a tenth of the words replaced; 3 a fifth left
out; 4 three in ten replaced and fifteen words put in. New words are taken from the material all around."""


def mixed(
    n: int, sentences: Sequence[str], background: Sequence[str], seed: int = 5
) -> tuple[list[str], list[tuple[int, int] | None]]:
    """Texts in random order, each with its template and edit level, or None; templates share no sentence."""
    chance = random.Random(seed)
    said = chance.sample(list(sentences), 4 * TEMPLATES)
    templates = [" ".join(said[i : i + 4]) for i in range(0, len(said), 4)]
    vocabulary = [word for text in (*sentences, *background) for word in text.split()]
    rest = list(dict.fromkeys(chance.sample(list(background), min(len(background), 9 * n // 10))))
    while len(rest) < 9 * n // 10:
        words = chance.choice(background).split()
        chance.shuffle(words)
        rest.append(" ".join(words))
    rows: list[tuple[str, tuple[int, int] | None]] = [(text, None) for text in rest]
    for i in range(n // 10):
        template, level = chance.randrange(len(templates)), i % LEVELS
        rows.append((_edited(templates[template], level, vocabulary, chance), (template, level)))
    chance.shuffle(rows)
    return [text for text, _ in rows], [truth for _, truth in rows]


def _edited(text: str, level: int, vocabulary: list[str], chance: random.Random) -> str:
    words = text.split()
    if level == 0:
        return chance.choice([text.upper(), text.lower(), text.replace(". ", ".\n"), "  " + text.replace(",", " ,")])
    if level == 1:
        own = [chance.choice(vocabulary) for _ in range(6)]
        return f"Kære {own[0]}\nJeg bor i {own[1]} ved {own[2]}.\n{text}\nVenlig hilsen\n{own[3]} {own[4]}, {own[5]}"
    if level == 3:
        return " ".join(word for word in words if chance.random() > 0.2)
    share = 0.1 if level == 2 else 0.3
    words = [chance.choice(vocabulary) if chance.random() < share else word for word in words]
    for _ in range(15 if level == 4 else 0):
        words.insert(chance.randrange(len(words) + 1), chance.choice(vocabulary))
    return " ".join(words)


def measured(truth: Sequence[tuple[int, int] | None], groups: Sequence[Sequence[int]]) -> tuple[float, list[float]]:
    """Precision over pairs with at least one letter; for each level the share found in its template's main group."""
    right = wrong = 0
    group_of = {member: number for number, members in enumerate(groups) for member in members}
    for members in groups:
        made = Counter(truth[m][0] for m in members if truth[m] is not None)  # type: ignore[index]
        letters = sum(made.values())
        same = sum(n * (n - 1) // 2 for n in made.values())
        right += same
        wrong += letters * (letters - 1) // 2 - same + letters * (len(members) - letters)
    held: dict[int, Counter[int]] = {}
    for i, told in enumerate(truth):
        if told is not None and i in group_of:
            held.setdefault(told[0], Counter())[group_of[i]] += 1
    main = {template: counted.most_common(1)[0][0] for template, counted in held.items()}
    found = [0] * LEVELS
    all_ = [0] * LEVELS
    for i, told in enumerate(truth):
        if told is not None:
            all_[told[1]] += 1
            found[told[1]] += i in group_of and group_of[i] == main.get(told[0])
    return right / max(1, right + wrong), [f / max(1, a) for f, a in zip(found, all_, strict=True)]
