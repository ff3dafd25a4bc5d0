"""Language, words and the parts of compounds."""

from __future__ import annotations

import unicodedata

import pytest

from analysis import language
from analysis.prepare import compound, count, features, is_stop, languages, stems, weigh, words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Der skal være en cykelsti ved skolen, for bilerne kører for stærkt.", "da"),
        ("Jeg er bekymret for trafikken", "da"),
        ("There should be a cycle path at the school because cars drive too fast.", "en"),
        ("I am worried about the traffic", "en"),
        ("Hier fehlt ein Radweg, und die Autos fahren viel zu schnell.", "de"),
        ("Ich wünsche mir mehr Bäume in der Straße", "de"),
        ("Det är mycket viktigt att vi får en cykelväg när skolan också byggs.", "other"),
        ("Brakuje ścieżki rowerowej przy szkole i jest bardzo ciemno.", "other"),
        ("Нам потрібна велосипедна доріжка біля школи", "other"),
        ("نحتاج إلى طريق للدراجات", "other"),
    ],
)
def test_the_language_is_told_from_a_sentence(text, code):
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "  ", "🙂", "12", "Ok", "Cykelsti", "Ja tak", "ÆØÅ"])
def test_what_is_too_short_to_tell_is_danish(text):
    assert language(text) == "da"


def test_upper_case_and_decomposed_letters_do_not_change_the_language():
    text = "Der mangler lys på stien ved åen, og børnene går i mørke"
    assert language(text.upper()) == language(unicodedata.normalize("NFD", text)) == "da"


def test_a_short_text_follows_the_majority_of_its_hearing():
    german = ["Hier fehlt ein Radweg und die Straße ist zu eng", "Wir brauchen mehr Bäume für die Kinder"] * 5
    assert languages([*german, "Radweg"])[-1] == "de"


def test_an_english_title_makes_no_english_text_where_all_others_are_danish():
    danish = ["Der skal være en cykelsti ved skolen, for bilerne kører for stærkt."] * 60
    assert languages([*danish, "Vis filmen The Art of Walking"])[-1] == "da"


def test_the_one_english_answer_of_a_danish_hearing_is_read_as_english():
    danish = ["Der skal være en cykelsti ved skolen, for bilerne kører for stærkt."] * 60
    assert languages([*danish, "There should be a cycle path at the school because cars drive too fast."])[-1] == "en"


def test_letters_of_a_ring_and_an_a_are_one_letter():
    assert words("A\u030aEN og åen") == ["åen", "og", "åen"]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("cykelsti", ("cykel", "sti")),
        ("cykelparkering", ("cykel", "parkering")),
        ("skolevej", ("skole", "vej")),
        ("adgangsvej", ("adgang", "vej")),
        ("trafikstøj", ("trafik", "støj")),
        ("busker", None),
        ("træ", None),
    ],
)
def test_a_danish_compound_is_known_by_its_parts(word, parts):
    assert compound(word, "da") == parts


def test_a_german_compound_is_known_by_its_parts():
    assert compound("radweg", "de") == ("rad", "weg")


def test_two_compounds_meet_in_the_part_they_share():
    assert set(stems("cykelsti", "da")) & set(stems("cykelparkering", "da")) == {"cykel"}


def test_small_words_and_hearing_words_say_nothing():
    assert all(is_stop(word, "da") for word in ("og", "skal", "kommunen", "forslag", "ønsker"))
    assert stems("kommunen", "da") == ()


def test_rows_have_length_one_and_an_empty_text_has_none():
    counts = count(["lys på stien ved åen", "træer ved søen", ""], "da")
    rows = weigh(counts, features(counts))
    lengths = [round(float((row.multiply(row)).sum()), 6) for row in rows]
    assert lengths == [1.0, 1.0, 0.0]
