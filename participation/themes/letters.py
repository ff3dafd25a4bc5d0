"""The campaigns of a project as staff read them: who is alike, how much, and what each sender added."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import Campaign, Contact, Contribution, Text
from participation.contributions.shown import masks_of
from participation.foundation.db import db
from participation.projects.model import Project


@dataclass(frozen=True)
class Member:
    """A letter of a campaign.

    Attributes:
        like: share of the smaller letter's runs of words that it holds in common with the typical one, in percent.
        own: what its sender added.
    """

    number: int
    sender: str
    like: int | None
    own: Sequence[str]


@dataclass(frozen=True)
class Letters:
    """A campaign with the number of its most typical letter and its first members."""

    campaign: Campaign
    typical: int | None
    members: Sequence[Member]


#: Campaigns on a page, and members that are listed of each; all are counted.
CAMPAIGNS, MEMBERS = 5, 60


def campaigns(project: Project, page: int) -> tuple[list[Letters], int, int]:
    """The campaigns of a project, the largest first, five a page; then how many there are, and how many pages."""
    every = sa.select(Campaign).where(Campaign.project_id == project.id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(every.subquery())) or 0
    found = db.session.scalars(
        every.order_by(Campaign.size.desc(), Campaign.id).limit(CAMPAIGNS).offset((max(page, 1) - 1) * CAMPAIGNS)
    ).all()
    members = _members(found)
    own = _own(found, {one.id for row in members.values() for one in row})
    letters = []
    for one in found:
        like = {(a if b == one.medoid_id else b): round(100 * share) for a, b, share in one.evidence}
        mine = members.get(one.id, [])
        letters.append(
            Letters(
                one,
                next((row.number for row in mine if row.id == one.medoid_id), None),
                [
                    Member(row.number, row.organisation or row.name, like.get(row.id), own.get(row.id, []))
                    for row in mine
                ],
            )
        )
    return letters, total, max(1, -(-total // CAMPAIGNS))


def count(project: Project) -> int:
    """How many campaigns a project has."""
    return db.session.scalar(sa.select(sa.func.count(Campaign.id)).where(Campaign.project_id == project.id)) or 0


def _members(found: Sequence[Campaign]) -> dict[int, list[Any]]:
    """The first members of each campaign; the most typical one is always among them."""
    typical = Contribution.id.in_([one.medoid_id for one in found])
    place = sa.func.row_number().over(
        partition_by=Contribution.campaign_id, order_by=(sa.case((typical, 0), else_=1), Contribution.number)
    )
    ranked = (
        sa.select(Contribution.id, place.label("place"))
        .where(Contribution.campaign_id.in_([one.id for one in found]))
        .subquery()
    )
    rows = db.session.execute(
        sa.select(
            Contribution.campaign_id,
            Contribution.id,
            Contribution.number,
            Contribution.organisation,
            sa.func.coalesce(Contact.name, "").label("name"),
        )
        .join(ranked, ranked.c.id == Contribution.id)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(ranked.c.place <= MEMBERS)
        .order_by(Contribution.number)
    )
    members: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        members[row.campaign_id].append(row)
    return members


def _own(found: Sequence[Campaign], shown: set[int]) -> dict[int, list[str]]:
    """What the senders added, in their own words."""
    lines = [line for one in found for line in one.own if line[0] in shown]
    if not lines:
        return {}
    words = dict(
        db.session.execute(sa.select(Text.id, Text.words).where(Text.id.in_({text for _, text, _, _ in lines}))).all()
    )
    masks = masks_of({line[0] for line in lines})
    own: dict[int, list[str]] = defaultdict(list)
    for contribution, text, start, end in lines:
        own[contribution].append(masks.stretch(text, start, words[text][start:end]))
    return own
