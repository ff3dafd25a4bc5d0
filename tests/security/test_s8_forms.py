"""S8: whatever is written into whatever field, nothing breaks, and what is taken in is kept as it is (T19, T20)."""

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

import participation
from participation.contributions.import_ import import_contributions
from participation.contributions.model import Contribution
from participation.foundation import markup
from participation.foundation.db import db
from participation.rules.kinds import Role
from participation.rules.policy import WORKER
from tests.contributions.sending import send
from tests.law.conftest import Figure
from tests.persons import NOW, sign_in
from tests.practised import practising_again
from tests.security.doors import FITS
from tests.security.filling import ENDS, forms_of, is_mark
from tests.security.payloads import IS_LONG, payloads
from tests.walk import Walk, client_of

CORPORA = ("naughty", "sql", "json", "path_traversal", "http", "http_headers", "filenames")
#: The fields of the citizen's form that take words, with how long they may be.
FIELDS = {"name": 160, "represents": 160, "authority": 300, "place": 200, "material_place": 160}
#: What no column holds, and what turns, stacks, hides or stands outside: all but the first two are kept.
ODD = (
    "nul\x00her", "halv\ud800", "\u202eøverst\u202c", "a" + "\u0301" * 300, "\ufeffmærke", "\ufffe\uffff",
    "\x07\x1b[31m", "\u0085\u2028\u2029", "Æ\u030a vs. Å vs. A\u030a", "👩‍👩‍👧‍👦🇩🇰", "שלום (12) עולם",
    "\u200b\u200d\u2060", "\r\n\r a \r\n", "\U0010ffff",
)  # fmt: skip


def test_what_a_citizen_writes_is_kept_to_the_letter(client, hearing, planner_person, figure: Figure) -> None:
    """Every payload as the words, and others in every other field; then the database and the staff's export agree."""
    path, texts, wrong, kept = f"/projekter/{hearing.project.slug}/svar", payloads(*CORPORA, most=240), [], {}
    texts += [one for one in ODD if "\ud800" not in one]
    for at, words in enumerate(texts):
        others = {name: texts[(at + 1 + more) % len(texts)][:most] for more, (name, most) in enumerate(FIELDS.items())}
        asked_first = {"tell_first": "", "capacity": "citizen"}
        answer = send(client, path, words, **others, **asked_first)
        refused = [one for one in (words, *others.values()) if markup.odd(one)]
        empty = not markup.visible(words).strip()
        if answer.status_code == 303:
            kept[words] = {name: one.strip() for name, one in others.items()}
            wrong += [f"{words!r} was taken in"] if refused or empty else []
        elif answer.status_code != 422 or not (refused or empty):
            wrong.append(f"{words[:60]!r}: {answer.status_code}")
    db.session.rollback()
    rows = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).all()
    wrong += [f"{one.words!r} was kept" for one in rows if one.words not in kept]
    for one in rows:
        expected = kept.get(one.words, {})
        found = {name: getattr(one.contact, name, None) or getattr(one, name, "") or "" for name in expected}
        wrong += [f"{name} of {one.number}: {found[name]!r}" for name in expected if found[name] != expected[name]]
    wrong += [f"{words!r} is lost" for words in kept if words not in {one.words for one in rows}]
    sign_in(client, planner_person)
    told = json.loads(client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke/alle.json", buffered=True).text)
    exported = json.dumps(told, ensure_ascii=False)
    inside = {words: json.dumps(words, ensure_ascii=False)[1:-1] for words in kept}
    wrong += [f"{words!r} is not exported" for words in kept if inside[words] not in exported]
    assert len(kept) > len(texts) * 0.8
    assert figure("S8 words kept to the letter", wrong, len(texts) * (1 + len(FIELDS))) == []


@pytest.mark.parametrize("field", ["words", *FIELDS, "organisation", "email"])
def test_a_nul_is_refused_in_a_sentence_and_the_words_stay(client, hearing, field) -> None:
    values = {"words": "Overgangen skal ligge ved kirken.", field: "før\x00efter"}
    answer = send(client, f"/projekter/{hearing.project.slug}/svar", values.pop("words"), **values)
    assert answer.status_code == 422
    assert "nul-tegn" in answer.text or "e-mailadresse" in answer.text
    assert "efter" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Contribution.id))) == 0


