"""Letters that many have sent: one campaign, answered once, counted singly; each sender's own lines stay their own.

Which letters are alike is told word for word by `analysis.campaigns`; the evidence is kept with the campaign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import Campaign, Contribution, Text
from participation.contributions.shown import masks_of
from participation.foundation.db import begin_write, db, settling
from participation.rules.handling import OWED
from participation.rules.kinds import MAIN, Kind

#: Longest name of a campaign, in characters: its most telling sentence, cut.
LONGEST_TITLE = 120


#: A stretch of a text, code points ``[start, end)``.
Stretch = tuple[int, int]


@dataclass(frozen=True)
class Letters:
    """The campaigns of a project.

    Attributes:
        medoid: for each contribution in a campaign the one that is most like all the others.
        own: what a sender said in their own words, beside the shared letter.
    """

    medoid: Mapping[int, int]
    own: Mapping[int, list[Stretch]]


def find_campaigns(project_id: int, *, now: datetime) -> Letters:
    """Find the campaigns of a project and keep them, in a transaction of its own; a second time changes nothing."""
    import analysis

    texts = texts_of(project_id)
    db.session.rollback()  # nothing is analysed while the database is held
    words = {one: said for one, (_, said) in texts.items()}
    found = [one for one in analysis.campaigns(list(words.values()), ids=list(words)) if one.kind == "letter"]
    titles = {one.medoid: _title(words[one.medoid]) for one in found}
    own = {
        member: lines
        for one in found
        for member in one.members
        if member != one.medoid and (lines := own_lines(words[member], words[one.medoid]))
    }
    with settling():
        begin_write()
        known = {one.medoid_id: one for one in db.session.scalars(_all(project_id))}
        db.session.execute(
            sa.update(Contribution)
            .where(Contribution.project_id == project_id, Contribution.campaign_id.is_not(None))
            .values(campaign_id=None)
            .execution_options(synchronize_session=False)
        )
        for one in found:
            campaign = known.pop(one.medoid, None) or Campaign(
                project_id=project_id, medoid_id=one.medoid, title=titles[one.medoid], found_at=now
            )
            campaign.size, campaign.evidence = len(one.members), [list(pair) for pair in one.evidence]
            campaign.own = [[member, texts[member][0], *line] for member in one.members for line in own.get(member, ())]
            db.session.add(campaign)
            db.session.flush()
            db.session.execute(
                sa.update(Contribution)
                .where(Contribution.id.in_(one.members))
                .values(campaign_id=campaign.id)
                .execution_options(synchronize_session=False)
            )
        for gone in known.values():
            db.session.delete(gone)
    return Letters({member: one.medoid for one in found for member in one.members}, own)


def own_lines(words: str, typical: str) -> list[Stretch]:
    """What a sender says in their own words; greetings and names are left out."""
    import analysis

    said = [span for piece in analysis.split(words) if piece.kind == "said" for span in piece.spans]
    return [
        (line.start, line.end)
        for line in analysis.own_lines(words, typical)
        if any(line.start < span.end and span.start < line.end for span in said)
    ]


def texts_of(project_id: int) -> dict[int, tuple[int, str]]:
    """The standing text of every contribution that is owed an answer, questions apart: its row and its words."""
    rows = db.session.execute(
        sa.select(Contribution.id, Text.id, Text.words)
        .join(Text, Text.contribution_id == Contribution.id)
        .where(
            Contribution.project_id == project_id,
            Contribution.handling.in_(OWED),
            Contribution.kind != Kind.QUESTION,
            Contribution.duplicate_of_id.is_(None),
            Text.source.in_(MAIN),
        )
        .order_by(Contribution.id, Text.id)
    )
    masks = masks_of(project_id=project_id)  # what is covered is blank, so that no title is made of it
    return {
        contribution: (text, masks.blanked(text, 0, words)) for contribution, text, words in rows
    }  # the latest correction stands


def _all(project_id: int) -> sa.Select[Any]:
    return sa.select(Campaign).where(Campaign.project_id == project_id).order_by(Campaign.id)


def _title(words: str) -> str:
    """The sentence that says most of a letter, in the letter's own words."""
    import analysis

    told = next((quote.text for quote in analysis.quotes([words], n=1)), words)
    line = " ".join(told.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
