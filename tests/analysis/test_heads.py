"""Themes that people want beforehand take in what fits them; the rest gets themes of its own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import Grouping, as_heads, group, read_heads
from analysis.engine import Local, Processes

from .letters import POINTS

TEXTS = [text for _, text in POINTS]
TOPICS = [name for name, _ in POINTS]
WANTED = as_heads({"Lys på stierne": "", "Plads på skolen": "Skolen er fyldt, og eleverne mangler lokaler."})
LIGHT, SCHOOL = WANTED


def theme_of(found: Grouping, i: int) -> str | None:
    placed = found.placements.get(i)
    return (placed.parent or placed.theme) if placed else None


def test_points_go_to_the_head_they_fit_and_the_rest_to_themes_of_their_own():
    found = group(TEXTS, heads=WANTED)
    labels = {theme.key: theme.label for theme in found.themes}
    assert (labels[LIGHT], labels[SCHOOL]) == ("Lys på stierne", "Plads på skolen")
    homes = {key: Counter(TOPICS[i] for i in range(len(TEXTS)) if theme_of(found, i) == key) for key in labels}
    assert homes[LIGHT].most_common(1)[0][0] == "light"
    assert homes[LIGHT]["light"] >= 0.7 * TOPICS.count("light")
    assert homes[SCHOOL].most_common(1)[0][0] == "school"
    others = {theme_of(found, i) for i, topic in enumerate(TOPICS) if topic not in ("light", "school")}
    assert len(others - {None, LIGHT, SCHOOL}) >= 2


def test_a_head_that_nothing_fits_is_not_among_the_themes():
    found = group(TEXTS, heads=WANTED | as_heads({"Vindmøller": ""}))
    assert "Vindmøller" not in [theme.label for theme in found.themes]
    plain = group(TEXTS, heads=as_heads({"Vindmøller": ""}))
    assert plain.digest == group(TEXTS).digest


def test_what_a_person_has_placed_stays_whatever_head_it_fits():
    first = TOPICS.index("light")
    assert theme_of(group(TEXTS, heads=WANTED, pinned={first: SCHOOL}), first) == SCHOOL


def test_a_refit_keeps_the_heads_and_where_points_are():
    before = group(TEXTS, heads=WANTED)
    start = {i: placed.theme for i, placed in before.placements.items()}
    parents = {theme.key: theme.parent for theme in before.themes}
    after = group(TEXTS, heads=WANTED, start=start, parents=parents)
    assert {t.key: t.label for t in after.themes if t.key in WANTED} == {
        t.key: t.label for t in before.themes if t.key in WANTED
    }
    stayed = sum(theme_of(after, i) == theme_of(before, i) for i in range(len(TEXTS)))
    assert stayed >= 0.95 * len(TEXTS)


def test_a_new_head_draws_its_points_from_an_earlier_grouping():
    before = group(TEXTS)
    start = {i: placed.theme for i, placed in before.placements.items()}
    parents = {theme.key: theme.parent for theme in before.themes}
    found = group(TEXTS, heads=as_heads({"Lys på stierne": ""}), start=start, parents=parents)
    assert sum(theme_of(found, i) == LIGHT for i, topic in enumerate(TOPICS) if topic == "light") > 3


def test_the_order_of_points_and_heads_and_the_engine_change_nothing():
    found = group(TEXTS, heads=WANTED)
    turned = group(TEXTS[::-1], ids=range(len(TEXTS))[::-1], heads=dict(reversed(WANTED.items())))
    assert turned.digest == found.digest
    two = Processes(2)
    try:
        here, there = (group(TEXTS, heads=WANTED, engine=engine) for engine in (Local(), two))
    finally:
        two.close()
    assert here.digest == there.digest
    assert {theme.label for theme in here.themes} >= {"Lys på stierne", "Plads på skolen"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lys\nSkoler og børn\n\n  Støj  \n–\n", ["Lys", "Skoler og børn", "Støj"]),
        ("# Plan\n\n## 1 Lys\n\nLamperne slukkes om natten.\n\n## 2 Støj\n\nDer bygges en vold.", ["Lys", "Støj"]),
        ("", []),
    ],
)
def test_a_list_of_names_or_the_sections_of_a_document_are_read(text, names):
    heads = read_heads(text)
    assert [said.partition("\n")[0] for said in heads.values()] == names
    assert ("vold" in "".join(heads.values())) == ("vold" in text)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([*TEXTS, "", "nej", "😀"]), min_size=15, max_size=40),
    st.lists(st.sampled_from(["Lys", "Skole", "Støj og trafik", "x", "Åen", "lys"]), max_size=5),
)
def test_with_any_heads_every_point_is_placed_or_counted_and_no_two_names_are_alike(texts, names):
    heads = as_heads(dict.fromkeys(names, ""))
    found = group(texts, heads=heads)
    assert sorted([*found.placements, *found.left_over]) == list(range(len(texts)))
    labels = [theme.label.casefold() for theme in found.themes]
    assert len(set(labels)) == len(labels)
    assert all(
        theme.label == heads[theme.key].partition("\n")[0] and theme.size
        for theme in found.themes
        if theme.key in heads
    )