def sheets(rows) -> dict[str, bytes]:
    """The same rows as a CSV and as a workbook, with what each kind of file can hold."""
    out, book = io.StringIO(), openpyxl.Workbook()
    csv.writer(out, delimiter=";").writerows([("id", "navn", "høringssvar"), *rows])
    for row in [("id", "navn", "høringssvar"), *rows]:
        book.active.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", one) for one in row])
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    workbook = io.BytesIO()
    book.save(workbook)
    return {"svar.csv": out.getvalue().encode("utf-8", "replace"), "svar.xlsx": workbook.getvalue()}


@pytest.mark.parametrize("name", ["svar.csv", "svar.xlsx"])
def test_what_staff_bring_in_is_kept_to_the_letter(app, hearing, tmp_path, name, figure: Figure) -> None:
    texts = [one for one in payloads(*CORPORA, most=300) if one.strip() and not markup.odd(one)]
    rows = [(f"A{at}", text[:100], text) for at, text in enumerate(texts)]
    path = tmp_path / name
    path.write_bytes(sheets(rows)[name])
    came = import_contributions(WORKER, hearing, path, now=NOW)
    db.session.rollback()
    kept = {one.external_id: one.words for one in db.session.scalars(sa.select(Contribution))}
    sent = {key: text for key, _name, text in rows}
    if name.endswith("xlsx"):
        sent = {key: openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text) for key, text in sent.items()}
    assert came.added == len(kept)
    wrong = [f"{key} became {kept[key]!r}, was {sent[key]!r}" for key in kept if _lines(kept[key]) != _lines(sent[key])]
    wrong += [f"{key} {sent[key]!r} is lost" for key in sent if key not in kept and markup.visible(sent[key]).strip()]
    assert figure(f"S8 {name} brought in", wrong, len(rows)) == []


