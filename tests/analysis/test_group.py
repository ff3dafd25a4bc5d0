"""Points become themes and topics, and nobody is lost."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import Grouping, assign, group

from .letters import POINTS

ROOT = Path(__file__).parents[2]


def everyone(grouping: Grouping) -> list[int]:
    return sorted([*grouping.placements, *grouping.left_over])


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [text for _, text in POINTS]


def test_themes_of_unlike_points_are_said_to_be_weak(grouping):
    assert grouping.is_weak


def test_themes_that_every_run_finds_are_not_said_to_be_weak():
    alike = [f"{words} nummer {n}" for words in ("Cykelstien er mørk", "Bussen kører sjældent") for n in "abcdefghij"]
    assert not group(alike, themes=2).is_weak


@pytest.fixture(scope="module")
def grouping(texts) -> Grouping:
    return group(texts)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 10, 14])
def test_under_fifteen_points_stay_one_plain_list(texts, n):
    grouping = group(texts[:n])
    assert grouping.themes == ()
    assert everyone(grouping) == list(range(n))


@pytest.mark.parametrize("n", [15, 16, 20, 30])
def test_from_fifteen_points_there_are_themes_and_everyone_is_counted(texts, n):
    grouping = group(texts[:n])
    assert grouping.themes
    assert everyone(grouping) == list(range(n))
    assert sum(t.size for t in grouping.themes if t.parent is None) == len(grouping.placements)


def test_identical_texts_are_one_theme():
    grouping = group(["Der mangler lys på stien ved skolen."] * 20)
    assert [t.size for t in grouping.themes] == [20]
    assert grouping.left_over == ()


def test_fewer_unlike_texts_than_wished_themes_give_fewer_themes(texts):
    grouping = group((texts[:3] + texts[-3:]) * 4, themes=12)
    assert 1 <= sum(t.parent is None for t in grouping.themes) <= 6
    assert everyone(grouping) == list(range(24))


def test_empty_texts_and_texts_of_small_words_are_left_over_not_lost(texts):
    said = [*texts[:20], "", "   ", "Nej", "Det er der ikke noget at sige til", "🙂", "123"]
    grouping = group(said)
    assert grouping.left_over == (20, 21, 22, 23, 24, 25)
    assert everyone(grouping) == list(range(26))


def test_only_small_words_give_no_themes():
    grouping = group(["og det er det"] * 20)
    assert grouping.themes == ()
    assert grouping.left_over == tuple(range(20))


def test_the_order_of_input_changes_nothing(texts, grouping):
    order = list(range(len(texts)))
    random.Random(5).shuffle(order)
    again = group([texts[i] for i in order], ids=order)
    assert again.digest == grouping.digest
    assert again.themes == grouping.themes
    assert again.placements == grouping.placements


def test_a_fresh_process_finds_the_same(grouping):
    code = (
        "from analysis import group\n"
        "from tests.analysis.letters import POINTS\n"
        "print(group([text for _, text in POINTS]).digest)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == grouping.digest


def test_two_points_with_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        group(["a", "b"], ids=[1, 1])


def test_a_new_point_is_placed_at_once_with_reasons(grouping):
    placement = assign(grouping.model, "Der bør være meget mere lys på stien, for den er mørk.")
    assert placement is not None
    assert placement.theme in {t.key for t in grouping.themes}
    assert {word for word, _ in placement.why} & {"lys", "stien", "mørk"}


def home(grouping: Grouping) -> dict[int, str]:
    return {i: p.theme for i, p in grouping.placements.items()}


def top(grouping: Grouping, i: int) -> str:
    return grouping.placements[i].parent or grouping.placements[i].theme


def test_what_a_person_has_pinned_stays_whatever_the_words_say(texts):
    """RP-37: human work survives a new run."""
    grouping = group(texts, pinned={0: "by-hand", 1: "by-hand", 7: "under.other"}, parents={"under.other": "roof"})
    assert home(grouping)[0] == home(grouping)[1] == "by-hand"
    assert grouping.placements[7].theme == "under.other"
    assert grouping.placements[7].parent == "roof"
    assert grouping.placements[0].sureness == 1.0
    assert {"by-hand", "under.other", "roof"} <= {t.key for t in grouping.themes}


def test_a_pinned_point_stays_even_in_a_small_hearing_and_without_words(texts):
    grouping = group([*texts[:3], ""], pinned={3: "by-hand"})
    assert [(t.key, t.members) for t in grouping.themes] == [("by-hand", (3,))]
    assert grouping.left_over == (0, 1, 2)


def test_points_that_a_person_has_linked_share_a_theme(texts, grouping):
    apart = next((a, b) for a in range(50) for b in range(a + 1, 50) if top(grouping, a) != top(grouping, b))
    linked = group(texts, must_link=[apart])
    assert home(linked)[apart[0]] == home(linked)[apart[1]]


def test_a_wished_number_of_themes_is_met(texts):
    grouping = group(texts, themes=4)
    assert sum(t.parent is None for t in grouping.themes) == 4


def test_a_new_run_from_the_old_one_keeps_the_keys_and_moves_hardly_anyone(texts, grouping):
    more = [*texts, "Der er for mørkt på stien ved hallen om aftenen.", "Sæt en lampe op ved busstoppestedet."]
    again = group(more, start=home(grouping), parents={t.key: t.parent for t in grouping.themes})
    stayed = sum(top(again, i) == top(grouping, i) for i in home(grouping))
    assert stayed >= 0.9 * len(home(grouping))
    assert {t.key for t in again.themes if t.parent is None} <= {t.key for t in grouping.themes}
    assert everyone(again) == list(range(len(more)))


def test_near_identical_texts_share_a_theme(texts):
    grouping = group([*texts, texts[4].upper(), texts[4] + " 🙂", texts[4]])
    assert len({home(grouping)[i] for i in (4, 50, 51, 52)}) == 1


def test_the_few_in_another_language_have_one_theme_of_their_own(texts):
    said = [*texts, "Please build a safe cycle path to the school for our children.", "We want more trees in the park."]
    grouping = group(said)
    theme = next(t for t in grouping.themes if t.members == (50, 51))
    assert theme.label == "Skrevet på engelsk"
    assert grouping.languages == {"da": 50, "en": 2}


def test_two_large_languages_are_grouped_each_by_itself(texts):
    german = [
        "Hier fehlt ein Radweg zur Schule.",
        "Die Ampel ist für Fußgänger zu kurz.",
        "Wir brauchen mehr Bäume im Park.",
    ]
    grouping = group(
        [*texts[:20], *(f"{t} Das ist Nummer {chr(97 + i)}{chr(98 + i)}." for i in range(6) for t in german)]
    )
    assert {t.language for t in grouping.themes} == {"da", "de"}
    for theme in grouping.themes:
        assert len({i < 20 for i in theme.members}) == 1


def test_every_reason_is_a_word_of_the_text_and_speaks_for_the_theme(texts, grouping):
    for i, placement in grouping.placements.items():
        assert all(word in texts[i] and weight > 0 for word, weight in placement.why)
        assert 0 <= placement.sureness <= 1
        assert placement.next_best != placement.theme


def test_themes_hold_their_topics_points_and_no_other(grouping):
    by_key = {t.key: t for t in grouping.themes}
    for theme in grouping.themes:
        assert theme.size == len(theme.members)
        assert 0 <= theme.firmness <= 1
        if theme.parent is not None:
            assert set(theme.members) <= set(by_key[theme.parent].members)
    assert all(i in by_key[p.theme].members for i, p in grouping.placements.items())


def test_quotes_stand_word_for_word_in_the_members_texts(texts, grouping):
    assert all(theme.quotes for theme in grouping.themes)
    for theme in grouping.themes:
        for quote in theme.quotes:
            assert quote.id in theme.members
            assert texts[quote.id][quote.start : quote.end] == quote.text


def test_progress_never_goes_back_and_ends_near_the_end(texts):
    told: list[tuple[float, str]] = []
    group(texts, progress=lambda done, what: told.append((done, what)))
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert 0.9 <= shares[-1] <= 1.0


def test_a_hearing_larger_than_the_sample_still_places_everyone(texts, monkeypatch):
    module = sys.modules["analysis.group"]
    monkeypatch.setattr(module, "SAMPLE", 30)
    grouping = group(texts)
    assert everyone(grouping) == list(range(50))
    assert len(grouping.placements) >= 45
