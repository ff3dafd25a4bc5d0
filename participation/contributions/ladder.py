"""The ladder of moderation: what every rung shares, and what the public may know of it (RE-33, T14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Contact, Contribution, Mask, Moderation
from participation.contributions.tell import tell_sender
from participation.foundation import clock, letters
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.people.queries import others
from participation.projects.model import Project
from participation.rules.handling import NEEDS_WORDS, OWED, Handling, HidingReason, MaskReason, Rung
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.rules.words import danish


def take_step(
    actor: Actor,
    contribution: Contribution,
    rung: Rung,
    reason: HidingReason | MaskReason,
    words: str,
    *,
    until: datetime | None = None,
    now: datetime,
) -> Moderation:
    """Keep a step with its reason and the words to the sender. The verbs ask the policy, record it and tell the sender.

    Raises:
        Wrong: there is not a word to the sender; a mask needs one only where it judges the tone.
    """
    if not words.strip() and (rung is not Rung.MASK or reason in NEEDS_WORDS):
        raise Wrong(mark("Skriv med egne ord til afsenderen, hvad det handler om."))
    step = Moderation(
        contribution=contribution,
        project_id=contribution.project_id,
        rung=rung,
        reason=reason,
        words=words.strip(),
        at=now,
        by_id=actor.person_id,
        until=until,
    )
    db.session.add(step)
    db.session.flush()
    return step


def tell(kind: str, step: Moderation, entry: LogEntry, *, at: datetime) -> None:
    """Owe the sender the letter about a step; without an address the page behind the code says the same."""
    tell_sender(kind, step.contribution, at=at, dedupe=f"{kind}:{step.contribution_id}:{entry.id}", step=step.id)


def needs_another(actor: Actor, project: Project) -> bool:
    """Whether the department has somebody else who can look at what the actor has done."""
    return bool(others(actor, project.id, project.department_id))


@letters.provider("step")
def about_step(step_id: int) -> dict[str, Any]:
    """What a letter about a step may say; words are read when it is written, so that no copy lies in its facts."""
    step = db.session.get_one(Moderation, step_id)
    return {
        "rung": step.rung.value,
        "reason": _(danish(step.reason)),
        "own_words": step.words,
        "until": clock.short_day(step.until - timedelta(microseconds=1)) if step.until is not None else "",
        "another": step.waits,
        "shown": step.contribution.handling is Handling.PUBLISHED,
        "granted": bool(step.granted),
        "answer": step.answer,
    }


def may_look_again(actor: Actor, step: Moderation) -> bool:
    """Whether the actor is the right one to answer an appeal.

    Somebody who had no part in the step; where there is nobody, whoever only confirmed it; in a department of one, the
    one.
    """
    had_part = {step.by_id, step.confirmed_by_id}
    if actor.person_id not in had_part:
        return True
    colleagues = {person.id for person in others(actor, step.project.id, step.project.department_id)}
    return not colleagues - had_part and (actor.person_id != step.by_id or not colleagues)


# -- what is read -----------------------------------------------------------------------------------------------------


def steps_of(contribution_id: int) -> list[Moderation]:
    """The steps that were taken with a contribution, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Moderation)
            .where(Moderation.contribution_id == contribution_id)
            .order_by(Moderation.id)
            .options(lazyload(Moderation.contribution))
        )
    )


def step_of(contribution: Contribution, key: int) -> Moderation:
    """One step that was taken with a contribution.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Moderation, key)
    if found is None or found.contribution_id != contribution.id:
        raise NotFound
    return found


def standing(contribution: Contribution, rung: Rung) -> Moderation | None:
    """The step on a rung that holds now, if any."""
    return db.session.scalar(
        sa.select(Moderation)
        .where(Moderation.contribution_id == contribution.id, Moderation.rung == rung, Moderation.ended_at.is_(None))
        .order_by(Moderation.id.desc())
        .limit(1)
    )


def waits_for_a_person() -> sa.ColumnElement[bool]:
    """A hiding without a second yes, or a step that a sender wants us to look at again."""
    unseen = sa.and_(Moderation.rung == Rung.HIDE, Moderation.confirmed_at.is_(None), Moderation.ended_at.is_(None))
    return sa.or_(unseen, sa.and_(Moderation.appealed_at.is_not(None), Moderation.answered_at.is_(None)))


def to_look_at(project_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of what is hidden without a second yes, and of what a sender wants us to look at again."""
    waits = sa.and_(
        Moderation.rung == Rung.HIDE,
        Moderation.confirmed_at.is_(None),
        Moderation.ended_at.is_(None),
        Contribution.handling == Handling.HIDDEN,
    )
    rows = db.session.execute(
        sa.select(Contribution.number, waits)
        .join(Moderation.contribution)
        .where(Moderation.project_id == project_id, waits_for_a_person(), Contribution.handling.in_(OWED))
    ).all()
    unseen = {number for number, is_unseen in rows if is_unseen}
    return tuple(sorted(unseen)), tuple(sorted({number for number, is_unseen in rows if not is_unseen}))


