"""Words are safe to show and not changed by it (RELIABILITY T4, T20, S1, S8)."""

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

import nh3
import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from participation.foundation import markup
from tests.shared import corpus


class Tags(HTMLParser):
    """What a page would take as markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def handle_comment(self, data):
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def back(html: str) -> str:
    """The text that stands on the page."""
    text = str(html).replace("</p>\n<p", "\n\n</p><p").replace("<br>\n", "\n")
    return unescape(re.sub(r'</?p( data-start="\d+")?>|</?mark>|<span class="mark-number">\(\d+\)</span>', "", text))


def kept(text: str) -> str:
    """What may be expected to stand of a text, said in another way than the code says it."""
    out, marks = [], 0
    for letter in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        turns = unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        if (category == "Cc" and letter not in "\n\t") or turns or marks > 4:
            continue
        out.append("\ufffd" if category == "Cs" else letter)
    return "".join(out)


def assert_only_our_tags(html: str) -> None:
    tags = Tags(html)
    assert not tags.other, html
    for tag, attributes in tags.seen:
        assert tag in markup.TAGS, html
        assert set(attributes) <= {"href", "title", "start", "rel"}, html
        if "href" in attributes:
            assert attributes["rel"] == "noopener noreferrer nofollow"
            scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.\-\s]*):", attributes["href"] or "", re.I)
            assert scheme is None or scheme[1].lower() in markup.SCHEMES, html


@pytest.mark.shared
@pytest.mark.parametrize("name", ["naughty", "xss", "sanitizer", "html_parser", "formula"])
def test_words_lose_no_character_and_let_no_tag_through(name):
    for row in corpus(f"{name}.jsonl"):
        html = markup.words(row["payload"])
        tags = Tags(html)
        assert {tag for tag, _ in tags.seen} <= {"p", "br"}, row["id"]
        assert not tags.other
        assert back(html) == kept(row["payload"]), row["id"]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sanitizer", "xss", "html_parser"])
def test_rich_text_keeps_no_tag_but_ours(name):
    for row in corpus(f"{name}.jsonl"):
        assert_only_our_tags(markup.rich(row["payload"]))


@pytest.mark.shared
def test_rich_text_keeps_no_tag_but_ours_where_markdown_makes_links_and_tables_of_it():
    for row in corpus("xss.jsonl")[::7]:
        payload = row["payload"].replace("\n", " ")
        assert_only_our_tags(markup.rich(f"[{payload}]({payload}) ![{payload}]({payload}) <{payload}>"))
        assert_only_our_tags(markup.rich(f"| a |\n| - |\n| {payload} |\n\n[x]: {payload}\n\n[x]"))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_stands_as_it_was_typed(text):
    assert back(markup.words(text)) == kept(text)


@st.composite
def text_and_spans(draw):
    letters = st.sampled_from(["\r\r\n", *"ab<&\n\r\t æ😀", "\r\n", "\n\n", "e\u0301"])
    text = "".join(draw(st.lists(letters, max_size=40)))
    edge = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(edge, edge), max_size=4))
    return text, [(min(pair), max(pair), number) for number, pair in enumerate(spans, 1)]


@settings(deadline=None)
@given(text_and_spans())
def test_marking_loses_no_character_and_shows_each_number_once(drawn):
    text, spans = drawn
    html = markup.marked(text, spans)
    assert back(html) == kept(text)
    if text:
        assert sorted(map(int, re.findall(r'mark-number">\((\d+)\)', html))) == [number for *_, number in spans]


def test_a_marked_stretch_has_its_number_behind_it():
    text = "Flyt overgangen. Giv lys på stien."
    assert markup.marked(text, [(0, 16, 1), (17, 34, 2)]) == (
        '<p data-start="0"><mark>Flyt overgangen.</mark><span class="mark-number">(1)</span> '
        '<mark>Giv lys på stien.</mark><span class="mark-number">(2)</span></p>'
    )


def test_marks_may_overlap_and_run_over_paragraphs():
    text = "En to\n\ntre <fire>"
    assert markup.marked(text, [(3, 10, 1), (0, 5, 2)]) == (
        '<p data-start="0"><mark>En </mark><mark>to</mark><span class="mark-number">(2)</span></p>\n'
        '<p data-start="7"><mark>tre</mark><span class="mark-number">(1)</span> &lt;fire&gt;</p>'
    )


def test_a_span_that_ends_in_the_blank_line_shows_its_number_in_the_paragraph():
    assert markup.marked("En\n\nto", [(0, 4, 1)]) == (
        '<p data-start="0"><mark>En</mark><span class="mark-number">(1)</span></p>\n<p data-start="4">to</p>'
    )


def test_offsets_count_code_points_of_the_stored_text():
    text = "😀\r\nHej \u202eVIL"
    assert markup.marked(text, [(3, 6, 7)]) == (
        '<p data-start="0">😀<br>\n<mark>Hej</mark><span class="mark-number">(7)</span> VIL</p>'
    )


@pytest.mark.parametrize("span", [(-1, 2, 1), (2, 1, 1), (0, 99, 1)])
def test_a_span_outside_the_text_is_an_error(span):
    with pytest.raises(ValueError, match="span 1"):
        markup.marked("kort", [span])


def test_stacked_marks_are_capped_and_danish_letters_untouched():
    assert markup.visible("Z" + "\u0301" * 60 + "algo") == "Z" + "\u0301" * 4 + "algo"
    assert markup.visible("Ærø, Øster Åby – ‘é’") == "Ærø, Øster Åby – ‘é’"


def test_no_words_are_no_markup():
    assert markup.words("") == Markup("")


def test_rich_text_has_the_shapes_of_a_municipal_text():
    html = markup.rich(
        "# Baggrund\n\nSe **§ 5** på www.example.dk.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n- et\n- to\n"
    )
    assert "<h3>Baggrund</h3>" in html
    assert "<strong>§ 5</strong>" in html
    assert '<a href="http://www.example.dk" rel="noopener noreferrer nofollow">www.example.dk</a>' in html
    assert "<th>a</th>" in html
    assert "<li>et</li>" in html
    assert "<h1" not in html


def test_the_headings_of_a_text_follow_the_pages_without_a_gap():
    assert markup.rich("## a\n\n#### b\n\n## c", under=1) == "<h2>a</h2>\n<h3>b</h3>\n<h2>c</h2>\n"
    assert markup.rich("###### a") == "<h3>a</h3>\n"


def test_rich_text_shows_written_html_as_text_and_has_no_images():
    html = markup.rich("<script>alert(1)</script>\n\n![kort](https://example.dk/a.png)\n\n[x](javascript:alert(1))")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<img" not in html
    assert "javascript:" not in "".join(str(attributes) for _, attributes in Tags(html).seen)


def test_rich_text_is_clean_already():
    html = markup.rich("# A\n\n> b\n\n[c](https://example.dk 'd')\n\n```\n<e>\n```\n\n7. f")
    rel = "noopener noreferrer nofollow"
    assert nh3.clean(html, tags=set(markup.TAGS), attributes=markup.ATTRIBUTES, link_rel=rel) == html


@pytest.fixture
def danish():
    app = Flask(__name__)
    Babel(app, default_locale="da")
    with app.app_context():
        yield


@pytest.mark.usefixtures("danish")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("en\r\nto\x00", r"tegn i linje 2, .* \(et nul-tegn\)"),
        ("en\n\n\ud800", "ødelagt tegn i linje 3"),
        ("a" * 20_001, r"på 20\.001 tegn\. Der er plads til 20\.000"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_plain_danish(text, says):
    assert re.search(says, markup.refuse(text) or "")


@pytest.mark.usefixtures("danish")
@pytest.mark.shared
def test_no_other_text_is_refused():
    assert markup.refuse("😀" * 20_000) is None
    for row in corpus("naughty.jsonl"):
        assert markup.refuse(row["payload"]) is None or "\x00" in row["payload"], row["id"]
