"""Quotes are whole sentences of the citizens, word for word, and do not repeat one another."""

from __future__ import annotations

import pytest

from analysis import quotes, sentences

from .letters import POINTS

LIGHT = [text for name, text in POINTS if name == "light"]


def test_a_quote_is_a_whole_sentence_at_the_place_it_says():
    texts = [f"Hej 🙂\r\n\r\n{text} Tak for ordet." for text in LIGHT]
    found = quotes(texts, list(range(100, 110)), 3)
    assert len(found) == 3
    for quote in found:
        text = texts[quote.id - 100]
        assert text[quote.start : quote.end] == quote.text
        assert (quote.start, quote.end) in {(s.start, s.end) for s in sentences(text)}


def test_each_input_is_quoted_once_at_most():
    texts = [" ".join(LIGHT[:5]), " ".join(LIGHT[5:])]
    assert sorted(q.id for q in quotes(texts, [7, 9], 5)) == [7, 9]


def test_near_identical_inputs_are_quoted_once():
    letter = "Der mangler lys på stien langs åen, så man går i mørke hele vinteren, og børnene tør ikke gå hjem alene."
    found = quotes([letter, letter.upper(), letter + " 🙂", LIGHT[3], LIGHT[4]], None, 5)
    assert len({0, 1, 2} & {q.id for q in found}) == 1


def test_the_order_of_the_inputs_changes_nothing():
    ids = list(range(len(LIGHT)))
    assert quotes(LIGHT[::-1], ids[::-1], 4) == quotes(LIGHT, ids, 4)


def test_a_stranger_is_not_what_a_group_is_quoted_by():
    found = quotes([*LIGHT, "Vuggestuen på hjørnet har haft vandskade siden påske."], None, 3)
    assert 10 not in {q.id for q in found}


@pytest.mark.parametrize("texts", [[], [""], ["🙂"], ["", "12"]])
def test_where_there_are_no_words_there_is_no_quote(texts):
    assert quotes(texts) == ()


def test_a_short_answer_is_quoted_where_there_is_nothing_longer():
    assert [q.text for q in quotes(["Mere lys", ""], None, 2)] == ["Mere lys"]
