"""A sheet from another place becomes contributions, and each row that cannot says why (RP-06)."""

from __future__ import annotations

import io
import itertools
import random
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from participation.foundation.sheets import Unreadable, danish_moment, guess_mapping, read_rows, read_sheet
from participation.rules.kinds import Capacity, Channel, Stance
from participation.rules.words import danish

TEXT = 'id;tekst;navn\r\n1;"Vi ønsker en tunnel;\r\nog ro på Åvej";Åse Ærø\r\n\r\n2;"Han sagde ""nej""";Bo\r\n'


def xlsx(*rows: tuple, tabs: int = 1) -> bytes:
    book = openpyxl.Workbook()
    tab = book.active
    for _ in range(tabs - 1):
        tab = book.create_sheet()
    for row in rows:
        tab.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_rows(encoding, delimiter):
    swapped = (
        TEXT.replace(";", "\0", 2)
        .replace("1;", "1\0")
        .replace('";Å', '"\0Å')
        .replace("2;", "2\0")
        .replace('";B', '"\0B')
    )
    sheet = read_sheet("svar.csv", swapped.replace("\0", delimiter).encode(encoding))
    assert sheet.delimiter == delimiter
    assert sheet.columns == ("id", "tekst", "navn")
    assert list(sheet.rows) == [
        (2, ("1", "Vi ønsker en tunnel;\r\nog ro på Åvej", "Åse Ærø")),
        (4, ("2", 'Han sagde "nej"', "Bo")),
    ]


def test_a_csv_on_disk_is_read_as_one_in_memory(tmp_path):
    path = tmp_path / "æøå.csv"
    path.write_bytes(TEXT.encode())
    assert list(read_sheet(path.name, path).rows) == list(read_sheet("a.csv", TEXT.encode()).rows)


def test_danish_letters_far_down_in_the_file_decide_the_encoding():
    late = "tekst\n" + "hej\n" * 60_000 + "på Ærø\n"
    assert list(read_sheet("a.csv", late.encode("cp1252")).rows)[-1] == (60_002, ("på Ærø",))
    assert list(read_sheet("a.csv", late.encode("utf-8")).rows)[-1] == (60_002, ("på Ærø",))


def test_the_line_that_excel_puts_first_is_obeyed_and_skipped():
    sheet = read_sheet("a.csv", b"sep=|\r\ntekst|navn\r\na;b|c\r\n")
    assert (sheet.columns, list(sheet.rows)) == (("tekst", "navn"), [(3, ("a;b", "c"))])


def test_a_title_above_the_heading_is_passed_over():
    sheet = read_sheet("a.csv", "Udtræk fra høringsportalen\n3. december\n\nId;Høringssvar;Navn\n1;hej;Bo\n".encode())
    assert sheet.columns == ("Id", "Høringssvar", "Navn")
    assert list(sheet.rows) == [(5, ("1", "hej", "Bo"))]


def test_columns_without_a_name_or_with_the_same_name_get_names_of_their_own():
    assert read_sheet("a.csv", b"tekst;;tekst\na;b;c\n").columns == ("tekst", "Kolonne 2", "tekst (3)")


def test_a_workbook_gives_dates_as_dates_and_whole_numbers_without_a_point():
    sheet = read_sheet(
        "a.xlsx",
        xlsx(
            ("nr", "tekst", "dato", "tal"),
            (17, "på Ærø", datetime(2026, 12, 3, 14, 33), 2.5),
            (),
            (18.0, "to", date(2026, 12, 4), True),
        ),
    )
    assert sheet.columns == ("nr", "tekst", "dato", "tal")
    assert list(sheet.rows) == [
        (2, ("17", "på Ærø", datetime(2026, 12, 3, 14, 33), "2.5")),
        (4, ("18", "to", datetime(2026, 12, 4), "ja")),
    ]


def test_an_empty_first_tab_is_passed_over():
    assert read_sheet("a.xlsx", xlsx(("tekst",), ("hej",), tabs=2)).columns == ("tekst",)


def rezipped(data: bytes, **changes: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, changes.get(part.filename, old.read(part)))
    return out.getvalue()


BOOK = xlsx(("tekst", "navn"), ("hej", "Bo"))


def test_a_damaged_workbook_is_refused_in_plain_danish():
    sheet = "xl/worksheets/sheet1.xml"
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    for broken in (
        BOOK[:2000],
        rezipped(BOOK, **{sheet: b"<worksheet><sheetData><row><c>"}),
        rezipped(BOOK, **{sheet: laughs}),
    ):
        with pytest.raises(Unreadable, match=r"gået i stykker|ingen rækker"):
            list(read_sheet("a.xlsx", broken).rows)


