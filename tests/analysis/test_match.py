"""Campaign letters are one group; what each sender wrote beside them stands out."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import alike, campaigns, own_lines
from analysis.match import in_order

from .letters import POINTS

SHARED = (
    "Vi protesterer mod planerne om at bygge højhuse på den gamle havneplads. Udsigten til fjorden forsvinder for "
    "hundredvis af familier i kvarteret. Trafikken gennem de smalle gader vil vokse til det dobbelte. Kommunen bør i "
    "stedet lave en park, hvor alle kan færdes. Bevar havnen som et åbent sted for hele byen."
)
OWN = [
    "Min datter lærte at svømme i havnebadet.",
    "Jeg har en kiosk på hjørnet og frygter for mine kunder.",
    "Som ornitolog vil jeg nævne ternerne på molen.",
    "Vores bådelaug har ligget der siden krigen.",
]


def variants(n: int = 40) -> list[str]:
    """The shared letter as people send it: other case, greetings, lost words, changed words, a line of their own."""
    draw = random.Random(11)
    letters = []
    for i in range(n):
        bag = SHARED.split()
        if i % 5 == 1:
            bag = [w for w in bag if draw.random() > 0.12]
        if i % 5 == 2:
            bag = [draw.choice(["måske", "altså", "netop"]) if draw.random() < 0.08 else w for w in bag]
        text = " ".join(bag)
        if i % 5 == 3:
            text = text.upper()
        if i % 5 == 4:
            text = f"Kære politikere\r\n\r\n{text}\r\n\r\n{OWN[i // 5 % 4]}\r\n\r\nMvh Test nr. {i}"
        letters.append(text)
    return letters


@pytest.fixture(scope="module")
def found():
    texts = [text for _, text in POINTS] + variants()
    return campaigns(texts, ids=list(range(len(texts))))


def test_forty_variants_of_a_letter_are_one_campaign_without_strangers(found):
    assert [c.kind for c in found] == ["letter"]
    assert found[0].members == tuple(range(len(POINTS), len(POINTS) + 40))


def test_the_evidence_names_a_pair_for_every_member_but_the_medoid(found):
    campaign = found[0]
    assert campaign.medoid in campaign.members
    assert {i for a, b, _ in campaign.evidence for i in (a, b)} == set(campaign.members)
    assert all(0.35 <= share <= 1 for _, _, share in campaign.evidence)


def test_the_order_of_the_letters_changes_nothing(found):
    texts = [text for _, text in POINTS] + variants()
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    assert campaigns([texts[i] for i in order], ids=order) == found


def test_short_equal_texts_are_told_apart_from_campaigns():
    found = campaigns(["Ingen bemærkninger", "ingen bemærkninger!", "Noget helt andet"])
    assert [(c.kind, c.members) for c in found] == [("short", (0, 1))]


def test_two_letters_that_share_a_stock_phrase_are_no_campaign():
    one = "Vi har med interesse læst forslaget til lokalplan og ønsker flere træer langs den nye vej ved søen."
    two = "Vi har med interesse læst forslaget om skolens udvidelse og er bekymrede for børnenes legeplads bag hallen."
    assert campaigns([one, two]) == ()


def test_a_chain_of_half_alike_letters_is_not_one_campaign():
    bag = [f"ord{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(120)]
    chain = [" ".join(bag[i : i + 40]) for i in range(0, 81, 20)]
    assert all(len(c.members) < len(chain) for c in campaigns(chain))


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["hej"], ["🙂", "🙂"]])
def test_nothing_and_next_to_nothing_have_no_campaign(texts):
    assert campaigns(texts) == ()


def test_own_lines_are_those_that_the_shared_letter_does_not_hold():
    text = f"Kære politikere\r\n\r\n{SHARED}\r\n\r\n{OWN[0]} 🙂"
    own = [text[s.start : s.end] for s in own_lines(text, SHARED)]
    assert own == ["Kære politikere", OWN[0]]


def test_a_copy_in_capitals_has_no_own_line():
    assert own_lines(SHARED.upper(), SHARED) == ()


def test_the_nearest_text_comes_first_with_the_words_both_hold():
    texts = [text for _, text in POINTS]
    first = alike(["Der er bælgmørkt på stien, lamperne lyser ikke"], texts, 3)[0]
    assert [POINTS[hit.id][0] for hit in first][:2] == ["light", "light"]
    assert first[0].score >= first[1].score
    assert set(first[0].words) <= {"bælgmørkt", "stien", "lamperne", "lyser"}
    assert first[0].words


def test_nothing_is_alike_where_there_is_nothing():
    assert alike([], ["a"]) == ()
    assert alike(["lys på stien"], []) == ((),)
    assert alike([""], ["lys på stien"]) == ((),)


def naive(one, other):
    row = [0] * (len(other) + 1)
    for a in one:
        before = row
        row = [0]
        for place, b in enumerate(other):
            row.append(before[place] + 1 if a == b else max(before[place + 1], row[-1]))
    return row[-1]


@given(st.lists(st.sampled_from("abcd"), max_size=20), st.lists(st.sampled_from("abcd"), max_size=20))
def test_words_in_the_same_order_are_counted_as_by_the_book(one, other):
    assert in_order(one, other) == naive(one, other)


def test_a_letter_that_each_rewrote_is_found_and_shows_how_much_it_follows():
    words = SHARED.split()
    rewritten = " ".join(w if i % 4 else "anderledes" for i, w in enumerate(words))
    (campaign,) = campaigns([SHARED] * 3 + [rewritten] + OWN)
    assert campaign.members == (0, 1, 2, 3)
    assert (0, 3, pytest.approx(0.75, abs=0.02)) in list(campaign.evidence)


def test_unlike_letters_on_one_matter_are_no_campaign():
    assert campaigns([SHARED] * 3 + [text for _, text in POINTS])[0].members == (0, 1, 2)


def test_one_letter_in_very_many_hands_is_one_campaign_with_everyone_in_it():
    letter = "Vi beder byrådet om at bevare de gamle træer ved søen og lægge parkeringen et andet sted."
    said = [f"{letter} Hilsen {name}" for name in ("Bo Åen", "Ida Holm", "Ulla Bæk")] + [letter] * 5000
    (found,) = campaigns(said)
    assert found.members == tuple(range(5003))
    assert len(found.evidence) == 5002
