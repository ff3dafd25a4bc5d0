"""Points are linked to the paragraphs of the material that they speak of, and the reason is told."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import headings, link, named, passages
from analysis.prepare import normal, words

PLAN = """## § 1 Skoleveje

§ 1.1 Afsætning af børn ved Nordskolen flyttes til pladsen ved Nordhallen.

§ 1.2 Krydset ved kirken får lys med trykknap.

## § 2 Cykel

§ 2.1 Der bygges dobbeltrettet cykelsti langs Tranbyvej i planens femte år.

§ 2.2 Skovstedvej bliver 2 minus 1-vej med brede kantbaner.

## § 3 Lys

§ 3.1 På stierne slukkes hver anden lampe om natten.
"""
PARAGRAPHS = [f"{one.heading}\n{PLAN[one.start : one.end]}" for one in passages(PLAN)]


def test_a_document_is_divided_into_paragraphs_each_with_the_heading_above_it():
    found = passages(PLAN)
    assert [PLAN[one.start : one.end][:5] for one in found] == ["§ 1.1", "§ 1.2", "§ 2.1", "§ 2.2", "§ 3.1"]
    assert [one.heading for one in found] == ["§ 1 Skoleveje"] * 2 + ["§ 2 Cykel"] * 2 + ["§ 3 Lys"]
    assert headings(PLAN) == ("Skoleveje", "Cykel", "Lys")


def test_a_short_line_by_itself_is_a_heading_and_a_sentence_is_none():
    text = "Trafik og parkering\n\nDer kommer flere pladser.\n\nDet er nok.\n\n3.2 Støj\n\nDer bygges en vold her."
    assert headings(text) == ("Trafik og parkering", "Støj")
    assert [text[one.start : one.end] for one in passages(text)] == [
        "Der kommer flere pladser.",
        "Det er nok.",
        "Der bygges en vold her.",
    ]


def test_a_converted_file_without_blank_lines_is_divided_at_the_ends_of_sentences():
    line = "Der er mange ord i denne lange linje om stien og lyset, og den holder op her.\n"
    found = passages(line * 40)
    assert len(found) > 3
    assert all((line * 40)[one.start : one.end].endswith("her.") for one in found)


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ("Byg dog cykelstien ved Tranbyvej straks.", 2),
        ("Jeg cykler på Tranbyvej hver dag.", 2),
        ("Sluk ikke lamperne på stien.", 4),
        ("Børnene skal sættes af ved hallen, ikke ved Nordskolen.", 0),
    ],
)
def test_the_nearest_paragraph_comes_first_with_the_words_they_share(point, place):
    first = link([point], PARAGRAPHS)[0][0]
    assert first.place == place
    assert first.shared
    assert {normal(word) for word, _ in first.shared} <= set(words(PARAGRAPHS[place]))


def test_a_paragraph_that_is_named_by_its_number_comes_before_the_nearest():
    first, second = link(["Se § 3.1. Byg cykelstien ved Tranbyvej."], PARAGRAPHS, n=2)[0]
    assert (first.place, first.score, first.shared) == (4, 1.0, (("§ 3.1", 1.0),))
    assert second.place == 2


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Jeg mener afsnit 2", [2, 3]),
        ("se § 2.2 og § 1.1", [0, 3]),
        ("Det er i strid med planlovens § 2", []),
        ("efter § 2, stk. 1, i lov om planlægning", []),
        ("vi er 2 i huset", []),
    ],
)
def test_a_number_names_paragraphs_of_the_material_and_no_section_of_a_law(text, places):
    assert list(named(text, PARAGRAPHS)) == places


@pytest.mark.parametrize("text", ["", "🙂", "Hundene gør om aftenen i kolonihaverne.", "det er og skal ikke"])
def test_what_shares_no_word_is_linked_to_nothing(text):
    assert link([text], PARAGRAPHS) == [()]


def test_where_there_is_no_material_nothing_is_linked():
    assert link(["Byg cykelstien"], []) == [()]
    assert link([], PARAGRAPHS) == []
    assert passages("") == passages("\n \n") == ()


def test_a_point_is_linked_alike_whoever_it_comes_with():
    texts = ["Byg cykelstien ved Tranbyvej.", "Sluk ikke lamperne.", "Krydset ved kirken er farligt."]
    assert link(texts, PARAGRAPHS) == [link([text], PARAGRAPHS)[0] for text in texts]


ANY = st.text(alphabet=st.sampled_from("abc æø.§12#\n\n- 🙂Å"), max_size=200)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY, st.lists(ANY, max_size=4))
def test_paragraphs_stand_in_order_in_the_text_and_links_keep_their_bounds(text, points):
    found = passages(text)
    assert all(one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(text[one.start : one.end] == text[one.start : one.end].strip() for one in found)
    for links in link(points, [text[one.start : one.end] for one in found], n=2):
        assert len(links) <= 2
        assert len({one.place for one in links}) == len(links)
        assert all(0 < one.score <= 1 for one in links)