def test_a_workbook_bomb_is_refused_before_it_is_opened():
    bomb = rezipped(BOOK, **{"xl/styles.xml": b"<styleSheet>" + b" " * 160_000_000 + b"</styleSheet>"})
    assert len(bomb) < 1_000_000
    with pytest.raises(Unreadable, match="for tung"):
        read_sheet("a.xlsx", bomb)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "tom"),
        ("a.csv", b"\n\n\n", "ingen rækker"),
        ("a.xlsx", b"tekst;navn", "ikke et regneark"),
        ("a.csv", b"%PDF-1.4", "ikke et regneark"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "gammel Excel"),
        ("a.xlsx", xlsx(), "ingen rækker"),
    ],
)
def test_what_is_no_sheet_is_refused_in_plain_danish(name, data, words):
    with pytest.raises(Unreadable, match=words):
        read_sheet(name, data)


def test_a_quote_that_never_ends_does_not_fill_the_memory():
    with pytest.raises(Unreadable, match="Række 2 er for lang"):
        read_sheet("a.csv", b'tekst;navn\n"hej;bo\n' + b"x;y\n" * 300_000)
    late = read_sheet("a.csv", b"tekst;navn\n" + b"x;y\n" * 20 + b'"hej;bo\n' + b"x;y\n" * 300_000)
    with pytest.raises(Unreadable, match="Række 22 er for lang"):
        list(late.rows)


def test_a_sheet_is_streamed_and_two_hundred_thousand_rows_is_the_limit(tmp_path):
    path = tmp_path / "stor.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id;tekst\n")
        file.writelines(
            f"{n};Vi ønsker ro og grønne træer på vores vej, og det har vi sagt i mange år nu\n" for n in range(200_001)
        )
    tracemalloc.start()
    sheet = read_sheet(path.name, path)
    seen = sum(1 for _ in itertools.islice(sheet.rows, 200_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == 200_000
    assert peak < 12_000_000 < path.stat().st_size
    with pytest.raises(Unreadable, match=r"over 200\.000 rækker"):
        next(sheet.rows)


# Columns


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (
            ("Nr.", "Høringssvar", "Navn", "E-mail", "Virksomhed", "Modtaget den"),
            "external_id text name email organisation received_at",
        ),
        (("id", "text", "label"), "external_id text label"),
        (
            ("ID", "Comment", "Full name", "Email address", "Submitted at", "Language", "Position"),
            "external_id text name email received_at language stance",
        ),
        (
            ("Stellungnahme", "Absender", "Datum", "Ort", "Kategorie"),
            "text name received_at place label",
        ),
        (
            ("Dit høringssvar:", "AFSENDERTYPE", "modtaget_via", "Holdning?"),
            "text capacity channel stance",
        ),
        (("Emne", "Tekst", "Dato"), "label text received_at"),
        (("foo", "bar"), ""),
    ],
)
def test_columns_are_guessed_by_their_danish_english_and_german_names(columns, fields):
    assert guess_mapping(columns) == dict(zip(fields.split(), columns, strict=bool(fields)))


# Rows


def rows(csv: str) -> list:
    sheet = read_sheet("a.csv", csv.encode("utf-8", "surrogatepass"))
    return list(read_rows(sheet, guess_mapping(sheet.columns)))


def test_a_whole_row_is_read():
    (row,) = rows(
        "id;tekst;navn;email;organisation;afsendertype;modtaget;kanal;sprog;sted;holdning;emne\n"
        'A1;"Kære byråd\nnej";Åse;a@example.org;Åens Venner;Forening;'
        "3. december 2026 kl. 14.33;Brev;dansk;Åvej 2;Imod;Trafik\n"
    )
    assert row.problem is None
    assert row.values == {
        "external_id": "A1", "text": "Kære byråd\nnej", "name": "Åse", "email": "a@example.org",
        "organisation": "Åens Venner", "capacity": Capacity.ASSOCIATION, "channel": Channel.LETTER,
        "received_at": datetime(2026, 12, 3, 13, 33, tzinfo=UTC),
        "language": "da", "place": "Åvej 2", "stance": Stance.AGAINST, "label": "Trafik",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("navn", "Bo", "Teksten er tom."),
        ("x", "a" * 20_001, "20.001 tegn"),
        ("modtaget", "32-13-2026", "“32-13-2026” er ikke en dato"),
        ("modtaget", "30. februar 2026", "er ikke en dato"),
        ("modtaget", "i går", "er ikke en dato"),
        ("afsendertype", "rumvæsen", "kender ikke afsendertypen “rumvæsen”"),
        ("kanal", "brevdue", "kender ikke kanalen “brevdue”"),
        ("holdning", "tja", "kender ikke holdningen “tja”"),
        ("sprog", "klingonsk", "kender ikke sproget"),
        ("email", "bo.example.org", "ikke en e-mailadresse"),
        ("navn", "x" * 301, "Feltet navn er på over 300 tegn"),
        ("navn", "B\0o", "NUL-tegn"),
    ],
)
def test_a_bad_row_says_why_and_the_next_is_read(heading, cell, reason):
    text = {"navn": "" if reason.startswith("Teksten") else "hej", "x": cell}.get(heading, "hej")
    found = rows(f"{heading};tekst\n{cell if heading != 'x' else ''};{text}\n;god\n")
    assert (found[0].number, found[0].values) == (2, {})
    assert reason in found[0].problem
    assert (found[1].number, found[1].values["text"], found[1].problem) == (3, "god", None)


