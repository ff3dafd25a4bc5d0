"""S8: odd characters are kept as they were written, and shown so that they turn, hide and bury nothing else (T20)."""

import csv
import io
import re
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from participation.contributions.model import Contribution
from participation.foundation import codes, markup, personal, sheets
from participation.foundation.db import db
from participation.foundation.documents import Unreadable, parse
from participation.foundation.letters.facts import is_address
from participation.projects.forms import read_parties
from tests.contributions.sending import send
from tests.law.conftest import Figure
from tests.persons import sign_in
from tests.security.payloads import payloads

TURNED = "Ole\u202eneslO\u202c\u0007"
#: What may stand in no page: controls but line breaks and tab, and marks that turn what follows.
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")


@pytest.fixture
def said(client, hearing):
    """An association with an odd name that wrote odd words."""
    fields = {"capacity": "association", "organisation": TURNED, "place": "a" + "\u0301" * 90, "name": "יוסי 12"}
    path = f"/projekter/{hearing.project.slug}/svar"
    assert send(client, path, "Hej\u202e\u0085 שלום", tell_first="", **fields).status_code == 303
    return db.session.query(Contribution).one()


def test_the_words_and_the_names_are_kept_to_the_letter(said) -> None:
    assert said.words == "Hej\u202e\u0085 שלום"
    assert (said.organisation, said.contact.name) == (TURNED, "יוסי 12")
    assert said.place == "a" + "\u0301" * 90


def test_no_page_turns_or_hides_anything(client, said, planner_person, figure: Figure) -> None:
    case = f"/arbejde/projekter/{said.project.slug}"
    paths = ["/kvittering", "/mit-svar/hvor", f"/projekter/{said.project.slug}"]
    pages = {path: client.get(path).text for path in paths}
    sign_in(client, planner_person)
    paths = [f"{case}/indbakke", f"{case}/indbakke/1", f"{case}/svar", f"{case}/svar/1"]
    pages |= {path: client.get(path).text for path in paths}
    assert sum("neslO" in page for page in pages.values()) >= 2
    wrong = [path for path, page in pages.items() if HIDDEN.search(page) or "\u0301" * 5 in page]
    wrong += [path for path, page in pages.items() if re.search(r"(?<!\u2068)יוסי", page)]
    assert figure("S8 pages with odd characters", wrong, 2 * len(pages)) == []


def test_what_was_typed_comes_back_in_its_field_as_it_was(client, hearing) -> None:
    """A page that asks for something to be mended gives every field back untouched."""
    answer = send(client, f"/projekter/{hearing.project.slug}/svar", "", name=TURNED, place="שלום (1)", email="nej")
    assert answer.status_code == 422
    assert f'value="{TURNED}"' in answer.text
    assert 'value="שלום (1)"' in answer.text


def test_a_plain_text_is_shown_as_it_is(figure: Figure) -> None:
    """All but controls, turning marks and marks in stacks: nothing else of the corpus is changed when shown."""
    texts = payloads("naughty", "sql", "json", "path_traversal", most=10_000)
    wrong = []
    for text in texts:
        plain = re.sub(r"\r\n?", "\n", text)
        left = "".join(one for one in markup.shown(text) if one not in "\u2068\u2069")
        missing = [one for one in plain if one not in left]
        if any(
            not (HIDDEN.match(one) or one in "\u2068\u2069" or unicodedata.category(one) in ("Mn", "Me"))
            for one in missing
        ):
            wrong.append(text)
    assert figure("S8 texts shown as typed", wrong, len(texts)) == []


# -- parsers: anything at all may come ---

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@settings(max_examples=200, deadline=None)
@given(anything)
def test_any_typed_code_is_a_code_or_none(typed) -> None:
    read = codes.read_code(typed)
    assert read is None or (len(read) == codes.LENGTH and set(read) <= set(codes.ALPHABET))


@settings(max_examples=200, deadline=None)
@given(st.text(codes.ALPHABET, min_size=16, max_size=16), st.text(" -\t.–", max_size=8))
def test_a_code_is_read_whatever_stands_between_its_letters(letters, between) -> None:
    typed = "".join(letter + (between[at % len(between)] if between else "") for at, letter in enumerate(letters))
    assert codes.read_code(typed.lower()) == letters


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(anything, min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from([";", ",", "\t"]))
def test_any_sheet_is_read_or_refused(rows, delimiter) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    try:
        sheet = sheets.read_sheet("svar.csv", out.getvalue().encode())
        read = list(sheets.read_rows(sheet, sheets.guess_mapping(sheet.columns)))
    except sheets.Unreadable:
        read = []
    assert all(row.problem or row.values for row in read) or not read


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["svar.csv", "svar.xlsx"]))
def test_any_bytes_are_a_sheet_or_refused(data, name) -> None:
    try:
        read = list(sheets.read_rows(sheets.read_sheet(name, data), {}))
    except sheets.Unreadable:
        read = []
    assert len(read) <= len(data) + 1


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"From: a@b.dk\n", b"Content-Type: multipart/mixed; boundary=x\n\n--x"])
)
def test_any_bytes_are_a_mail_or_refused(data, head) -> None:
    try:
        words = parse("brev.eml", head + data).words
    except Unreadable as no:
        words = no.words
    assert isinstance(words, str)


@settings(max_examples=200, deadline=None)
@given(anything)
def test_no_address_that_is_let_through_can_become_another_header(text) -> None:
    assert not is_address(text) or not set(text) & set(string.whitespace + "<>,;:\x00")


@settings(max_examples=200, deadline=None)
@given(anything)
def test_whatever_is_found_private_lies_in_the_text(text) -> None:
    assert all(text[one.start : one.end] for one in personal.details(text, "Ole Hansen"))


@settings(max_examples=200, deadline=None)
@given(anything)
def test_the_parties_of_any_text_have_names(text) -> None:
    try:
        found = read_parties(text)
    except ValueError:
        found = ()
    assert all(party.name for party in found)
