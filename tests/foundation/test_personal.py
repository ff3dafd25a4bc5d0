"""Personal details are found before they are shown (RELIABILITY T15, P1)."""

import re
import sys
from collections import Counter
from re import _parser as parser

import pytest

from participation.foundation import personal, sensitive
from participation.foundation.personal import Certainty, Detail, cpr_numbers, details
from tests.shared import corpus


@pytest.mark.shared
def test_every_cpr_number_is_found_and_nothing_else_is():
    for row in corpus("cpr.jsonl"):
        found = cpr_numbers(row["text"])
        if row["expect"] == "pass":
            assert not found, row
        else:
            (number,) = found
            stretch = row["text"][number.start : number.end]
            assert "".join(letter for letter in stretch if letter.isdigit()) == row["number"], row
            assert number.line == row["text"][: number.start].count("\n") + 1


@pytest.mark.shared
def test_every_cpr_number_is_found_inside_a_longer_letter():
    for row in corpus("cpr.jsonl"):
        letter = f"Kære kommune\r\n\r\n{row['text']}\r\nMed venlig hilsen"
        assert [found.line for found in cpr_numbers(letter)] == (
            [] if row["expect"] == "pass" else [4 if row["text"].startswith("Hilsen") else 3]
        ), row


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("251248-9996", Certainty.CERTAIN),
        ("251248 9996", Certainty.CERTAIN),
        ("2512489996", Certainty.POSSIBLE),
        ("cpr 2512489996", Certainty.CERTAIN),
        ("Personnummer: 25 12 48 99 96", Certainty.CERTAIN),
        ("２５１２４８-９９９６", Certainty.CERTAIN),
    ],
)
def test_a_dash_or_the_word_makes_it_certain(text, certainty):
    assert [found.certainty for found in cpr_numbers(text)] == [certainty]


@pytest.mark.parametrize(
    "text",
    [
        "321248-9996",
        "300248-9996",
        "251348-9996",
        "12512489996",
        "25124899961",
        "beløb 2512489996,50",
        "25 12 48 99 96",
        "tlf. 25 12 48 99\n96",
        "",
    ],
)
def test_what_can_be_no_birthday_or_is_a_longer_number_passes(text):
    assert cpr_numbers(text) == []


def test_two_numbers_in_one_text_are_two():
    assert [found.line for found in cpr_numbers("251248-9996 og\n010165-1234")] == [1, 2]


@pytest.mark.parametrize(
    ("text", "stretch", "detail"),
    [
        ("Skriv til anne.test@example.dk.", "anne.test@example.dk", Detail.EMAIL),
        ("Ring på 46 11 00 00!", "46 11 00 00", Detail.PHONE),
        ("Ring på +45 46110000", "+45 46110000", Detail.PHONE),
        ("Ring på 45 46 11 00 00", "45 46 11 00 00", Detail.PHONE),
        ("(46110000)", "46110000", Detail.PHONE),
        ("Jeg bor på Møllevej 12B, 2. tv.", "Møllevej 12B, 2. tv.", Detail.ADDRESS),
        ("Vi i Testpark Allé 48 er imod", "Testpark Allé 48", Detail.ADDRESS),
        ("Engparken 4 skal bestå", "Engparken 4", Detail.ADDRESS),
        ("cpr 251248-9996", "251248-9996", Detail.CPR),
    ],
)
def test_other_details_are_found_as_possible(text, stretch, detail):
    (found,) = details(text)
    assert text[found.start : found.end] == stretch
    assert found.detail == detail


@pytest.mark.parametrize(
    "text",
    [
        "CVR 29 18 83 78",
        "CVR-nr. 29188378",
        "EAN 5798005770220",
        "Lokalplan 254.2, § 12, stk. 3",
        "Møllevej i 2026",
        "Høringsfrist 04.03.2022 kl. 23.59",
        "Budget 12.345.678 kr.",
        "12 meter og 20 dage",
        "@kommunen",
    ],
)
def test_plain_case_talk_holds_no_details(text):
    assert details(text) == []


def test_who_signs_with_a_title_beside_the_name_is_found_by_the_name():
    text = "På udvalgets vegne\nInger Holmsted"
    assert [text[one.start : one.end] for one in details(text, "Inger Holmsted, formand")] == ["Inger Holmsted"]


def test_details_stand_in_the_order_of_the_text():
    text = "Møllevej 12, tlf. 46 11 00 00, anne@example.dk, 251248-9996"
    assert [found.detail for found in details(text)] == [Detail.ADDRESS, Detail.PHONE, Detail.EMAIL, Detail.CPR]


def repeats(parsed):
    """The most times that each repeat of a pattern may go round, those inside other parts too."""
    for code, argument in parsed:
        if code in (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT):
            yield argument[1]
        for part in argument if isinstance(argument, list | tuple) else [argument]:
            for inside in part if isinstance(part, list) else [part]:
                if isinstance(inside, parser.SubPattern):
                    yield from repeats(inside)


PATTERNS = {
    name: one for module in (personal, sensitive) for name, one in vars(module).items() if isinstance(one, re.Pattern)
}


def test_a_pattern_without_an_end_would_be_seen():
    assert parser.MAXREPEAT in repeats(parser.parse("(?:a|(?:b(?P<c>c+))){1,2}"))


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_can_run_on_from_where_it_began(name):
    """Each repeat has a bound, so that a hostile text costs at most so much at each of its letters (T19)."""
    pattern = PATTERNS[name]
    assert all(most <= 64 for most in repeats(parser.parse(pattern.pattern, pattern.flags)))


def calls(text):
    """How many functions are called to read a text."""
    counted = Counter()
    sys.setprofile(lambda frame, event, argument: counted.update([event]))
    try:
        details(text)
    finally:
        sys.setprofile(None)
    return counted["call"] + counted["c_call"]


@pytest.mark.parametrize("unit", ["Møllevej 12\n", "cpr 251248-9996 ", "251248-9996\n", "a@b.dk ", "22 33 44 55, "])
def test_twice_as_many_details_are_twice_the_work(unit):
    assert calls(unit * 800) <= 2.1 * calls(unit * 400)
    assert len(details(unit * 400)) == 400