def _lines(text: str) -> str:
    """A workbook knows one way to break a line, and a cell has no blanks at its ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize("size", [20_001, 1_000_000, 3_900_000, 10_000_000])
def test_a_text_of_any_size_is_answered_and_kept_where_it_fits_in_a_form(client, hearing, size) -> None:
    answer = send(client, f"/projekter/{hearing.project.slug}/svar", "æ" * (size // 2))
    assert answer.status_code == (303 if size // 2 <= markup.LONGEST else 422 if size < 4_000_000 else 413)
    assert answer.status_code != 422 or "æ" * (size // 2) in answer.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_hundred_thousand_fields_are_answered(client, hearing, kind) -> None:
    answer = client.post(
        f"/projekter/{hearing.project.slug}/svar", data={f"f{n}": "x" for n in range(100_000)}, content_type=kind
    )
    assert answer.status_code in (413, 422)


def test_deep_nesting_is_answered_everywhere(client, hearing, administrator_person, figure: Figure) -> None:
    """No door reads JSON, and Markdown and rows of forms do not fall over their own depth."""
    wrong = []
    for deep in ("[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000):
        answer = client.post(f"/projekter/{hearing.project.slug}/svar", data=deep, content_type="application/json")
        wrong += [f"JSON: {answer.status_code}"] if answer.status_code != 422 else []
    marks = ("> ", "- ", "1. ", "*", "_", "[", "![", "`", "(", "<b>", "# ", "| a ", "**a ", "[a](", "\\", "&amp;", "~~")
    for mark in marks:
        html = markup.rich(mark * (20_000 // len(mark)))
        wrong += [f"{mark!r} gives markup of the writer's own"] if "<b>" in html else []
    rows = "-".join(["steps"] * 2_000)
    answer = client.post(f"/projekter/{hearing.project.slug}/svar", data={rows: "x", "words-0-0-0-0": "x"})
    wrong += [f"rows: {answer.status_code}"] if answer.status_code != 422 else []
    assert figure("S8 deep nesting", wrong, 3 + len(marks) + 1) == []


#: Numbers that are none, and numbers that no column holds.
NUMBERS = (
    "9" * 19, "²", "-1", "9" * 5_000, "\x00", "٣", "0", "2147483648", "9" * 40, "1e9", "0x10", "", " 1", "1.0", "½",
)  # fmt: skip
#: The program of the doors, where the names of the addresses' parts stand.
VIEWS = [path.read_text(encoding="utf-8") for path in Path(participation.__file__).parent.rglob("*views.py")]


@pytest.fixture(scope="module")
def played(practice_folder, tmp_path_factory):
    """The practice municipality, to be broken if it can be."""
    with practising_again(practice_folder, tmp_path_factory.mktemp("played"), TESTING=True, RAISE_FAULTS=False) as app:
        yield app


def test_no_number_in_an_address_breaks_a_page(played, figure: Figure) -> None:
    """Each part of an address that is a number, and every name that a page looks for behind the question mark."""
    app, client, wrong, cases = played, client_of(played, Role.PLANNER), [], 0
    for rule in [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule and "GET" in rule.methods]:
        for number in ("2147483648", "9" * 19, "9" * 5_000):
            path = re.sub(r"<int:\w+>", number, rule.rule).replace("<slug>", FITS["slug"]).replace("<token>", "x" * 22)
            cases += 1
            status = client.get(path, buffered=True).status_code
            wrong += [f"{rule.rule} with {number[:20]}: {status}"] if status not in (302, 403, 404, 409) else []
    names = {name for words in VIEWS for name in re.findall(r"request\.args(?:\.get\(|\[)\"(\w+)\"", words)}
    assert {"foer", "side", "q"} <= names
    walk = Walk(app, Role.PLANNER, each=1).go()
    for page in sorted({stop.path.partition("?")[0] for stop in walk.stops}):
        for number in NUMBERS if IS_LONG else NUMBERS[:5]:
            cases += 1
            status = client.get(page, query_string=dict.fromkeys(names, number), buffered=True).status_code
            wrong += [f"{page} with {number[:20]}: {status}"] if status >= 500 else []
    assert figure("S8 numbers in addresses", wrong, cases) == []


def test_no_form_of_any_page_breaks(played, figure: Figure) -> None:
    """Every form that stands on a page of the practice municipality, for every role, with something odd in it all.

    A form is sent with each of a few odd texts: in all its fields that take words; in its hidden fields; and in its
    choices and keys, so that rows and choices come which no page has offered.
    """
    odd = ["²", "9" * 30, "nul\x00her", *payloads(*CORPORA, most=2 if not IS_LONG else 60)]
    seen, wrong, cases, unmarked = set(), set(), 0, 0
    for role in (Role.VISITOR, Role.ADMINISTRATOR, Role.CLERK, Role.LEADER, Role.PLANNER):
        stops, client = Walk(played, role, each=2).go().stops, client_of(played, role)
        pages = [(stop.path, client.get(stop.path).text) for stop in stops]  # with this visitor's own mark of the forms
        for form in [form for path, html in pages for form in forms_of(played, path, html)]:
            if form.door in ENDS or (form.door, form.names) in seen:
                continue
            seen.add((form.door, form.names))
            chosen = [name for name, _value in form.values if not is_mark(name)]
            for words in odd:
                for names in filter(None, {form.names, form.hidden, tuple(dict.fromkeys(chosen))}):
                    cases += 1
                    status = form.send(client, dict.fromkeys(names, words)).status_code
                    unmarked += status == 400
                    told = f"{form.door} with {words[:20]!r} in {sorted(names)}: {status}"
                    wrong |= {told} if status >= 500 else set()
    assert len({door for door, _names in seen}) > 60
    assert unmarked < cases / 20, "most forms must get past the mark against other sites"
    assert figure("S8 forms of every page", sorted(wrong), cases) == []
