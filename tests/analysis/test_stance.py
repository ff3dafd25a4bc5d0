"""What attitude a text shows: only by words that stand in it, never against what they say (issue: analysis, rule 6)."""

from __future__ import annotations

import unicodedata
from string import ascii_letters

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analyse import analyse
from analysis.lexicon import ATTITUDE, NOT
from analysis.report import as_html
from analysis.stance import STANCES, stance

CUES = sorted({word for kinds in ATTITUDE.values() for cues in kinds.values() for word in cues})
SMALL = [word for words in NOT.values() for word in words]
texts = st.lists(st.one_of(st.sampled_from(CUES), st.sampled_from(SMALL), st.text(max_size=12)), max_size=12).map(
    " ".join
)


@pytest.mark.parametrize(
    ("text", "code", "shown", "word"),
    [
        ("Vi ønsker os en bænk ved åen.", "da", "wish", "ønsker"),
        ("Jeg er BEKYMRET for børnene.", "da", "concern", "BEKYMRET"),
        ("Min mand støtter planen.", "da", "support", "støtter"),
        ("Jeg er imod højhuset.", "da", "opposition", "imod"),
        ("We are worried about the traffic.", "en", "concern", "worried"),
        ("Ich bin dagegen.", "de", "opposition", "dagegen"),
        (
            unicodedata.normalize("NFD", "Vi fraråder det 🙂"),
            "da",
            "opposition",
            unicodedata.normalize("NFD", "fraråder"),
        ),
    ],
)
def test_a_text_shows_what_its_cue_word_says(text, code, shown, word):
    found = stance(text, code)
    assert found is not None
    assert (found.stance, text[found.start : found.end]) == (shown, word)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jeg er ikke imod planen.", "da"),
        ("Vi er slet ikke enige.", "da"),
        ("We do not support it.", "en"),
        ("Jeg støtter planen, men er bekymret for trafikken.", "da"),
        ("Der står tre træer ved kirken.", "da"),
        ("Nous sommes contre.", "fr"),
        ("", "da"),
    ],
)
def test_what_is_denied_what_points_two_ways_and_what_says_nothing_shows_none(text, code):
    assert stance(text, code) is None


@settings(deadline=None)
@given(texts, st.sampled_from(sorted(ATTITUDE)))
def test_a_stance_always_stands_in_the_text_as_a_cue_of_its_kind(text, code):
    found = stance(text, code)
    if found is not None:
        word = unicodedata.normalize("NFC", text[found.start : found.end]).lower()
        assert word in list(ATTITUDE[code].values())[STANCES.index(found.stance)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet=ascii_letters + " .\n", max_size=60), min_size=1, max_size=4))
def test_the_counts_of_a_theme_are_those_of_its_points(said):
    """Sixteen wishes and doubts about one path make a theme; whatever else is said stands beside them."""
    path = [
        f"Vi {'ønsker' if i % 2 else 'er utrygge ved'} belysning på stien ved skolen nummer {i}." for i in range(16)
    ]
    answers = [*path, *said]
    found = analyse([str(i) for i in range(len(answers))], answers)
    for theme in found.themes:
        mine = [point for point in found.points if point.theme == theme.key]
        counted = found.stances(theme)
        assert sum(counted.values()) <= theme.size == len(mine)
        assert counted == {name: sum(point.stance == name for point in mine) for name in STANCES}
        for point in mine:
            if point.cue is not None:
                assert any(span.start <= point.cue.start < point.cue.end <= span.end for span in point.spans)
    assert sum(found.stances(theme)["wish"] for theme in found.themes) >= 7
    assert "Holdninger i punkternes egne ord" in as_html(found, "Stien")
