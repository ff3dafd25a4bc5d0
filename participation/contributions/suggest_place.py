"""Where a contribution may belong: the cases and departments whose words are nearest to its own, and why (SK-17).

A person decides. What was suggested first stands in the log beside what was chosen, so that the hits can be counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.contributions.desk_queries import places
from participation.contributions.model import Contribution, Text
from participation.contributions.shown import said
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.projects.model import FrameLine, Meaning, Project
from participation.rules.acts import Act
from participation.rules.kinds import APART, MAIN

#: Suggestions that are shown.
MOST = 3
#: The latest contributions that were sent on, from which is learned where such words belong.
LEARNED = 300
#: How long back the hits are counted.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Suggested:
    """A place that a contribution may belong to.

    Attributes:
        to: ``p:7`` for a case, ``d:3`` for a department.
        because: words of the place that the contribution has too, weightiest first.
    """

    to: str
    name: str
    because: tuple[str, ...]


def suggest_places(contribution: Contribution, most: int = MOST) -> list[Suggested]:
    """The open cases and the departments that are nearest to a contribution's words, the nearest first.

    A case is known by what it says of itself, a department by its earlier cases, and both by the words of what was sent
    there before. Nothing is suggested where no word that says anything is shared, nor the place where it lies already.
    """
    import analysis  # only here: it brings scikit-learn, which the doors need not wait for

    words = "\n".join(said(text) for text in contribution.standing)  # nothing that is covered is a reason
    known = _known(contribution)
    found = analysis.link([words], [f"{name}\n{told}" for _to, name, told in known], n=most)[0]
    return [Suggested(*known[one.place][:2], tuple(word for word, _share in one.shared)) for one in found]


def hits(now: datetime) -> tuple[int, int]:
    """How often the first suggestion was taken within the last year, and how often there was one."""
    rows = db.session.scalars(
        sa.select(LogEntry.facts).where(LogEntry.act == Act.ROUTE_CONTRIBUTION, LogEntry.at > now - YEAR)
    )
    told = [facts["hit"] for facts in rows if "hit" in facts]
    return sum(told), len(told)


def _known(contribution: Contribution) -> list[tuple[str, str, str]]:
    """Each place where it does not lie, by name, and the words that it is known by."""
    cases, departments = places(contribution.project)
    words: dict[str, list[str]] = defaultdict(list)
    open_ = {key for key, _title in cases}
    for key, department, title, summary in db.session.execute(
        sa.select(Project.id, Project.department_id, Project.title, Project.summary)
        .where(Project.announced_at.is_not(None))
        .order_by(Project.id.desc())
        .limit(2 * LEARNED)
    ):
        words[f"p:{key}" if key in open_ else f"d:{department}"] += [title, summary]
    for part in (FrameLine, Meaning):
        for key, line in db.session.execute(
            sa.select(part.project_id, part.words).where(part.project_id.in_(open_)).order_by(part.id)
        ):
            words[f"p:{key}"].append(line)
    for project, to, line in db.session.execute(
        sa.select(Contribution.forwarded_project_id, Contribution.forwarded_department_id, Text.words)
        .join(Text, Text.contribution_id == Contribution.id)
        .where(
            Contribution.forwarded_at.is_not(None),
            Contribution.id != contribution.id,
            Text.source.in_((*MAIN, *APART)),
        )
        .order_by(Contribution.forwarded_at.desc(), Text.id)
        .limit(LEARNED)
    ):
        words[f"p:{project}" if project is not None else f"d:{to}"].append(line)
    here = _lies_at(contribution)
    named = [(f"p:{key}", name) for key, name in cases] + [(f"d:{key}", name) for key, name in departments]
    return [(to, name, "\n".join(words[to])) for to, name in named if to != here]


def _lies_at(contribution: Contribution) -> str:
    if contribution.forwarded_project_id is not None:
        return f"p:{contribution.forwarded_project_id}"
    return f"d:{contribution.forwarded_department_id}"
