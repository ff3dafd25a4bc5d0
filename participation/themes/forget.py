"""What is covered after the machine has gathered the points is forgotten: no title, word or reason tells it.

The machine learns from words that are not covered (`constraints.points_of`). A cover that comes later, or while it
gathers, is told to this room by a job, since the room of contributions does not know of themes (RE-26).
"""

import re
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.contributions.model import Campaign, Contribution, Point, Text
from participation.contributions.shown import masks_of
from participation.foundation import jobs, log
from participation.foundation.db import begin_write, db, settling
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import WORKER
from participation.themes.model import Placement, Run, Theme, ThemeEdit

_WORD = re.compile(r"\w+")
_CHUNK = 500


@jobs.job("themes:forget_covered")
def forget_covered(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Take every word that is covered wherever it stands out of what the machine has said of a project's themes.

    A title that a person has written is theirs and stays.
    """
    project_id = arguments["project"]
    secret = _Secret(project_id)
    if not secret:
        return
    with settling():
        begin_write()
        changed = _forget(project_id, secret)
        if changed:
            project = db.session.get_one(Project, project_id)
            log.record(Act.GROUP_POINTS, WORKER, project, at=now, step="covered", changed=changed)


class _Secret:
    """The words that stand in covered stretches and nowhere else in a project."""

    def __init__(self, project_id: int) -> None:
        masks = masks_of(project_id=project_id)
        self._covered: set[str] = set()
        self._public: set[str] = set()
        if not masks.texts:
            return
        for text_id, words in db.session.execute(
            sa.select(Text.id, Text.words)
            .join(Contribution, Contribution.id == Text.contribution_id)
            .where(Contribution.project_id == project_id)
            .execution_options(yield_per=_CHUNK)
        ):
            for start, end, _reason in masks.texts.get(text_id, ()):
                self._covered |= _words(words[start:end])
            self._public |= _words(masks.blanked(text_id, 0, words))
        self._covered -= self._public

    def __bool__(self) -> bool:
        return bool(self._covered)

    def tells(self, told: str) -> bool:
        """Whether some words tell something covered; a stem is told by what begins with it."""
        return any(self._is_covered(word) for word in _words(told))

    def _is_covered(self, word: str) -> bool:
        near = any(one.startswith(word) or word.startswith(one) for one in self._covered)
        return near and not any(one.startswith(word) for one in self._public)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _forget(project_id: int, secret: _Secret) -> int:
    changed, renamed = 0, _renamed(project_id)
    for theme in db.session.scalars(sa.select(Theme).where(Theme.project_id == project_id)):
        kept = [word for word in theme.words if not secret.tells(word)]
        changed += len(theme.words) - len(kept)
        theme.words = kept
        if secret.tells(theme.title) and not theme.by_person and theme.id not in renamed:
            theme.title, changed = _title(kept, theme.id), changed + 1
    for campaign in db.session.scalars(sa.select(Campaign).where(Campaign.project_id == project_id)):
        if secret.tells(campaign.title):
            campaign.title, changed = _("Breve, der ligner hinanden"), changed + 1
    own = sa.select(Point.id).where(Point.project_id == project_id)
    for placement in db.session.scalars(sa.select(Placement).where(Placement.point_id.in_(own))):
        why = [one for one in placement.why if not secret.tells(one[0])]
        changed += len(placement.why) - len(why)
        placement.why = why
    for run in db.session.scalars(sa.select(Run).where(Run.project_id == project_id)):
        run.facts = {name: _without(fact, secret) for name, fact in run.facts.items()}
    db.session.flush()
    return changed


def _without(fact: object, secret: _Secret) -> object:
    """A fact of a run without the words that tell something covered."""
    if isinstance(fact, list):
        return [_without(one, secret) for one in fact if not (isinstance(one, str) and secret.tells(one))]
    if isinstance(fact, dict):
        return {name: _without(one, secret) for name, one in fact.items()}
    return fact


def _renamed(project_id: int) -> set[int]:
    """The themes that a person has given a name."""
    named = db.session.scalars(
        sa.select(ThemeEdit).where(ThemeEdit.project_id == project_id, ThemeEdit.operation == "rename")
    )
    return {int(key) for edit in named for key in edit.after["themes"]}


def _title(words: Iterable[str], key: int) -> str:
    line = ", ".join(list(words)[:2])
    return line[:1].upper() + line[1:] if line else _("Emne %(number)s", number=key)
