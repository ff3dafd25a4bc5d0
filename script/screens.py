"""Take the pictures of script/screens: every page at 320 and 1280 px and printed, with an index page."""

import sys
import tempfile
from html import escape
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page

from participation.foundation.db import SettledFlask
from tests.browser.chromium import DESK, PHONE, OpenWindow, launched, serving, windows
from tests.browser.pages import PLACES, all_pages, enter, fill
from tests.practised import practising

WIDTHS = {"phone": PHONE, "desk": DESK}
#: Longer pages are cut here (px), and printed pages after the fourth are left out.
TALLEST, PRINTED = 6000, 4


def main() -> None:
    """Take the pictures the command line asks for."""
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="medspil-screens-") as instance:
        print("script/screens: making the practice municipality", flush=True)
        with (
            practising(Path(instance)) as app,
            serving(app) as origin,
            launched() as browser,
            windows(browser, origin) as open_window,
        ):
            for name, role, path, open_page in _pages(app, open_window):
                if words and not any(word in name for word in words):
                    continue
                _take(folder, name, open_page)
                taken.append((name, role, path))
                print(f"script/screens: {name} ({role}, {path})", flush=True)
    if not taken:
        sys.exit("script/screens: no page has such a name")
    (folder / "index.html").write_text(_index(taken), encoding="utf-8")
    print(f"script/screens: {len(taken)} pages in {folder / 'index.html'}")


def _pages(app: SettledFlask, open_window: OpenWindow):
    """Name, role, path and an opener (width → page) of everything there is to see."""
    for stop in all_pages(app):

        def visit(width: int, stop=stop) -> Page:
            page = open_window(width=width, watched=False)
            enter(page, app, stop.role)
            page.goto(stop.path, wait_until="networkidle")
            return page

        yield stop.name, str(stop.role), stop.path, visit
    for place in PLACES:
        if place.form:

            def send(width: int, place=place) -> Page:
                page = open_window(width=width, watched=False)
                enter(page, app, place.role)
                fill(page, place)
                return page

            yield place.name, str(place.role), place.path, send


def _take(folder: Path, name: str, open_page) -> None:
    for kind, width in WIDTHS.items():
        page = open_page(width)
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": width, "height": max(height, 600)})
        page.screenshot(path=folder / f"{name}-{kind}.png")
        if kind == "desk":
            _print(page, folder / f"{name}-printed.png")
        page.context.close()


def _print(page: Page, target: Path) -> None:
    """Print the page on A4 and set its first sheets side by side."""
    margin = {"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}
    document = pypdfium2.PdfDocument(page.pdf(format="A4", margin=margin))
    sheets = [document[number].render(scale=1.2).to_pil() for number in range(min(len(document), PRINTED))]
    document.close()
    row = Image.new("RGB", (sum(sheet.width + 12 for sheet in sheets), max(sheet.height for sheet in sheets)), "#888")
    left = 0
    for sheet in sheets:
        row.paste(sheet, (left, 0))
        left += sheet.width + 12
    row.save(target)


def _index(taken: list[tuple[str, str, str]]) -> str:
    kinds = (*WIDTHS, "printed")
    sections = "".join(
        f'<h2 id="{escape(name)}">{escape(name)} <small>{escape(role)} {escape(path)}</small></h2>\n<p>'
        + "".join(
            f'<a href="{escape(name)}-{kind}.png"><img loading="lazy" src="{escape(name)}-{kind}.png" '
            f'alt="{escape(name)}, {kind}" height="480"></a>\n'
            for kind in kinds
        )
        + "</p>\n"
        for name, role, path in taken
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Every page</title>\n'
        f"<h1>Every page, on a phone, on a desk and printed</h1>\n{sections}</html>\n"
    )


if __name__ == "__main__":
    main()
