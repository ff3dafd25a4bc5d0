"""From bytes to letters: encodings that lie, line ends, and names that are safe to save under."""

from __future__ import annotations

import codecs
import re
import unicodedata

#: No document gives more than this; a longer one is cut and the caseworker is told. Code points.
LONGEST = 2_000_000

_NEVER = {0x00: None, 0xFEFF: None, 0xFFFE: None, 0xFFFF: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_LATIN = {"iso8859-1", "ascii", "cp1252", "iso8859-15"}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]')


def tidy(words: str) -> str:
    """The same words with line ends as ``\\n`` and without what no text may hold (NUL, lone surrogates, BOM)."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").translate(_NEVER)
    return re.sub(r"\n{4,}", "\n\n\n", words).strip("\n ")


def decode(data: bytes, declared: str | None = None) -> str:
    """Read bytes as text; what the letters say weighs more than what the sender declared.

    Bytes that are valid UTF-8 are UTF-8, whatever the mail says (Danish text in Windows-1252 never is by chance);
    then the declared charset; then Windows-1252, which every Danish office machine writes.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if declared is None and (wide := _wide(data)):
        return data.decode(wide, "replace")
    name = _charset(declared)
    if data.isascii() and name is not None:
        return data.decode(name, "replace")
    if b"\0" not in data and name not in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if name is not None and name not in _LATIN and name != "utf-8":
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    return data.decode("cp1252", "replace")


def safe_name(name: str | None, otherwise: str) -> str:
    """A file name without folders, control characters or direction tricks; æøå stay. At most 120 characters."""
    name = unicodedata.normalize("NFC", (name or "").replace("\\", "/")).rsplit("/", 1)[-1]
    name = " ".join(_NOT_IN_NAMES.sub("", name).split()).lstrip(".")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        name = stem[: 119 - len(ending)] + dot + ending
    return name[:120] or otherwise


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return None
    half = len(sample) / 2
    if sample[1::2].count(0) > half * 0.7 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.7 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _charset(declared: str | None) -> str | None:
    """The codec of a declared charset, if it is one that turns bytes into text."""
    if not declared:
        return None
    try:
        codec = codecs.lookup(declared.strip("'\" "))
        b"".decode(codec.name)
    except (LookupError, ValueError):
        return None
    return codec.name
