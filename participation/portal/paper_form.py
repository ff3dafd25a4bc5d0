"""A form on paper for whoever does not write on a screen: one sheet, with a QR code to the form on the page (RP-14)."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.foundation import clock
from participation.foundation.pdf import typeset
from participation.people.municipality import Municipality
from participation.portal import cards
from participation.projects.model import Project, Round
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.kinds import Frame, PublicationRule
from participation.rules.levels import Level
from participation.rules.phases import Phase
from participation.rules.policy import Actor
from participation.rules.words import TELLS, danish

#: What of the influence frame has room on a sheet: lines of each kind, and letters in a line.
MOST_LINES, LONGEST_LINE = 4, 170
#: Letters of the summary, where even its first sentence is long.
LONGEST_SUMMARY = 400


@dataclass(frozen=True)
class _Asked:
    """What a level asks for on paper.

    Attributes:
        address: the last part of the form's address on the page.
    """

    heading: str
    ask: str
    address: str


def paper_form(actor: Actor, project: Project, municipality: Municipality, *, now: datetime) -> bytes:
    """The sheet of a project as PDF, in the language of the page; two sides of A4.

    It can be printed before the project opens, so that it lies ready where people come.

    Raises:
        NotAllowed: the actor may not see the project, or nothing is taken in any more.
    """
    round_, at = project.round, cards.phase_of(project, now)
    policy.require(actor, Act.READ_PROJECT, project, now)
    if at not in (Phase.DRAFT, Phase.ANNOUNCED) or round_ is None:
        policy.require(actor, _act(project.level if round_ is None else round_.level), round_ or project, now)

    told = _told(project, round_, municipality, at)
    return _printed(json.dumps(told, sort_keys=True), str(get_locale() or "da"), dates.local_day(now).isoformat())


def _act(level: Level) -> Act:
    return Act.ASK_QUESTION if level is Level.ORIENTATION else Act.SUBMIT_CONTRIBUTION


def _told(project: Project, round_: Round | None, town: Municipality, at: Phase) -> dict[str, Any]:
    """All that stands on the sheet, in the language of the page."""
    level = round_.level if round_ is not None else project.level
    asked = _asked(level)
    address = f"{current_app.config['BASE_URL']}/projekter/{project.slug}"
    phones = project.contact_phone or town.phone
    return {
        "title": project.title,
        "town": town.name,
        "level": cards.capital(_(danish(level))),
        "promise": _(TELLS[level]) % {"body": _(project.decided_by or town.body)}
        if "%(body)s" in TELLS[level]
        else _(TELLS[level]),
        "summary": _cut(cards.first_sentences(project.summary), LONGEST_SUMMARY),
        "open_name": _("Det kan du påvirke"),
        "open": _short([line.words for line in project.frame if line.kind is Frame.OPEN]),
        "fixed_name": _("Det kan ikke ændres"),
        "fixed": _short([_fixed(line.words, line.source) for line in project.frame if line.kind is Frame.FIXED]),
        "heading": asked.heading,
        "ask": asked.ask,
        "deadline": _deadline(round_, at),
        "apart_name": _("Vil du skrive noget for sig?"),
        "apart": []
        if level is Level.ORIENTATION
        else [_("Hvad har du brug for?"), _("Hvad foreslår du?"), _("Et alternativ")],
        "optional": _("Om dig selv"),
        "optional_note": _("Du bestemmer selv, om du vil skrive her. Uden navn tæller dit svar lige så meget."),
        "boxes": [
            _("Navn"),
            _("Adresse"),
            _("E-mail"),
            _("Telefon"),
        ],
        "ticks": [
            _("Vis mit navn på siden"),
            _("Send mig kvittering og svar med posten. Skriv også din adresse."),
        ],
        "why_email": _("Med e-mail eller adresse får du kvittering og kommunens svar."),
        "for_others": _("Skriver du for en forening, et firma eller en anden person? Skriv for hvem"),
        "circles_name": _("Hvem ser hvad?"),
        "circles": [
            [_("Alle på siden"), _page(project.publication, level)],
            [_("Byrådet og medarbejderne"), _("Teksten og dit navn, hvis du skriver det.")],
            [
                _("Hvis nogen søger aktindsigt"),
                _("Teksten og måske dit navn. Vi skjuler det, loven siger er privat."),
            ],
        ],
        "never": _("Adresse, telefon og e-mail viser vi ikke. Skriv ikke dit CPR-nummer her."),
        "hand_in_name": _("Aflever eller send til"),
        "hand_in": "\n".join(part for part in (town.name, project.department.name, town.home_address) if part),
        "hand_in_note": _("Mærk kuverten: %(title)s", title=project.title),
        "contact_name": _("Spørgsmål?"),
        "contact": "\n".join(
            part for part in (project.contact_name, phones, project.contact_email, project.contact_hours) if part
        ),
        "talk": _("Du kan også ringe og sige det. Så skriver vi det ned."),
        "qr": f"{address}/{asked.address}",
        "qr_name": _("Vil du hellere skrive på telefon eller computer?"),
        "qr_alt": _("QR-kode til %(address)s", address=f"{address}/{asked.address}"),
        "more": _("Læs om sagen, og se hele rammen:"),
        "page": address,
        "turn": _("Vend arket. Der er mere plads på den anden side."),
        "staff": _("Til kommunen: modtaget den"),
    }


def _asked(level: Level) -> _Asked:
    return {
        Level.ORIENTATION: _Asked(_("Dit spørgsmål"), _("Hvad vil du vide?"), "spoerg"),
        Level.HEARING: _Asked(_("Dit høringssvar"), _("Hvad mener du? Skriv gerne om flere ting."), "svar"),
        Level.COCREATION: _Asked(_("Dit forslag"), _("Hvad foreslår du? Skriv gerne om flere ting."), "svar"),
    }[level]


def _deadline(round_: Round | None, at: Phase) -> str:
    if round_ is None or round_.closes_at is None:
        return ""
    last = clock.day(dates.last_day(round_.closes_at))
    if at not in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
        return _("Fristen var %(day)s. Du kan stadig sende.", day=last)
    if at is Phase.OPEN or round_.opens_at is None:
        return _("Vi skal have skemaet senest %(day)s.", day=last)
    return _("Åbner %(first)s. Vi skal have skemaet senest %(day)s.", first=clock.day(round_.opens_at), day=last)


def _page(rule: PublicationRule, level: Level) -> str:
    """What everybody sees of it, as on the form on the page."""
    if level is Level.ORIENTATION:
        return _("Spørgsmålet, når vi svarer. Dit navn kun, hvis du vælger det.")
    return {
        PublicationRule.IMMEDIATELY: _("Teksten, når vi har skrevet den ind. Dit navn kun, hvis du vælger det."),
        PublicationRule.AFTER_LOOK: _("Teksten, når vi har set den igennem. Dit navn kun, hvis du vælger det."),
        PublicationRule.AFTER_DEADLINE: _("Teksten, når fristen er gået. Dit navn kun, hvis du vælger det."),
        PublicationRule.NEVER: _("Kun at der er kommet et svar."),
    }[rule]


def _fixed(words: str, source: str) -> str:
    return f"{words} ({source})" if source else words


def _short(lines: list[str]) -> list[str]:
    """What has room; a line says when more stands on the page."""
    kept = [_cut(line, LONGEST_LINE) for line in lines]
    return kept if len(kept) <= MOST_LINES else [*kept[: MOST_LINES - 1], _("Mere står på sagens side.")]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


@lru_cache(maxsize=64)
def _printed(told: str, lang: str, day: str) -> bytes:
    """The sheet, kept while nothing on it changes, so that many may fetch it."""
    facts = json.loads(told)
    code = BytesIO()
    segno.make(facts["qr"], error="m", micro=False).save(code, kind="svg", border=0, xmldecl=False)
    return typeset(
        (Path(str(current_app.template_folder)) / "typst" / "paper_form.typ").read_text(encoding="utf-8"),
        facts,
        title=f"{facts['heading']}: {facts['title']}",
        lang=lang,
        created=datetime.fromisoformat(day).date(),
        files={"code.svg": code.getvalue()},
    )
