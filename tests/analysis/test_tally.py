"""Words counted as arrays are the words that are read one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from analysis import tally
from analysis.prepare import words

from .letters import POINTS

TEXTS = [text for _, text in POINTS]
ODD = [
    "",
    "x",
    "a\u030angst",
    "ΑΣ ΣΑΣ",
    "İstanbul",
    "a_b c1d2ee",
    "\x1e hej\x1emed",
    "日本語 5",
    "ny\nlinje",
    "½ ²³ 🙂ok",
    "\ud800 og",
]


def each(texts: list[str]) -> list[list[str]]:
    found = tally.find(texts)
    at = zip(found.first, found.first[1:], strict=False)
    return [[found.plain[s:e] for s, e in zip(found.start[a:b], found.end[a:b], strict=True)] for a, b in at]


@settings(max_examples=200, deadline=None)
@given(some.lists(some.text(some.characters(), max_size=60), max_size=5))
def test_they_are_the_same_words_in_any_text(texts):
    assert each(texts) == [words(text) for text in texts]


def test_they_are_the_same_words_of_every_letter_there_is():
    text = " ".join(chr(code) * 2 for code in range(0x110000) if code != ord("\x1e"))
    assert each([text]) == [words(text)]


@settings(max_examples=200, deadline=None)
@given(some.lists(some.integers(0, 40) | some.integers(0, 2**64 - 1)), some.sets(some.integers(0, 2**64 - 1)))
def test_numbers_are_told_apart_and_looked_up_as_sorting_tells_them(said, others):
    numbers = np.array(said, dtype=np.uint64)
    types, place, which = tally.distinct(numbers)
    assert types.tolist() == sorted(set(said))
    assert numbers[place].tolist() == types.tolist()
    assert types[which].tolist() == said
    asked = np.array([*said, *others], dtype=np.uint64)
    at, known = tally.looked_up(asked, types)
    assert known.tolist() == [number in set(said) for number in asked.tolist()]
    assert types[at[known]].tolist() == asked[known].tolist()


def test_they_are_the_same_words_in_odd_texts_and_plain_ones():
    assert each(ODD + TEXTS) == [words(text) for text in ODD + TEXTS]


def test_a_word_and_a_text_have_the_same_number_wherever_they_stand():
    one, other = tally.tally(tally.Texts(tuple(TEXTS))), tally.tally(tally.Texts((*reversed(TEXTS), "ØSTERSØEN")))
    assert other.text[:-1].tolist() == one.text[::-1].tolist()
    assert tally.number("østersøen") in other.types.tolist()
    assert len(set(one.text.tolist())) == len(set(TEXTS))


def test_a_word_is_counted_as_often_as_it_stands():
    counted = tally.tally(tally.Texts(("lys, lys og LYS", "mørke", "")))
    column = counted.written.split("\n").index("lys")
    assert counted.matrix[:, [column]].toarray().ravel().tolist() == [3, 0, 0]


def test_texts_and_the_lines_of_a_file_come_in_parts_and_none_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(tally, "PART", 300)
    said = [*TEXTS, "", "æøå 🙂", ""]
    file = tmp_path / "said.txt"
    file.write_text("\n".join(said) + "\n", encoding="utf-8")
    lines = tally.Lines(file)
    for given_ in (said, lines):
        cut = tally.parts(given_)
        assert len(cut) > 5
        assert [text for part in cut for text in part.read()] == said
    assert (len(lines), list(lines), lines[3], lines[-2], lines[2:4]) == (len(said), said, said[3], said[-2], said[2:4])


def test_a_file_without_a_last_line_break_keeps_its_last_line(tmp_path):
    (tmp_path / "said.txt").write_text("en\nto", encoding="utf-8")
    assert list(tally.Lines(tmp_path / "said.txt")) == ["en", "to"]
    (tmp_path / "said.txt").write_text("", encoding="utf-8")
    assert list(tally.Lines(tmp_path / "said.txt")) == []
