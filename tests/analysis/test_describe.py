"""A theme has the name an officer might have given it."""

from __future__ import annotations

import pytest

from analysis import group
from analysis.describe import describe, terms
from analysis.prepare import is_stop, stem, words

from .letters import POINTS

ATTITUDES = {"ønske", "bekymring", "støtte", "modstand", "andet"}
PATH = [
    "Der mangler en cykelsti langs hovedgaden.",
    "Anlæg en cykelsti til skolen, og sæt belysning op.",
    "Cykelstien ved stationen er for smal.",
    "Belysning på cykelstierne gør dem trygge.",
]
BUILD = [
    "Byggeriet er for højt.",
    "Et byggeri i fem etager skygger for haverne.",
    "Byggeriet bør have færre etager.",
    "Etagerne giver indblik.",
]


def name(groups: dict[str, list[str]], attitude: bool = False, taken: set[str] | None = None) -> dict[str, str]:
    texts = [t for group_ in groups.values() for t in group_]
    places, at = {}, 0
    for key, group_ in groups.items():
        places[key] = list(range(at, at + len(group_)))
        at += len(group_)
    used = set() if taken is None else taken
    found = describe(terms(texts, "da"), places, within={}, attitude=lambda key: attitude, taken=used)
    return {key: found_.label for key, found_ in found.items()}


@pytest.fixture(scope="module")
def grouping():
    return group([text for _, text in POINTS] * 2)


def test_a_name_is_made_of_whole_compounds_in_their_plain_form():
    assert name({"path": PATH, "build": BUILD}) == {"path": "Cykelsti", "build": "Byggeri"}


def test_no_two_themes_have_the_same_name(grouping):
    labels = [t.label.lower() for t in grouping.themes]
    assert len(labels) == len(set(labels))
    twins = name({"one": PATH, "two": list(PATH)})
    assert twins["one"] != twins["two"]


def test_a_name_already_taken_is_not_given_again():
    assert name({"path": PATH, "build": BUILD}, taken={"cykelsti"})["path"] != "Cykelsti"


def test_a_name_holds_no_small_word_and_no_two_words_with_one_stem(grouping):
    for theme in grouping.themes:
        assert theme.label[0].isupper()
        named = [w for w in words(theme.label) if w not in ("og", "om", "for", "til", "mod")]
        assert 1 <= len(named) <= 4
        assert not any(
            is_stop(w, "da") for w in named if w not in ("ønske", "bekymring", "støtte", "modstand", "andet")
        )
        assert len({stem(w, "da") for w in named}) == len(named)


def test_the_words_of_a_name_stand_in_its_points(grouping):
    texts = [text for _, text in POINTS] * 2
    for theme in grouping.themes:
        spoken = {w for i in theme.members for w in words(texts[i])}
        assert (
            set(theme.words)
            <= {w for i in theme.members for w in texts[i].replace(",", " ").replace(".", " ").split()} | spoken
        )


def test_a_word_of_one_input_only_never_names_a_theme():
    unlike = ["Fru Testesen bor der.", "Giraffer er høje.", "Pandekager smager.", "Uldtrøjer kradser."]
    label = name({"odd": unlike, "path": PATH})["odd"]
    assert not {"testesen", "giraffer", "pandekager", "uldtrøjer"} & set(words(label))


def test_an_attitude_that_most_share_goes_before_the_object():
    worried = [
        "Jeg er bekymret for trafikken.",
        "Vi frygter trafikken på skolevejen.",
        "Min bekymring er trafik.",
        "Trafikken stiger.",
    ]
    assert name({"worried": worried, "path": PATH}, attitude=True)["worried"] == "Bekymring for trafik"
    assert name({"worried": worried, "path": PATH})["worried"] == "Trafik"


def test_where_attitudes_differ_the_object_stands_alone():
    mixed = ["Jeg er imod trafik.", "Jeg støtter trafik.", "Jeg er bekymret for trafik.", "Vi er imod trafik."]
    assert name({"mixed": mixed, "path": PATH}, attitude=True)["mixed"] == "Trafik"


def test_an_attitude_is_not_put_before_an_object_of_the_same_word():
    money = [f"Tilsagn om støtte til boliger i afdeling {i}, støtte godkendes." for i in "abcd"]
    label = name({"money": money, "path": PATH}, attitude=True)["money"]
    assert sum(stem(word, "da") == stem("støtte", "da") for word in words(label)) == 1


def test_a_denied_attitude_is_not_put_before_the_object():
    fine = [
        "Jeg er ikke imod trafik.",
        "Vi er ikke imod trafik.",
        "Ingen er imod trafik.",
        "Jeg er slet ikke imod trafik.",
    ]
    assert name({"fine": fine, "path": PATH}, attitude=True)["fine"] == "Trafik"