def test_a_text_of_exactly_twenty_thousand_characters_is_taken():
    assert rows("tekst\n" + "å" * 20_000)[0].problem is None


def test_letters_broken_by_a_wrong_save_are_told_apart():
    sheet = read_sheet("a.csv", "tekst\nv\ufffdj\n".encode())
    assert "gået i stykker" in next(read_rows(sheet, {"text": "tekst"})).problem


def test_a_workbook_row_may_hold_a_real_date():
    sheet = read_sheet("a.xlsx", xlsx(("tekst", "dato"), ("hej", datetime(2026, 7, 3)), ("du", "03-07-2026 12:05")))
    moments = [row.values["received_at"] for row in read_rows(sheet, guess_mapping(sheet.columns))]
    assert moments == [datetime(2026, 7, 2, 22, tzinfo=UTC), datetime(2026, 7, 3, 10, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("3. december 2026 kl. 14.33", "2026-12-03T13:33:00"),
        ("3. december 2026, kl 14:33:07", "2026-12-03T13:33:07"),
        ("torsdag den 3. december 2026", "2026-12-02T23:00:00"),
        ("3 dec. 2026", "2026-12-02T23:00:00"),
        ("03-12-2026", "2026-12-02T23:00:00"),
        ("3/12/2026 9.05", "2026-12-03T08:05:00"),
        ("03.07.2026", "2026-07-02T22:00:00"),
        ("2026-12-03", "2026-12-02T23:00:00"),
        ("2026-12-03T14:33:07+02:00", "2026-12-03T12:33:07"),
        ("2026-12-03 14:33:07.123Z", "2026-12-03T14:33:07"),
        ("3. märz 2026", "2026-03-02T23:00:00"),
        ("march 3 2026", None),
        ("3. smarch 2026", None),
        ("2026-13-01", None),
        ("03-12-26", None),
        ("25-10-2026 25:00", None),
    ],
)
def test_dates_are_read_as_danes_write_them(written, moment):
    if moment is None:
        with pytest.raises(ValueError):  # noqa: PT011
            danish_moment(written)
    else:
        assert danish_moment(written) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("kind", [*Capacity, *Channel, *Stance])
def test_every_kind_is_known_by_its_own_danish_word(kind):
    heading = {Capacity: "afsendertype", Channel: "kanal", Stance: "holdning"}[type(kind)]
    (row,) = rows(f"tekst;{heading}\nhej;{danish(kind)}\n")
    assert kind in row.values.values()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=2, max_size=2), max_size=8
    ),
    st.sampled_from([",", ";"]),
)
def test_any_cells_come_back_as_they_were_written(cells, delimiter):
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("tekst", "navn"), *cells])
    sheet = read_sheet("a.csv", b"\xef\xbb\xbf" + out.getvalue().encode())
    expected = [tuple(row) for row in cells if any(cell.strip() for cell in row)]
    assert sheet.columns == ("tekst", "navn")
    assert [row for _, row in sheet.rows] == expected


def test_a_mutated_workbook_is_read_or_refused_and_never_anything_else():
    chance = random.Random(7)
    for _ in range(150):
        broken = bytearray(BOOK)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            sheet = read_sheet("a.xlsx", bytes(broken))
            for row in read_rows(sheet, guess_mapping(sheet.columns)):
                assert row.number > 1
        except Unreadable as refused:
            told = refused.words
            assert re.match(r"^[A-ZÆØÅ].*\.$", told), told
