"""Mail in HTML as plain words: blocks on lines of their own, lists with dashes, quotes with ``>``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer "
        "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section "
        "table tbody tfoot thead tr ul",
    )
)
_AIRY = frozenset(["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"])
_SILENT = frozenset(["head", "script", "style", "template", "title", "noscript", "svg", "math", "object"])


def text_of(html: str) -> str:
    """The words of an HTML text, in reading order; scripts, styles and markup are gone."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._silent: list[str] = []
        self._quotes = 0
        self._pre = 0
        self._ended = 0
        self._links: list[tuple[str, int, int]] = []  # address, number of the line, place in the line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._silent.clear()  # a head that was never closed
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent:
            return
        if tag in _BLOCKS:
            self._end_line(airy=tag in _AIRY)
        if tag == "br":
            self._end_line(keep=True)
        elif tag == "li":
            self._line.append("- ")
        elif tag in ("td", "th") and "".join(self._line).strip():
            self._line.append("\t")
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", self._ended, len(self._line)))

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        if tag in _BLOCKS:
            self._end_line(airy=tag in _AIRY)
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self._end_line(keep=True)
                self._line.append(line)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def text(self) -> str:
        self._end_line()
        lines = [("> " * min(depth, 20) + line).rstrip() if line.strip() else "" for depth, line in self._lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _end_link(self, href: str, line: int, start: int) -> None:
        shown = "".join(self._line[start if line == self._ended else 0 :]).strip()
        if href.startswith(("http://", "https://")) and shown and shown.rstrip("/") not in href:
            self._line.append(f" ({href})")

    def _end_line(self, *, keep: bool = False, airy: bool = False) -> None:
        line = "".join(self._line) if self._pre else re.sub(r" {2,}", " ", "".join(self._line)).strip(" ")
        self._line.clear()
        self._ended += 1
        if line.strip() or keep:
            self._lines.append((self._quotes, line))
        if airy and self._lines and self._lines[-1][1]:
            self._lines.append((self._quotes, ""))
