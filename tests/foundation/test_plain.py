"""Plain Danish (RELIABILITY L7, RP-09)."""

import pytest
from flask import Flask
from flask_babel import Babel

from participation.foundation.plain import advice, lix

EASY = "Du kan svare nu. Vi læser alle svar. Skriv gerne om flere ting."
HARD = (
    "Kommunalbestyrelsens endelige stillingtagen forudsætter tilvejebringelse af et lokalplanforslag, hvorefter "
    "indsigelsesberettigede grundejerforeninger, lejerorganisationer og øvrige interessenter underrettes skriftligt om "
    "bemærkningernes behandling, om udvalgets indstilling og om den efterfølgende klageadgang, der står i loven."
)


@pytest.fixture(autouse=True)
def danish():
    app = Flask(__name__)
    Babel(app, default_locale="da")
    with app.app_context():
        yield


def test_lix_is_words_a_sentence_and_long_words_a_hundred():
    assert lix("Vi bygger en cykelsti. Den bliver bred.") == pytest.approx(7 / 2 + 100 * 1 / 7)
    assert lix("Vi hører dig: sig det!") == pytest.approx(5 / 2)
    assert lix("vejene skoven") == 2  # six letters are not long
    assert lix("vejenes skovene") == 2 + 100


def test_a_point_inside_a_number_ends_no_sentence():
    assert lix("Svar kl. 23.59 efter § 5.2") == lix("Svar kl. 2359 efter § 52") != lix("Svar kl. 23. 59 efter § 5. 2")


@pytest.mark.parametrize("text", ["", "   ", "…!?", "\n\n"])
def test_a_text_without_words_is_not_hard(text):
    assert lix(text) == 0
    assert advice(text) is None


def test_an_easy_text_gets_no_advice():
    assert lix(EASY) < 25
    assert advice(EASY) is None


def test_a_hard_text_is_told_its_longest_sentence():
    assert lix(HARD) > 55
    assert advice(HARD) == (
        f"Teksten er svær at læse (lixtal {round(lix(HARD))}). "
        "Den længste sætning har 32 ord. Del den op: »Kommunalbestyrelsens endelige stillingtagen forudsætter …«"
    )


def test_long_words_in_short_sentences_are_named():
    assert "Brug kortere ord: Kommunalbestyrelsen, forudsætter, behandler." in str(
        advice("Kommunalbestyrelsen behandler forslaget. Planen forudsætter dette.")
    )
