"""Names and quotes keep their rules whatever people write (issue: analysis, rules 5 and 6)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import Grouping, group, sentences
from analysis.describe import FEWEST_HOLD, marks, told_apart
from analysis.lexicon import AND, ATTITUDE, MIXED, NUMBER, OTHER, WRITTEN_IN
from analysis.prepare import WORD, is_stop, normal, stem, words

SPOKEN = (  # noqa: SIM905 (a list of words reads better as words)
    "cykelsti cykelstien cykelparkering træer skole skolen støj bus busser havnen parkering legeplads belysning lys "
    "bænke affald trafikken Birkevej Æblevej åen tusinder femogtyve tyve hundreder og det skal kommunen forslag ikke "
    "ønsker gerne bekymret imod støtter fordi this 😀 2026 12.000 mørkt bibliotek svømmehal"
).split()
OWN_WORDS = {
    word
    for text in (
        *AND.values(),
        *MIXED.values(),
        *OTHER.values(),
        *WRITTEN_IN.values(),
        *(a for c in ATTITUDE.values() for a in c),
    )
    for word in words(text)
}

sayings = st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=12).map(" ".join)
anything = st.one_of(sayings, sayings, sayings, st.text(max_size=60))
hearings = st.lists(anything, min_size=15, max_size=45)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hearings)
def test_no_two_names_are_alike_and_each_is_made_of_words_that_its_points_hold(texts):
    found = group(texts)
    labels = [theme.label.casefold() for theme in found.themes]
    assert len(set(labels)) == len(labels)
    for theme in found.themes:
        held = {word for i in theme.members for word in words(texts[i])}
        above = next((t for t in found.themes if t.key == theme.parent), None)
        known = held | OWN_WORDS | set(words(above.label) if above else ())
        assert set(words(theme.label)) <= known
        assert {normal(word) for word in theme.words} <= held


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hearings)
def test_names_beside_each_other_differ_by_more_than_inflection_and_three_points_hold_their_words(texts):
    """*Bus*, *Bussen* and *Bus og Mosetofte* do not stand side by side."""
    themes = group(texts).themes
    by_parent: dict[str | None, list[frozenset[str]]] = {}
    for theme in themes:
        held = [marks(texts[i], theme.language) for i in theme.members]
        above = next((marks(t.label, t.language) for t in themes if t.key == theme.parent), frozenset())
        own = (
            marks(theme.label, theme.language) - above - {m for word in OWN_WORDS for m in marks(word, theme.language)}
        )
        assert all(sum(mark in words_ for words_ in held) >= FEWEST_HOLD for mark in own)
        if not theme.label.startswith((*OTHER.values(), *MIXED.values(), *WRITTEN_IN.values())):
            for other in by_parent.setdefault(theme.parent, []):
                assert told_apart(own, other) or not (own and other)
            by_parent[theme.parent].append(own)


MOJIBAKE = "Der mangler lys pÃ¥ stien ved Ã¥en"
NFD = unicodedata.normalize("NFD", "Der mangler lys på stien langs åen, så børnene går i mørke")
MIXED_SCRIPTS = [
    "Велосипедная дорожка к школе нужна",
    "نريد مسارا للدراجات إلى المدرسة",
    "自行车道太窄了",
    "Θέλουμε φως",
]
HARD = {
    "decomposed letters": [f"{NFD} ved nummer {i}." for i in range(20)],
    "mojibake": [f"{MOJIBAKE} nummer {i}." for i in range(20)],
    "many scripts": [f"{text} {i}" for i in range(8) for text in (*MIXED_SCRIPTS, "Der mangler lys på stien")],
    "all the same": ["Der mangler lys på stien."] * 30,
    "all empty": [""] * 20,
    "half characters": [f"Der mangler lys \ud800 på stien {i}" for i in range(20)],
    "one giant text": ["Der mangler lys på stien. " * 200_000, *(f"{w} er for smal og bør laves om" for w in SPOKEN)],
}


@pytest.mark.parametrize("texts", HARD.values(), ids=HARD)
def test_whatever_arrives_names_and_quotes_keep_their_rules(texts):
    found = group(texts)
    assert sorted([*found.placements, *found.left_over]) == list(range(len(texts)))
    for theme in found.themes:
        assert unicodedata.is_normalized("NFC", theme.label)
        held = {word for i in theme.members for word in words(texts[i])}
        assert {normal(word) for word in theme.words} <= held
        for quote in theme.quotes:
            whole = {(span.start, span.end) for span in sentences(texts[quote.id])}
            assert (quote.start, quote.end) in whole
            assert texts[quote.id][quote.start : quote.end] == quote.text


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hearings)
def test_no_name_holds_a_stop_word_a_number_word_or_one_stem_twice(texts):
    for theme in group(texts).themes:
        code = theme.language
        bare = [word for word in words(theme.label) if word not in OWN_WORDS]
        assert not [word for word in (*bare, *map(normal, theme.words)) if is_stop(word, code)]
        assert not [word for word in (*bare, *map(normal, theme.words)) if word in NUMBER.get(code, ())]
        assert len({stem(word, code) for word in theme.words}) == len(theme.words)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hearings)
def test_every_point_is_placed_or_counted_and_every_quote_is_word_for_word(texts):
    found: Grouping = group(texts)
    assert sorted([*found.placements, *found.left_over]) == list(range(len(texts)))
    for theme in found.themes:
        assert theme.size == len(theme.members) > 0
        assert theme.quotes, "every theme speaks for itself, the small ones too"
        assert len({quote.id for quote in theme.quotes}) == len(theme.quotes)
        for quote in theme.quotes:
            assert quote.id in theme.members
            assert texts[quote.id][quote.start : quote.end] == quote.text
            assert WORD.search(quote.text)
