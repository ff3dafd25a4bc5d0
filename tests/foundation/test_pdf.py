"""A report on paper can be read aloud, kept for ever, and holds every word as it was written."""

from __future__ import annotations

import io
import re
from datetime import date

import pikepdf
import pypdfium2
import pytest
import typst

from participation.foundation.pdf import printable, typeset
from tests.shared import corpus

REPORT = """
#cover(kicker: data.kicker, facts: data.facts, note: data.note)
#contents()
= #data.heading
#words(data.text)
#said(data.text, by: "Høringssvar nr. 49")
#remark("Forvaltningen indstiller", "Imødekommes")
== Svarene
#listing(head: ("Nr.", "Resumé"), rows: data.rows, widths: (12mm, 1fr), caption: "Alle svar", numbers: (0,))
#bars(data.bars, alt: "Trafik 14 og lys 3", caption: "Emner")
"""
DATA = {
    "kicker": "Hvidbog",
    "facts": [["Kommune", "Ærø Kommune"]],
    "note": "Behandlet af én medarbejder.",
    "heading": "Kort fortalt",
    "text": "Kære byråd på Ærø.\nVi siger nej.",
    "rows": [[number, "Tekst om vejen " * 20] for number in range(60)],
    "bars": [["Trafik", 14], ["Lys", 3]],
}
TITLE = "Ny skolevej ved Åen"


def made(**changed: object) -> bytes:
    return typeset(REPORT, {**DATA, **changed}, title=TITLE, created=date(2026, 12, 3))


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in opened)


@pytest.fixture(scope="module")
def report() -> bytes:
    return made()


@pytest.fixture
def opened(report):
    with pikepdf.open(io.BytesIO(report)) as pdf:
        yield pdf


def roles(element, seen: list | None = None) -> list:
    """Every structure element, in reading order."""
    seen = [] if seen is None else seen
    if isinstance(element, pikepdf.Array):
        for child in element:
            roles(child, seen)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        seen.append(element)
        if "/K" in element:
            roles(element.K, seen)
    return seen


def test_the_report_says_that_it_is_accessible_and_fit_for_the_archive(opened):
    meta = opened.open_metadata()
    assert (meta["pdfuaid:part"], meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("1", "2", "A")
    assert str(opened.Root.Lang) == "da-DK"
    assert opened.Root.MarkInfo.Marked
    assert str(opened.docinfo.Title) == TITLE
    assert opened.Root.ViewerPreferences.DisplayDocTitle


def test_headings_tables_and_figures_are_tagged_for_a_screen_reader(opened):
    found = roles(opened.Root.StructTreeRoot.K)
    names = [str(element.S) for element in found]
    assert {"/H1", "/H2", "/TOC", "/Table", "/THead", "/TH", "/TD", "/Figure", "/BlockQuote"} <= set(names)
    figure = next(element for element in found if str(element.S) == "/Figure")
    assert str(figure.Alt) == "Trafik 14 og lys 3"


def test_the_outline_leads_to_the_chapters(opened):
    with opened.open_outline() as outline:
        (first,) = [item for item in outline.root if "Kort fortalt" in item.title]
        assert [child.title for child in first.children] == ["1.1 Svarene"]


def test_danish_letters_page_numbers_and_the_repeated_heading_are_real_text(report):
    text = text_of(report)
    pages = len(pypdfium2.PdfDocument(report))
    assert pages > 4
    for words in ("Kære byråd på Ærø.\nVi siger nej.", "Ærø Kommune", f"side 2 af {pages}", "Indhold", "Trafik"):
        assert words in text
    assert text.count("Resumé") >= pages - 4


def test_every_page_is_a4(opened):
    sizes = {tuple(round(float(side)) for side in page.mediabox[2:]) for page in opened.pages}
    assert sizes == {(595, 842)}


@pytest.mark.parametrize(
    "words",
    [
        "#panic(1)",
        '#import "x"',
        "$x^2$",
        "@ref",
        "= overskrift",
        "*fed* _kursiv_ `kode`",
        "<mærke>",
        "\\ #data",
        "[x] // nej",
        '"',
        "- liste",
    ],
)
def test_markup_in_a_citizens_words_is_only_signs(words):
    assert f"({words})" in text_of(made(text=f"({words})", heading=words, kicker=words, note=words, rows=[[1, words]]))


def test_two_runs_give_equal_bytes(report):
    assert made() == report


def test_another_date_gives_another_file(report):
    assert typeset(REPORT, DATA, title=TITLE, created=date(2026, 12, 4)) != report


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("nej 😀👍🏽!", "nej [smiley]!"),
        ("ja 👍🏽", "ja [symbol]"),
        ("👨\u200d👩\u200d👧 hej", "[symbol] hej"),
        ("漢字 og vej", "[tegn, som ikke kan trykkes her] og vej"),
        ("x\x01y\ue000z\ufffe", "xyz"),
        ("Жанна, Ελλάς, مرحبا", "Жанна, Ελλάς, مرحبا"),
        ("½ m² – 20 °C … ✓", "½ m² – 20 °C … ✓"),
    ],
)
def test_signs_that_cannot_be_printed_are_named(written, printed):
    assert printable(written) == printed
    assert made(text=written).startswith(b"%PDF")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["naughty.jsonl", "formula.jsonl"])
def test_every_hostile_text_can_be_printed(name):
    texts = [row["payload"] for row in corpus(name)]
    pdf = typeset(REPORT, {**DATA, "rows": list(enumerate(texts))}, title=TITLE, created=date(2026, 12, 3))
    assert len(pypdfium2.PdfDocument(pdf)) > 3


def test_english_and_german_reports_speak_their_language():
    for lang, tag in (("en", "en-GB"), ("de", "de-DE")):
        pdf = typeset("= Chapter", {}, title="x", lang=lang, created=date(2026, 1, 1))
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert str(opened.Root.Lang) == tag


def test_a_figure_without_words_for_the_blind_is_refused():
    with pytest.raises(typst.TypstError, match="alt"):
        typeset("= A\n#figure(kind: image, rect())", {}, title="x", created=date(2026, 1, 1))


def test_a_template_can_show_a_picture_but_reach_no_file_outside_its_folder(tmp_path):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    show = '= A\n#figure(image("kort.png", alt: "et kort"), alt: "et kort")'
    assert typeset(show, {}, title="x", created=date(2026, 1, 1), files={"../kort.png": out.getvalue()})
    (tmp_path / "hemmelig.txt").write_text("x")
    with pytest.raises(typst.TypstError):
        typeset(f'= A\n#read("{tmp_path}/hemmelig.txt")', {}, title="x", created=date(2026, 1, 1))


TOGETHER = """
#for number in range(60) [
  #words("fyld " * (number * 7))
  #said("citat" + str(number) + "a " + "ord " * 40, by: "nummer" + str(number) + "a")
  #remark("mærke" + str(number) + "a", "svar" + str(number) + "a")
]
"""


def test_no_quote_is_torn_from_its_number_and_no_remark_from_its_heading():
    """Each of sixty falls on another height of the page."""
    pages = [
        page.get_textpage().get_text_range()
        for page in pypdfium2.PdfDocument(typeset(TOGETHER, {}, title=TITLE, created=date(2026, 12, 3)))
    ]
    lies = {
        word: place for place, text in enumerate(pages) for word in re.findall(r"(?:citat|nummer|mærke|svar)\d+a", text)
    }
    assert len(lies) == 240
    assert len(pages) > 10
    for number in range(60):
        assert lies[f"citat{number}a"] == lies[f"nummer{number}a"]
        assert lies[f"mærke{number}a"] == lies[f"svar{number}a"]
