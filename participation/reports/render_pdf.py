"""The white paper as a tagged PDF: contents, bookmarks, table headings, alternative texts (PDF/UA-1 and PDF/A-2a)."""

from pathlib import Path

from flask import current_app
from flask_babel import force_locale

from participation.foundation.pdf import typeset
from participation.reports import wording
from participation.reports.paper import Paper
from participation.reports.script import cover, script
from participation.rules import dates


def render_pdf(paper: Paper) -> bytes:
    """Print a paper; the same paper gives the same bytes. The case's own language is Danish."""
    with force_locale("da"):
        parts = script(paper)
        return typeset(
            _template(),
            {
                "kicker": wording.rendition(paper),
                "cover": cover(paper),
                "note": wording.reader(paper),
                "parts": parts,
                "targets": _targets(parts),
            },
            title=wording.title(paper),
            created=dates.local_day(paper.made_at),
        )


def _targets(parts: list[dict[str, object]]) -> list[int]:
    """The numbers that the annex tells of, so that a row can lead there."""
    anchors = (str(part["anchor"]) for part in parts if part.get("anchor"))
    return [int(anchor.removeprefix("nr-")) for anchor in anchors]


def _template() -> str:
    folder = Path(str(current_app.template_folder))
    return (folder / "typst" / "white_paper.typ").read_text(encoding="utf-8")
