"""Passwords: argon2, long rather than odd, and never one of the common ones."""

from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

SHORTEST = 12

_hasher = PasswordHasher()
#: Checked when there is no such person, so that an unknown address takes as long as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")

#: What people pick most: the roots that a password may not be built on, however it is decorated.
_ROOTS = (
    "password", "passw0rd", "adgangskode", "kodeord", "velkommen", "welcome", "qwerty", "qwertz", "asdf", "zxcv",
    "iloveyou", "letmein", "monkey", "dragon", "football", "fodbold", "sommer", "vinter", "foraar", "efteraar",
    "danmark", "denmark", "kommune", "medspil", "admin", "master", "sunshine", "princess", "superman", "batman",
    "trustno1", "starwars", "computer", "internet", "liverpool", "arsenal", "chelsea", "michael", "jennifer",
    "jordan", "hunter", "shadow", "baseball", "whatever", "michelle", "charlie", "andrew", "jessica", "pepper",
)  # fmt: skip


def hash_password(password: str) -> str:
    """The argon2id hash that is kept."""
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the kept one; takes equally long when nothing is kept."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)


def objection(password: str, *about: str) -> str | None:
    """What is wrong with a new password, in plain Danish, or nothing.

    Args:
        about: the person's own name and address, which it may not be built on.
    """
    if len(password) < SHORTEST:
        return _("Kodeordet skal have mindst %(num)s tegn. Tre eller fire ord efter hinanden er godt.", num=SHORTEST)
    if len(password) > 200:
        return _("Kodeordet må højst have 200 tegn.")
    if _is_common(password, about):
        return _("Det kodeord er for let at gætte. Vælg tre eller fire ord, der ikke hører sammen.")
    return None


def _is_common(password: str, about: tuple[str, ...]) -> bool:
    plain = "".join(letter for letter in password.casefold() if letter.isalnum())
    if len(set(plain)) < 5 or _is_run(plain):
        return True
    own = {
        part for text in about for part in text.casefold().replace("@", " ").replace(".", " ").split() if len(part) > 3
    }
    rest = plain
    for root in sorted({*_ROOTS, *own}, key=len, reverse=True):
        rest = rest.replace(root, "")
    letters = "".join(letter for letter in rest if letter.isalpha())
    return len(letters) < 5 and rest != plain


def _is_run(plain: str) -> bool:
    """Whether it is little but a run: 123456789012, abcdefghijkl, or one piece again and again."""
    steps = [ord(b) - ord(a) for a, b in pairwise(plain)]
    repeats = any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1))
    return repeats or sum(step in (-1, 0, 1) for step in steps) > len(steps) * 0.7
