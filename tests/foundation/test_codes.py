"""Codes and tokens (RELIABILITY T8)."""

import hashlib
import hmac
import re

import pytest
from flask import Flask

from participation.foundation import codes

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture(autouse=True)
def keys():
    app = Flask(__name__)
    app.config["CODE_KEYS"] = [OLD, NEW]
    with app.app_context():
        yield app.config["CODE_KEYS"]


def test_a_code_is_eighty_bits_of_the_hmac_in_fours():
    code = codes.tracking_code(49, 1)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", code)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", codes.show_code(code))
    bits = sum(codes.ALPHABET.index(letter) << 5 * n for n, letter in enumerate(reversed(code)))
    assert bits.to_bytes(10) == hmac.digest(OLD.encode(), b"code:49", "sha256")[:10]


def test_a_link_token_has_bits_of_its_own():
    token = codes.link_token(49, 1)
    assert re.fullmatch(r"[\w-]{22}", token)
    assert hmac.digest(OLD.encode(), b"link:49", "sha256")[:16].hex() not in codes.tracking_code(49, 1)
    assert token != codes.link_token(50, 1)


def test_the_same_thing_has_the_same_code_and_another_key_another():
    assert codes.tracking_code(49, 1) == codes.tracking_code(49, 1)
    assert len({codes.tracking_code(n, v) for n in range(500) for v in (1, 2)}) == 1000


def test_the_newest_key_is_last_and_a_lost_one_is_missed(keys):
    assert codes.latest_version() == 2
    assert codes.key(2) == NEW.encode()
    for version in (0, 3, -1):
        with pytest.raises(LookupError):
            codes.tracking_code(1, version)
    keys.append("short")
    with pytest.raises(ValueError, match="shorter"):
        codes.key(3)


@pytest.mark.parametrize(
    "write", [str, str.lower, codes.show_code, lambda c: " ".join(c), lambda c: f"  {c[:8]}—{c[8:]}\n"]
)
def test_a_code_is_read_however_it_is_typed(write):
    for n in range(100):
        code = codes.tracking_code(n, 1)
        assert codes.read_code(write(code)) == code


def test_look_alikes_are_read_as_what_was_meant():
    assert codes.read_code("O0oO-iIlL-uUvV-2345") == "00001111VVVV2345"
    assert codes.read_code("K7QF-2M9X-4TRA-8HWD") == "K7QF2M9X4TRA8HWD"
    assert codes.read_code("Ｋ7QF-2M9X-4TRA-8HWD") == "K7QF2M9X4TRA8HWD"


@pytest.mark.parametrize(
    "text", ["", "K7QF", "K7QF-2M9X-4TRA-8HWDX", "K7QF-2M9X-4TRA-8HWÅ", "K7QF-2M9X-4TRA-8HW٣", "-" * 16]
)
def test_what_can_be_no_code_is_none(text):
    assert codes.read_code(text) is None


def test_hashes_tell_codes_from_tokens():
    assert codes.code_hash("X") == hashlib.sha256(b"code:X").hexdigest()
    assert codes.code_hash("X") != codes.token_hash("X")


def test_a_one_time_token_is_random_and_found_by_its_hash():
    first, second = codes.one_time(), codes.one_time()
    assert first.token != second.token
    assert len(first.token) >= 43
    assert first.hash == codes.token_hash(first.token)
