"""Copies of files for everybody's eyes: pictures of a PDF's pages, a picture's bare pixels, with places painted over.

Nothing of the original is carried over: no text layer, no earlier versions, no author, no place where a picture was
taken. A file from outside may be hostile, so its PDFs are drawn by a child process with little memory and little time.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask_babel import gettext as _
from PIL import Image

from participation.foundation import files
from participation.foundation.files import Refused

__all__ = ["MOST_PAGES", "Box", "boxes_of", "copy_of", "page_picture", "pages_of"]

#: A longer PDF is not copied.
MOST_PAGES = 100
#: What the child may use: bytes of memory, seconds of processor, seconds on the clock.
MEMORY, PROCESSOR, WALL = 700_000_000, 20, 25

_ROOT = Path(__file__).resolve().parents[3]
_PDF = "application/pdf"


class Box(NamedTuple):
    """A place on a page, as fractions of its width and height from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


Areas = Mapping[int, Sequence[Box]]


def copy_of(sha256: str, media_type: str, areas: Areas) -> bytes:
    """A copy of a stored PDF or picture with the areas painted black, by page from 1.

    Raises:
        Refused: it cannot be drawn, or has more than 100 pages.
        FileNotFoundError: there is no such file.
    """
    if media_type == _PDF:
        return _drawn(
            {"do": "copy", "areas": {str(page): [list(box) for box in of] for page, of in areas.items()}}, sha256
        )
    return _painted(sha256, areas.get(1, ()))


def page_picture(sha256: str, media_type: str, page: int, areas: Sequence[Box] = ()) -> tuple[bytes, str]:
    """A page as a picture for whoever marks places on it, with what is covered already; its bytes and type.

    Raises:
        Refused: it cannot be drawn, or there is no such page.
    """
    if media_type == _PDF:
        return _drawn(
            {"do": "page", "page": page, "areas": {str(page): [list(box) for box in areas]}}, sha256
        ), "image/png"
    return _painted(sha256, areas), media_type


def pages_of(sha256: str, media_type: str) -> int:
    """How many pages can be drawn; none where the file is damaged, locked or too long. A picture is one page."""
    try:
        return int(_drawn({"do": "count"}, sha256)) if media_type == _PDF else 1
    except Refused:
        return 0


def boxes_of(sha256: str, media_type: str, quote: str) -> list[tuple[int, Box]]:
    """Where words stand in a PDF: page and box, one for each line they run over. A scan has none.

    Raises:
        Refused: the file cannot be drawn.
    """
    if media_type != _PDF or not quote.strip():
        return []
    found = json.loads(_drawn({"do": "find", "quote": " ".join(quote.split())}, sha256))
    return [(page, Box(*box)) for page, box in found]


def _painted(sha256: str, areas: Sequence[Box]) -> bytes:
    """A picture's bare pixels with the areas painted over, in the format it had."""
    from .press import painted

    shown = files.picture(sha256, widest=3000)
    with Image.open(io.BytesIO(shown.content)) as image:
        kind, bare = image.format or "PNG", image.convert("RGB")
    out = io.BytesIO()
    painted(bare, areas).save(out, kind)
    return out.getvalue()


def _drawn(asked: Mapping[str, Any], sha256: str) -> bytes:
    with files.open_(sha256) as file:
        data = file.read()
    command = [sys.executable, "-P", "-B", "-m", __name__]
    surroundings = {"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    sent = json.dumps(asked).encode() + b"\n" + data
    try:
        done = subprocess.run(command, input=sent, capture_output=True, env=surroundings, timeout=WALL, check=False)
    except subprocess.TimeoutExpired as slow:
        raise _no() from slow
    if done.returncode != 0 or not done.stdout:
        raise _no()
    return done.stdout


def _no() -> Refused:
    return Refused(
        _(
            "Vi kan ikke lave en kopi af filen. Den er beskadiget, låst eller har mere end %(num)s sider.",
            num=MOST_PAGES,
        )
    )