def open_block(project_id: int, held: frozenset[int], email: str, now: datetime) -> Moderation | None:
    """A block that holds for whoever is at the screen: the same e-mail, or a session that has shown the same code."""
    blocks = db.session.execute(
        sa.select(Moderation, sa.func.lower(Contact.email))
        .join(Contact, Contact.contribution_id == Moderation.contribution_id)
        .where(
            Moderation.project_id == project_id,
            Moderation.rung == Rung.BLOCK,
            Moderation.ended_at.is_(None),
            Moderation.until > now,
        )
        .order_by(Moderation.until.desc())
    ).all()
    if not blocks:
        return None
    own = db.session.scalars(sa.select(sa.func.lower(Contact.email)).where(Contact.contribution_id.in_(held)))
    theirs = {email.strip().lower(), *own} - {""}
    return next((step for step, address in blocks if step.contribution_id in held or address in theirs), None)


@dataclass(frozen=True)
class Moderated:
    """How often each reason led to each rung, in all or in one project; it names nobody."""

    counts: dict[tuple[HidingReason, Rung], int]
    ended: int
    appealed: int
    granted: int

    @property
    def total(self) -> int:
        """How many steps were taken."""
        return sum(self.counts.values())

    def of_rung(self, rung: Rung) -> int:
        """How many steps were taken on a rung."""
        return sum(many for (_reason, at), many in self.counts.items() if at is rung)

    def of_reason(self, reason: HidingReason) -> int:
        """How many steps had this reason."""
        return sum(many for (why, _rung), many in self.counts.items() if why is reason)


@dataclass(frozen=True)
class ModeratedProject:
    """A project in which a step was taken."""

    title: str
    slug: str
    steps: Moderated


def moderated() -> tuple[Moderated, Sequence[ModeratedProject]]:
    """The steps in announced projects, and the same project by project, the newest project first; masks apart."""
    rows = db.session.execute(
        sa.select(
            Project.id,
            Project.title,
            Project.slug,
            Moderation.reason,
            Moderation.rung,
            sa.func.count(),
            sa.func.count(Moderation.ended_at),
            sa.func.count(Moderation.appealed_at),
            sa.func.count(sa.case((Moderation.granted.is_(True), 1))),
        )
        .join(Project, Project.id == Moderation.project_id)
        .where(Project.announced_at.is_not(None), Moderation.rung != Rung.MASK)
        .group_by(Project.id, Moderation.reason, Moderation.rung)
        .order_by(Project.id.desc())
    ).all()
    by_project: dict[int, list[sa.Row]] = {}
    for row in rows:
        by_project.setdefault(row[0], []).append(row)
    projects = [ModeratedProject(own[0][1], own[0][2], _summed(own)) for own in by_project.values()]
    return _summed(rows), projects


def masked() -> list[tuple[MaskReason, int]]:
    """In how many contributions of announced projects words were covered, by reason; it names nobody."""
    rows = db.session.execute(
        sa.select(Mask.reason, sa.func.count(Mask.contribution_id.distinct()))
        .join(Contribution, Contribution.id == Mask.contribution_id)
        .join(Project, Project.id == Contribution.project_id)
        .where(Project.announced_at.is_not(None))
        .group_by(Mask.reason)
    )
    many: dict[MaskReason, int] = {row[0]: row[1] for row in rows}
    return [(reason, many[reason]) for reason in MaskReason if reason in many]


def masks_appealed() -> tuple[int, int]:
    """How many senders have asked us to look at a mask again, and how many of them were right."""
    appealed, granted = db.session.execute(
        sa.select(sa.func.count(Moderation.appealed_at), sa.func.count(sa.case((Moderation.granted.is_(True), 1))))
        .join(Project, Project.id == Moderation.project_id)
        .where(Project.announced_at.is_not(None), Moderation.rung == Rung.MASK)
    ).one()
    return appealed, granted


def masked_by_project() -> list[tuple[str, str, int]]:
    """Title, address and number of contributions with covered words, the newest project first."""
    rows = db.session.execute(
        sa.select(Project.title, Project.slug, sa.func.count(Mask.contribution_id.distinct()))
        .join(Contribution, Contribution.project_id == Project.id)
        .join(Mask, Mask.contribution_id == Contribution.id)
        .where(Project.announced_at.is_not(None))
        .group_by(Project.id)
        .order_by(Project.id.desc())
    )
    return [(title, slug, many) for title, slug, many in rows]


def _summed(rows: Sequence[sa.Row]) -> Moderated:
    counts: dict[tuple[HidingReason, Rung], int] = {}
    for row in rows:
        counts[row[3], row[4]] = counts.get((row[3], row[4]), 0) + row[5]
    return Moderated(counts, *(sum(row[place] for row in rows) for place in (6, 7, 8)))
