"""Codes and tokens: how a sender without an account finds the way back to their own words.

A tracking code (80 bits, to read aloud) and a link token (128 bits, for the letter) are derived from the id of the
thing and a server key, so they can be shown again whenever needed without being stored. Only their hashes are kept and
looked up. The key may be rotated: the version that a thing was made with stands in its row.
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from typing import NamedTuple

from flask import current_app

#: Ten digits and 22 letters (Crockford's base 32): without I, L, O and U, which look like 1, 1, 0 and V.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_MEANT = str.maketrans("OILU", "011V")
_LETTERS = frozenset(ALPHABET)
_SHORTEST_KEY = 32


class OneTime(NamedTuple):
    """A token that is sent once, and the hash that is kept of it."""

    token: str
    hash: str


def latest_version() -> int:
    """The version of the newest server key; things that are made now carry it."""
    return len(current_app.config["CODE_KEYS"])


def key(version: int) -> bytes:
    """The server key of a version; the first in the setting ``CODE_KEYS`` is version 1, a new one is put last.

    Raises:
        LookupError: there is no key of that version; the setting has lost a key that is still in use.
        ValueError: the key is too short to be safe.
    """
    keys = current_app.config["CODE_KEYS"]
    if not 1 <= version <= len(keys):
        raise LookupError(f"CODE_KEYS has no key of version {version}")
    found = keys[version - 1]
    found = found.encode() if isinstance(found, str) else bytes(found)
    if len(found) < _SHORTEST_KEY:
        raise ValueError(f"the key of version {version} in CODE_KEYS is shorter than {_SHORTEST_KEY} bytes")
    return found


def tracking_code(thing: int | str, version: int) -> str:
    """The code of a thing, 16 characters without dashes: the first 80 bits of an HMAC, five bits a character."""
    bits = int.from_bytes(_derived("code", thing, version)[:10])
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))


def show_code(code: str) -> str:
    """A code in fours, to read aloud: ``K7QF-2M9X-4TRA-8HWD``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(text: str) -> str | None:
    """The code that somebody typed, whatever the case, blanks and dashes; nothing if it can be no code.

    O is read as 0, I and L as 1, U as V.
    """
    typed = unicodedata.normalize("NFKC", text[:200]).upper()
    kept = "".join(letter for letter in typed if letter.isalnum()).translate(_MEANT)
    return kept if len(kept) == LENGTH and _LETTERS.issuperset(kept) else None


def link_token(thing: int | str, version: int) -> str:
    """The token in a letter's link: 128 bits of their own, 22 characters that are safe in an address."""
    return urlsafe_b64encode(_derived("link", thing, version)[:16]).rstrip(b"=").decode()


def code_hash(code: str) -> str:
    """What is kept and looked up of a code: the SHA-256 of its 16 characters, in hexadecimal."""
    return hashlib.sha256(b"code:" + code.encode()).hexdigest()


def token_hash(token: str) -> str:
    """What is kept and looked up of a link token or a one-time token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(b"link:" + token.encode()).hexdigest()


def one_time() -> OneTime:
    """A new random token for an invitation or a confirmation, 256 bits, with its hash."""
    token = secrets.token_urlsafe(32)
    return OneTime(token, token_hash(token))


def _derived(label: str, thing: int | str, version: int) -> bytes:
    return hmac.digest(key(version), f"{label}:{thing}".encode(), "sha256")
