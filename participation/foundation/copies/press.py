"""Draw the pages of a PDF: as a new PDF of pictures, as one picture, or to find where words stand."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageDraw

from . import MOST_PAGES

#: Dots per inch of a copy, and the most pixels of one page: a drawing of a whole district is drawn coarser.
DENSITY, MOST_PIXELS = 150, 12_000_000
_QUALITY = 80
_MOST_FINDS = 200


class Unpressable(Exception):
    """The file cannot be drawn."""


def press(asked: Mapping[str, Any], data: bytes) -> bytes:
    """Do what was asked of a PDF: ``count``, ``copy``, ``page`` or ``find``."""
    with pdfium.PdfDocument(data) as pdf:
        if not 0 < len(pdf) <= MOST_PAGES:
            raise Unpressable
        if asked["do"] == "count":
            return str(len(pdf)).encode()
        if asked["do"] == "copy":
            return _copy(pdf, asked["areas"])
        if asked["do"] == "page":
            number = int(asked["page"])
            if not 1 <= number <= len(pdf):
                raise Unpressable
            out = io.BytesIO()
            _drawn(pdf, number, asked["areas"].get(str(number), ())).save(out, "PNG")
            return out.getvalue()
        return json.dumps(_find(pdf, asked["quote"])).encode()


def _copy(pdf: pdfium.PdfDocument, areas: Mapping[str, Sequence[Sequence[float]]]) -> bytes:
    """A new PDF whose pages are pictures; nothing else of the old one is in it."""
    new = pdfium.PdfDocument.new()
    for number in range(1, len(pdf) + 1):
        width, height = pdf.get_page_size(number - 1)
        ink = io.BytesIO()
        _drawn(pdf, number, areas.get(str(number), ())).save(ink, "JPEG", quality=_QUALITY)
        ink.seek(0)
        picture = pdfium.PdfImage.new(new)
        picture.load_jpeg(ink, inline=True)
        picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page = new.new_page(width, height)
        page.insert_obj(picture)
        page.gen_content()
        page.close()
    out = io.BytesIO()
    new.save(out)
    return out.getvalue()


def _drawn(pdf: pdfium.PdfDocument, number: int, boxes: Sequence[Sequence[float]]) -> Image.Image:
    page = pdf[number - 1]
    width, height = page.get_size()
    scale = min(DENSITY / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    image = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    return painted(image, boxes)


def painted(image: Image.Image, boxes: Sequence[Sequence[float]]) -> Image.Image:
    """The picture with boxes painted black, each a little larger than it was marked."""
    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in boxes:
        across, down = image.width, image.height
        pen.rectangle((left * across - 2, top * down - 2, right * across + 2, bottom * down + 2), fill="black")
    return image


def _find(pdf: pdfium.PdfDocument, quote: str) -> list[tuple[int, list[float]]]:
    """Page and box of each line that a quote runs over, wherever it stands."""
    found: list[tuple[int, list[float]]] = []
    for number in range(1, len(pdf) + 1):
        page = pdf[number - 1]
        layer = page.get_textpage()
        search = layer.search(quote, match_case=False)
        while len(found) < _MOST_FINDS and (hit := search.get_next()) is not None:
            for place in range(layer.count_rects(*hit)):
                found.append((number, _box(page, layer.get_rect(place))))
        layer.close()
        page.close()
    return found


def _box(page: pdfium.PdfPage, rect: Sequence[float]) -> list[float]:
    """A rectangle of the page's own measure as fractions from the top left corner of the page as it is seen."""
    size = 100_000
    corners = [_seen(page, size, rect[0], rect[1]), _seen(page, size, rect[2], rect[3])]
    across, down = sorted(x for x, _y in corners), sorted(y for _x, y in corners)
    clamp = [across[0], down[0], across[1], down[1]]
    left, top, right, bottom = (min(max(one / size, 0.0), 1.0) for one in clamp)
    return [left, top, max(right, left + 0.001), max(bottom, top + 0.001)]


def _seen(page: pdfium.PdfPage, size: int, x: float, y: float) -> tuple[int, int]:
    """Where a point lands when the page, however it is turned, is drawn ``size`` by ``size``."""
    from ctypes import byref, c_int

    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, byref(across), byref(down))
    return across.value, down.value
