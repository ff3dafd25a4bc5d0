"""Write an analysis down for people and machines: one HTML page that needs nothing else, a workbook, and JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

import xlsxwriter

from .analyse import Analysis
from .group import Theme
from .lexicon import WRITTEN_IN

NOTHING = "Siger for lidt til et tema"
_MOST_CELL = 32_000
_MOST_SHOWN = 50
_MOST_OWN = 5
_STYLE = """
:root{color-scheme:light;--ink:#1b2a33;--soft:#51626d;--line:#c9d3d9;--bar:#1f6f8b;--ground:#fff}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1rem;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);
background:var(--ground);overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.3rem;margin-top:2.5rem}h3{font-size:1.1rem;margin-bottom:.3rem}
figure{margin:1rem 0}figcaption{color:var(--soft)}svg{display:block;width:100%;height:auto}
svg text{font:14px system-ui,sans-serif;fill:var(--ink)}svg rect{fill:var(--bar)}
.beside{display:grid;gap:1rem}@media(min-width:48rem){.beside{grid-template-columns:1fr 1fr;align-items:start}}
.wide{overflow-x:auto}.wide td:first-child,.wide th:first-child{min-width:4rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
blockquote{margin:.6rem 0;padding:.2rem 0 .2rem .9rem;border-left:3px solid var(--bar);white-space:pre-line}
blockquote footer,.soft{color:var(--soft)}article{border-top:1px solid var(--line);padding-top:.5rem;margin-top:1.5rem}
@media print{article{break-inside:avoid}}
"""


def write_report(analysis: Analysis, folder: Path, title: str) -> tuple[Path, ...]:
    """Write `report.html`, `report.xlsx` and `report.json` into a folder, which is made if need be.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page, book, values = (folder / f"report.{kind}" for kind in ("html", "xlsx", "json"))
    page.write_text(as_html(analysis, title), encoding="utf-8")
    write_workbook(analysis, book)
    write_json(analysis, values)
    return page, book, values


def write_json(analysis: Analysis, file: Path) -> None:
    """Write the analysis as JSON, UTF-8; half a character (a lone surrogate) is written as its escape."""
    text = json.dumps(analysis.as_dict(), ensure_ascii=False, indent=1)
    text = re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    file.write_text(text + "\n", encoding="utf-8")


# --- the page ---------------------------------------------------------------------------------------------------


def as_html(analysis: Analysis, title: str) -> str:
    """The page in Danish: no script, nothing fetched, a table beside every chart."""
    counted = Counter(analysis.inputs.values())
    parts = [
        f"<h1>{_safe(title)}</h1>",
        f"<p>{_summary(analysis)}</p>",
        "<p class=soft>Temaerne er et forslag, som en maskine har lavet ud fra ordene. Et menneske bør læse med, "
        "rette til og beslutte.</p>",
    ]
    if analysis.themes:
        parts.append("<h2>Temaer</h2>")
        if analysis.weak:
            parts.append("<p>Temaerne hænger løst sammen som helhed. Læs dem igennem, før de bruges.</p>")
        parts.append(_chart("Punkter i hvert tema", [(theme.label, theme.size) for theme in analysis.themes], "Tema"))
        parts += [_theme(analysis, theme, counted[theme.key]) for theme in analysis.themes]
    else:
        parts.append(
            "<h2>Ingen temaer</h2><p>Der er så få punkter, at de læses hurtigere, end temaer efterses. "
            "Her er de alle.</p>"
        )
        parts.append(_listed(_once(analysis)))
    parts += _duplicates(analysis)
    parts += _left_over(analysis)
    spoken = [(WRITTEN_IN[code], n) for code, n in sorted(analysis.languages.items(), key=lambda c: (-c[1], c[0]))]
    parts += ["<h2>Sprog</h2>", _chart("Punkter på hvert sprog", spoken, "Sprog")]
    parts.append(
        f"<p class=soft>Fingeraftryk af resultatet: <code>{analysis.digest[:16]}</code>. De samme svar giver altid "
        "det samme.</p>"
    )
    return (
        '<!doctype html>\n<html lang="da"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_safe(title)}</title><style>{_STYLE}</style></head><body><main>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _summary(analysis: Analysis) -> str:
    answers, points = len(analysis.inputs), len(analysis.points)
    said = f"{_number(answers)} svar med {_number(points)} {'punkt' if points == 1 else 'punkter'}"
    themes = len(analysis.themes)
    if not themes:
        return f"{said}."
    return f"{said} i {themes} {'tema' if themes == 1 else 'temaer'}."


def _theme(analysis: Analysis, theme: Theme, inputs: int) -> str:
    topics = analysis.topics[theme.key]
    parts = [
        f'<article id="t-{_safe(theme.key)}"><h3>{_safe(theme.label)}</h3>',
        f"<p>{_number(theme.size)} {'punkt' if theme.size == 1 else 'punkter'}. "
        f"Hovedtema i {_number(inputs)} svar. {_firm(theme)}</p>",
    ]
    if theme.words:
        parts.append(f"<p class=soft>Typiske ord: {_safe(', '.join(theme.words))}</p>")
    parts += _quotes(analysis, theme)
    parts += _stances(analysis, theme)
    if topics:
        parts.append(_chart("Emner i temaet", [(topic.label, topic.size) for topic in topics], "Emne"))
    return "".join([*parts, "</article>"])


STANCE_WORDS = {"wish": "Ønske", "concern": "Bekymring", "support": "Støtte", "opposition": "Modstand"}
UNTOLD = "Kan ikke ses af ordene"


def _stances(analysis: Analysis, theme: Theme) -> Iterable[str]:
    shown = analysis.stances(theme)
    told = [(STANCE_WORDS[name], n) for name, n in shown.items() if n]
    if told:
        yield _chart(
            "Holdninger i punkternes egne ord", [*told, (UNTOLD, theme.size - sum(shown.values()))], "Holdning"
        )


def _firm(theme: Theme) -> str:
    if theme.firmness >= 0.8:
        return "Temaet står fast."
    return "Temaet er nogenlunde fast." if theme.firmness >= 0.5 else "Temaet er svagt, så læs godt efter."


def _quotes(analysis: Analysis, theme: Theme) -> Iterable[str]:
    for name, span in analysis.quoted[theme.key]:
        said = analysis.texts[name][span.start : span.end]
        yield f"<blockquote>{_safe(said)}<footer>Svar {_safe(name)}</footer></blockquote>"


def _chart(caption: str, bars: Sequence[tuple[str, int]], what: str) -> str:
    """Bars as inline SVG with the same figures in a table beside them."""
    most = max((n for _, n in bars), default=1) or 1
    drawn = []
    for row, (label, n) in enumerate(bars):
        y = 44 * row
        drawn.append(
            f'<text x="0" y="{y + 15}">{_safe(_short(label, 44))}</text>'
            f'<rect x="0" y="{y + 20}" width="{max(2, round(300 * n / most))}" height="14" rx="2"></rect>'
            f'<text x="{max(2, round(300 * n / most)) + 6}" y="{y + 32}">{_number(n)}</text>'
        )
    total = sum(n for _, n in bars) or 1
    rows = "".join(
        f"<tr><td>{_safe(label)}</td><td class=n>{_number(n)}</td><td class=n>{round(100 * n / total)} %</td></tr>"
        for label, n in bars
    )
    return (
        f'<figure><figcaption>{caption}</figcaption><div class="beside">'
        f'<svg viewBox="0 0 360 {44 * max(1, len(bars))}" role="img" aria-label="{caption}; tallene står i tabellen">'
        f'{"".join(drawn)}</svg><div class="wide"><table><thead><tr><th>{what}</th><th class=n>Antal</th>'
        f"<th class=n>Andel</th></tr></thead><tbody>{rows}</tbody></table></div></div></figure>"
    )


def _duplicates(analysis: Analysis) -> Iterable[str]:
    if not analysis.duplicates:
        return
    yield "<h2>Ens svar</h2><p>Svar, der er næsten ord til andet ens, for eksempel et brev, som mange har sendt.</p>"
    for group in analysis.duplicates[:_MOST_SHOWN]:
        yield (
            f"<article><h3>{_number(len(group))} svar</h3><blockquote>{_safe(_short(analysis.texts[group[0]], 400))}"
            f"<footer>Svar {_safe(_short(', '.join(group), 300))}</footer></blockquote>{_own_lines(analysis, group)}"
            "</article>"
        )
    if (more := len(analysis.duplicates) - _MOST_SHOWN) > 0:
        yield f"<p>Og {_number(more)} grupper til; de står i regnearket.</p>"


def _own_lines(analysis: Analysis, group: Sequence[str]) -> str:
    """The first of the sentences that senders put beside the shared letter, and how many senders did."""
    wrote = [name for name in group if name in analysis.own]
    shown = "".join(
        f"<li>Svar {_safe(name)}: "
        + _safe(_short(" ".join(analysis.texts[name][s.start : s.end] for s in analysis.own[name]), 300))
        + "</li>"
        for name in wrote[:_MOST_OWN]
    )
    more = f"<p>Og {_number(len(wrote) - _MOST_OWN)} til.</p>" if len(wrote) > _MOST_OWN else ""
    return f"<p>Det har de selv skrevet til:</p><ul>{shown}</ul>{more}" if wrote else ""


def _left_over(analysis: Analysis) -> Iterable[str]:
    left = [(name, analysis.texts[name]) for name, theme in analysis.inputs.items() if theme is None]
    if not left or not analysis.themes:
        return
    yield f"<h2>{NOTHING}</h2><p>{_number(len(left))} svar. De er talt med, men ikke lagt i et tema.</p>"
    yield _listed(left[:_MOST_SHOWN])
    if (more := len(left) - _MOST_SHOWN) > 0:
        yield f"<p>Og {_number(more)} til; de står i regnearket.</p>"


def _once(analysis: Analysis) -> list[tuple[str, str]]:
    """Every answer with words in it; of those that are equal one, with the names of all who add nothing to it."""
    rows: dict[str, tuple[list[str], str]] = {}
    group_of = {name: group[0] for group in analysis.duplicates for name in group if name not in analysis.own}
    for name, text in analysis.texts.items():
        if text.strip():
            rows.setdefault(group_of.get(name, name), ([], text))[0].append(name)
    return [(", ".join(names), text) for names, text in rows.values()]


def _listed(texts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><td>{_safe(name)}</td><td>{_safe(_short(text, 2000))}</td></tr>" for name, text in texts)
    return (
        f"<div class=wide><table><thead><tr><th>Svar</th><th>Tekst</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _safe(text: str) -> str:
    """Text for a page: escaped, without the signs that HTML cannot hold."""
    return escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "\ufffd", text))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _number(n: int) -> str:
    return f"{n:,}".replace(",", ".")


# --- the workbook -----------------------------------------------------------------------------------------------


def write_workbook(analysis: Analysis, file: Path) -> None:
    """The analysis as an Excel workbook: themes, points, answers, and groups of equal answers; no cell is a formula."""
    levels = [level for theme in analysis.themes for level in (theme, *analysis.topics[theme.key])]
    label: Mapping[str | None, str] = {level.key: level.label for level in levels}
    counted = Counter(analysis.inputs.values())
    with xlsxwriter.Workbook(str(file), {"constant_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1})

        def sheet(
            name: str, heading: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str | int]]
        ) -> None:
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            for column, width in enumerate(widths):
                page.set_column(column, column, width)
            for row, cells in enumerate((heading, *rows)):
                for column, cell in enumerate(cells):
                    if isinstance(cell, int):
                        page.write_number(row, column, cell)
                    else:
                        page.write_string(row, column, _cell(cell), head if row == 0 else None)

        sheet(
            "Temaer",
            ("Tema", "Emne", "Punkter", "Hovedtema i svar", *STANCE_WORDS.values(), "Typiske ord", "Citat"),
            (32, 32, 10, 16, 10, 12, 10, 10, 40, 80),
            [
                (
                    theme.label if level is theme else label[theme.key],
                    "" if level is theme else level.label,
                    level.size,
                    counted[theme.key] if level is theme else "",
                    *analysis.stances(level).values(),
                    ", ".join(level.words),
                    *(analysis.texts[name][s.start : s.end] for name, s in analysis.quoted[level.key][:1]),
                )
                for theme in analysis.themes
                for level in (theme, *analysis.topics[theme.key])
            ],
        )
        sheet(
            "Punkter",
            ("Svar", "Tema", "Emne", "Punktets ord", "Ord, der peger på temaet", "Holdning", "Ordet, der viser den"),
            (12, 32, 32, 90, 40, 12, 20),
            (
                (
                    point.input,
                    label.get(point.theme, NOTHING),
                    label.get(point.topic, ""),
                    "\n".join(analysis.texts[point.input][s.start : s.end] for s in point.spans),
                    ", ".join(word for word, _ in point.why),
                    STANCE_WORDS[point.stance] if point.stance else "",
                    analysis.texts[point.input][point.cue.start : point.cue.end] if point.cue else "",
                )
                for point in analysis.points
            ),
        )
        sheet(
            "Svar",
            ("Svar", "Hovedtema", "Tekst"),
            (12, 32, 100),
            ((name, label.get(theme, NOTHING), analysis.texts[name]) for name, theme in analysis.inputs.items()),
        )
        sheet(
            "Ens svar",
            ("Gruppe", "Svar", "Tekst"),
            (10, 12, 100),
            (
                (number, name, analysis.texts[name])
                for number, group in enumerate(analysis.duplicates, 1)
                for name in group
            ),
        )


def _cell(text: str) -> str:
    """Text for a cell: Excel holds 32,767 characters; a longer text is cut and says so."""
    bare = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
    return bare if len(bare) <= _MOST_CELL else bare[:_MOST_CELL] + " […] (forkortet; hele teksten står i dit eget ark)"
