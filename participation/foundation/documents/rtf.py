"""Rich text (RTF) as plain words, and the compressed form that Outlook keeps mails in.

Source: MS-OXRTFCP (compression) and MS-OXRTFEX (HTML inside RTF).
"""

from __future__ import annotations

import re
import struct

from .model import Fault, Unread

_PRELOAD = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_LARGEST = 20_000_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict header footer headerl headerr footerl footerr object themedata datastore "
    b"listtable listoverridetable rsidtbl generator xmlnstbl latentstyles fldinst".split()
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d",
    b"endash": "\u2013", b"emdash": "\u2014", b"bullet": "\u2022", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_BREAKS = frozenset(("\n", "\t"))


def decompress(data: bytes) -> bytes:
    """Unpack the RTF of a mail in Outlook's format.

    Raises:
        Unread: it is damaged, or unpacks to more than 20 MB.
    """
    if len(data) < 16:
        raise Unread(Fault.DAMAGED)
    _, raw_size, kind, _ = struct.unpack_from("<IIII", data)
    if raw_size > _LARGEST:
        raise Unread(Fault.TOO_HEAVY)
    if kind == 0x414C454D:
        return data[16 : 16 + raw_size]
    if kind != 0x75465A4C:
        raise Unread(Fault.DAMAGED)
    window, at, out, i = bytearray(_PRELOAD.ljust(4096, b" ")), len(_PRELOAD), bytearray(), 16
    while i < len(data):
        flags, i = data[i], i + 1
        for bit in range(8):
            if i >= len(data):
                break
            if not flags >> bit & 1:
                window[at % 4096] = data[i]
                out.append(data[i])
                at, i = at + 1, i + 1
                continue
            if i + 1 >= len(data):
                return bytes(out)
            pair, i = data[i] << 8 | data[i + 1], i + 2
            offset = pair >> 4
            if offset == at % 4096:
                return bytes(out)
            for step in range((pair & 15) + 2):
                byte = window[(offset + step) % 4096]
                window[at % 4096] = byte
                out.append(byte)
                at += 1
            if len(out) > _LARGEST:
                raise Unread(Fault.TOO_HEAVY)
    return bytes(out)


def rtf_text(rtf: bytes) -> str:
    """The words of an RTF text; where HTML is wrapped in it, the words of that.

    Raises:
        Unread: it does not begin as RTF.
    """
    if not rtf.lstrip().startswith(b"{\\rtf"):
        raise Unread(Fault.DAMAGED)
    found = re.search(rb"\\ansicpg(\d{3,5})", rtf[:2000])
    page = f"cp{int(found[1])}" if found else "cp1252"
    try:
        b"".decode(page)
    except LookupError:
        page = "cp1252"
    wrapped = b"\\fromhtml1" in rtf[:2000]
    out: list[str] = []
    stack: list[tuple[bool, int, bool]] = []
    silent, after_u, only_html, to_skip = False, 1, False, 0
    pending = bytearray()
    fresh = False  # the group has just begun

    def flush() -> None:
        if pending:
            out.append(pending.decode(page, "replace"))
            pending.clear()

    for token in _TOKEN.finditer(rtf):
        word, number, byte, sign, brace, text = token.groups()
        if byte is None:
            flush()
        was_fresh, fresh = fresh, False
        if brace == b"{":
            stack.append((silent, after_u, only_html))
            fresh = True
        elif brace == b"}":
            if stack:
                silent, after_u, only_html = stack.pop()
        elif word:
            if word in _SKIPPED or (was_fresh and word == b"htmltag"):
                silent = True
            elif word == b"htmlrtf" and wrapped:
                only_html = number != b"0"
            elif word == b"uc":
                after_u = int(number or 1)
            elif word == b"u" and number and not silent and not only_html:
                out.append(chr(int(number) % 65536))
                to_skip = after_u
                continue
            elif word in _SIGNS and not silent and (not only_html or _SIGNS[word] in _BREAKS):
                out.append(_SIGNS[word])
        elif sign is not None and not silent:
            if sign == b"*":
                silent = True
            elif sign == b"~":
                out.append("\u00a0")
            elif sign == b"_":
                out.append("-")
            elif sign in b"{}\\" and not only_html:
                out.append(sign.decode())
        elif byte is not None and not silent and not only_html:
            if to_skip:
                to_skip -= 1
            else:
                pending.append(int(byte, 16))
            continue
        elif text is not None and not silent and not only_html:
            shown = text.decode(page, "replace")
            out.append(shown[to_skip:])
            to_skip = max(0, to_skip - len(shown))
            continue
        if word or brace:
            to_skip = 0
    flush()
    joined = "".join(out)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
