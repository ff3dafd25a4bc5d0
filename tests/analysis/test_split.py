"""A letter falls into its points, and not a letter of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import sentences, split

LETTER = """Kære kommune

Jeg bor på Skolevej 12 og har gjort det i 20 år.

Der skal være en overgang ved skolen, for børnene løber over vejen hver morgen. Bilerne kører alt for stærkt.
Desuden mangler der lys på stien langs åen. Det er helt mørkt om vinteren.

For det tredje er jeg bekymret for skyggerne fra de nye højhuse. De bliver 24 meter høje.

Tak for muligheden for at svare.

Med venlig hilsen
Test Testesen
Skolevej 12
9999 Prøveby"""

_PARTS = [
    *(
        "Kære kommune",
        "Hej",
        "Mvh Ole",
        "Med venlig hilsen",
        "Tak.",
        "Der mangler lys på stien.",
        "Desuden er her smalt.",
    ),
    *("f.eks. en bænk", "- et punkt", "1. første punkt", "§ 5.2", "kl. 12.30", "!?", "…", "æøå", "🙂"),
    *("👨\u200d👩\u200d👧", "\r\n", "\n\n", "\r", " ", "\u00a0", "\u2028"),
]


def said(text: str) -> list[str]:
    return [text[s.start : s.end] for piece in split(text) for s in piece.spans if piece.kind == "said"]


def background(text: str) -> list[str]:
    return [text[s.start : s.end] for piece in split(text) for s in piece.spans if piece.kind == "background"]


def assert_whole(text: str) -> None:
    """Every character stands in one piece, in order, but for white space between pieces."""
    at = 0
    for piece in split(text):
        assert piece.spans
        for span in piece.spans:
            assert at <= span.start < span.end <= len(text)
            assert not text[at : span.start].strip()
            assert text[span.start : span.end] == text[span.start : span.end].strip()
            at = span.end
    assert not text[at:].strip()


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PARTS), max_size=14).map(" ".join)))
def test_the_pieces_hold_the_whole_text_and_nothing_is_empty(text):
    assert_whole(text)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(st.sampled_from(_PARTS), max_size=10).map("".join)))
def test_a_letter_with_content_says_at_least_one_thing(text):
    assert bool(said(text)) == bool(text.strip())


def test_greeting_home_thanks_and_signature_are_background():
    assert [s.split("\n")[0] for s in background(LETTER)] == ["Kære kommune", "Tak for muligheden for at svare."]
    assert "Skolevej 12" in background(LETTER)[0]
    assert background(LETTER)[1].endswith("9999 Prøveby")


def test_a_letter_on_three_matters_gives_three_points():
    points = said(LETTER)
    assert len(points) == 3
    assert ["overgang" in points[0], "lys" in points[1], "skyggerne" in points[2]] == [True] * 3


def test_line_breaks_of_two_characters_and_emoji_keep_offsets_exact():
    text = LETTER.replace("\n", "\r\n").replace("åen", "åen 🚲👨‍👩‍👧")
    assert_whole(text)
    assert [p.replace("\r\n", "\n").replace(" 🚲👨‍👩‍👧", "") for p in said(text)] == said(LETTER)


def test_each_item_of_a_list_is_a_point():
    text = (
        "Hej\n\n- Mere plads til cykler i byen\n- Færre biler på torvet\n- Plant nogle træer langs vejen\n\nHilsen Bo"
    )
    assert said(text) == [
        "- Mere plads til cykler i byen",
        "- Færre biler på torvet",
        "- Plant nogle træer langs vejen",
    ]


def test_numbered_matters_are_points():
    matters = ["1. Byggeriet er for højt her.", "2. Der mangler parkering til gæster.", "3. Bevar de gamle træer."]
    assert said("\n".join(matters)) == matters


def test_og_saa_turns_to_a_new_matter_inside_a_sentence():
    assert said("Der skal være en cykelsti, og så mangler der lys på stien ved åen.") == [
        "Der skal være en cykelsti,",
        "og så mangler der lys på stien ved åen.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Nej",
        "Jeg støtter forslaget. Det er en god idé.",
        "Der mangler lys på stien. Det er helt mørkt. Derfor tør børnene ikke gå der.",
        "Byggeriet er alt for højt. Et byggeri på fem etager skygger for naboerne, og byggeriet bør sænkes.",
        "Bilerne holder f.eks. på fortovet kl. 8 om morgenen, jf. lokalplanen § 5.2. nr. 12.",
    ],
)
def test_a_short_letter_on_one_matter_stays_whole(text):
    assert said(text) == [text]


def test_a_long_letter_on_one_matter_stays_whole_over_its_paragraphs():
    text = (
        "Støjen fra motorvejen er blevet værre år for år, og støjen høres i alle haver i kvarteret om aftenen.\n\n"
        "Derfor bør der sættes en støjskærm op langs motorvejen. Støjskærmen skal være høj nok til at dæmpe støjen."
    )
    assert said(text) == [text]


def test_paragraphs_that_share_no_words_are_points_of_their_own():
    text = (
        "Støjen fra motorvejen er blevet værre år for år, og vi kan ikke sidde i haven uden at høre bilerne.\n\n"
        "Skolen mangler lærere, og klasserne er blevet for store til at børnene lærer noget."
    )
    assert len(said(text)) == 2


def test_a_thank_you_for_the_proposal_itself_is_said_not_background():
    assert said("Tak for et flot forslag til den nye park. Jeg støtter det.") != []
    assert background("Tak for et flot forslag til den nye park.") == []


def test_what_follows_the_signature_as_ps_is_said():
    assert said("Plant flere træer langs vejen.\n\nMvh\nTest Testesen\n\nPS. Bænkene på torvet er knækket.")[-1] == (
        "PS. Bænkene på torvet er knækket."
    )


def test_sentences_do_not_break_at_abbreviations():
    text = "Vi mangler bl.a. bænke, f.eks. ved søen kl. 12. Det haster."
    assert [text[s.start : s.end] for s in sentences(text)] == [
        "Vi mangler bl.a. bænke, f.eks. ved søen kl. 12.",
        "Det haster.",
    ]


def test_german_and_english_letters_are_divided_too():
    german = "Sehr geehrte Damen und Herren,\n\nhier fehlt ein Radweg.\n\nMit freundlichen Grüßen\nTest"
    english = "Dear council,\n\nPlease plant more trees in our street.\n\nKind regards\nTest"
    assert said(german) == ["hier fehlt ein Radweg."]
    assert said(english) == ["Please plant more trees in our street."]


def test_a_story_stays_one_point_though_its_sentences_share_no_words():
    text = (
        "Min farmor gik denne vej med mælkespande, da byen havde to butikker. Om søndagen spillede orkestret ved "
        "dammen, og alle tog hatten på. I dag tør jeg ikke sende min søn over Landevejen alene. Han er ni år gammel."
    )
    assert said(text) == [text]


def test_a_name_alone_at_the_end_is_background():
    assert background("Der mangler en bænk ved stoppestedet.\n\nTest Testesen") == ["Test Testesen"]


def test_here_is_how_it_is_no_opening_phrase():
    assert background("Her er rabatten bred nok til en sti. Her er mit høringssvar.") == ["Her er mit høringssvar."]


def test_remarks_to_numbered_paragraphs_are_points():
    text = "Ad § 3.2: Ladestanderne står for tæt på døren.\nAd § 4.1: Bussen bør køre hver time hele dagen."
    assert len(said(text)) == 2
