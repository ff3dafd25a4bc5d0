"""A flood in few acts: all that was marked is hidden, or looked at, in one act; the worker carries it out (T1, RE-33).

Each one is hidden as by itself: a step with its reason, words to its sender, one appeal, a second person where the
department has one, and its place in the public counts. Nothing is dropped, and the whole of it can be undone. The act
itself writes one row; the worker goes on in chunks, so many statements each, and begins again where it was stopped.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.contributions.ladder import needs_another
from participation.contributions.model import Contribution, Moderation, Sweep, Swept
from participation.contributions.tell import tell_senders
from participation.foundation import jobs, log, permission
from participation.foundation.db import UtcDateTime, begin_write, db, settling
from participation.foundation.forms import Wrong
from participation.people.actor import actor_of
from participation.people.model import Person
from participation.projects.model import Project
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason, Rung, SweepState
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: How many are kept in one transaction.
CHUNK = 100
_JOB = "sweep"


def hide_marked(
    actor: Actor, project: Project, reason: HidingReason, words: str, chosen: Collection[int] = (), *, now: datetime
) -> Sweep:
    """Hide all that was marked, or the ticked ones of them, with one reason and the same words to each sender.

    Args:
        chosen: ids; none is all that were marked until now.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: none of them is marked, or there is not a word to the senders.
    """
    permission.require(actor, Act.HIDE_CONTRIBUTION, project, now)
    if not words.strip():
        raise Wrong(mark("Skriv med egne ord til afsenderen, hvad det handler om."))
    return _begin(actor, project, Act.HIDE_CONTRIBUTION, chosen, reason=reason, words=words.strip(), now=now)


def look_at_marked(actor: Actor, project: Project, chosen: Collection[int] = (), *, now: datetime) -> Sweep:
    """Take the mark off all, or off the ticked ones: a person has looked, and they go on like all others.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: none of them is marked.
    """
    permission.require(actor, Act.CLEAR_FLAGS, project, now)
    return _begin(actor, project, Act.CLEAR_FLAGS, chosen, now=now)


def confirm_sweep(actor: Actor, sweep: Sweep, *, now: datetime) -> None:
    """A second person of the department has seen what was hidden in one act, and agrees.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it does not wait for anybody, is not through yet, or the actor has hidden it.
    """
    permission.require(actor, Act.CONFIRM_HIDING, sweep, now)
    if not sweep.waits:
        raise Wrong(mark("Det er bekræftet, eller det vises igen."))
    if actor.person_id == sweep.by_id and needs_another(actor, sweep.project):
        raise Wrong(mark("Du har selv skjult det. Bed en kollega se på det."))
    sweep.confirmed_at, sweep.confirmed_by_id = now, actor.person_id
    _go_on(actor, sweep, Act.CONFIRM_HIDING, SweepState.CONFIRMING, now)


def undo_sweep(actor: Actor, sweep: Sweep, *, now: datetime) -> None:
    """Undo all of it: what was hidden is hidden no more, and everything is marked again and waits for a look.

    What was undone one by one, or withdrawn, stays as it is.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is undone, or not through yet.
    """
    permission.require(actor, Act(sweep.act), sweep, now)
    if sweep.undone_at is not None:
        raise Wrong(mark("Det er allerede gjort om."))
    sweep.undone_at, sweep.undone_by_id = now, actor.person_id
    _go_on(actor, sweep, Act(sweep.act), SweepState.UNDOING, now)


def _begin(
    actor: Actor,
    project: Project,
    act: Act,
    chosen: Collection[int],
    *,
    reason: HidingReason | None = None,
    words: str = "",
    now: datetime,
) -> Sweep:
    total, last = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(Contribution.id)).where(*_marked(project.id, chosen))
    ).one()
    if not total:
        raise Wrong(mark("Der er ikke noget, der er mærket. Hent siden igen."))
    sweep = Sweep(
        project=project,
        act=act.value,
        reason=reason,
        words=words,
        chosen=sorted(chosen),
        up_to=last,
        total=total,
        at=now,
        by_id=actor.person_id,
    )
    db.session.add(sweep)
    db.session.flush()
    jobs.owe(_JOB, {"sweep": sweep.id}, at=now, dedupe=f"sweep:{sweep.id}:taking")

    log.record(act, actor, project, at=now, sweep=sweep.id, reason=reason, of=total)
    return sweep


def _go_on(actor: Actor, sweep: Sweep, act: Act, to: SweepState, now: datetime) -> None:
    if sweep.state is not SweepState.TAKEN:
        raise Wrong(mark("Vi er ikke færdige endnu. Vent lidt, og hent siden igen."))
    sweep.state, sweep.done = to, 0
    db.session.flush()
    jobs.owe(_JOB, {"sweep": sweep.id}, at=now, dedupe=f"sweep:{sweep.id}:{to.value}")

    log.record(act, actor, sweep.project, at=now, sweep=sweep.id, of=sweep.total, stage=to)


def _marked(project_id: int, chosen: Collection[int]) -> list[sa.ColumnElement[bool]]:
    ticked = Contribution.id.in_(chosen) if chosen else sa.true()
    return [sa.and_(Contribution.project_id == project_id, Contribution.suspicious, ticked)]


# -- the worker --------------------------------------------------------------------------------------------------------


def _stopped(arguments: jobs.Arguments, why: str, now: datetime) -> None:
    """Nobody carries on: what was done is done, the rest is as before, and the page says how many that are."""
    sweep = db.session.get_one(Sweep, arguments["sweep"])
    sweep.state = SweepState.UNDONE if sweep.state is SweepState.UNDOING else SweepState.TAKEN


@jobs.job(_JOB, heavy=True, dead=_stopped)
def _carry_on(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    more = True
    while more:
        with settling():
            begin_write()
            sweep = db.session.get_one(Sweep, arguments["sweep"])
            many = _next(sweep, now)
            sweep.done += many
            done, total, more = sweep.done, max(sweep.total, sweep.done, 1), many > 0
        report(done / total, _("Vi er nået til %(done)s af %(total)s.", done=done, total=total))


def _next(sweep: Sweep, now: datetime) -> int:
    """Keep one chunk, and say how many it was; when there is no more, the stage is over."""
    if sweep.state is SweepState.TAKING:
        many, end = _take(_person(sweep, sweep.by_id, now), sweep, now), SweepState.TAKEN
    elif sweep.state is SweepState.CONFIRMING:
        many, end = _confirm(_person(sweep, sweep.confirmed_by_id, now), sweep, now), SweepState.TAKEN
    elif sweep.state is SweepState.UNDOING:
        many, end = _undo(_person(sweep, sweep.undone_by_id, now), sweep, now), SweepState.UNDONE
    else:
        return 0
    if not many:
        sweep.state = end
    return many


def _person(sweep: Sweep, person_id: int | None, now: datetime) -> Actor:
    """Whoever pressed the button: the work is theirs in the log, and stops when they may no longer do it."""
    actor = actor_of(db.session.get_one(Person, person_id))
    if (no := policy.refusal(actor, Act(sweep.act), sweep, now)) is not None:
        raise jobs.GiveUp(no.words)
    return actor


def _take(actor: Actor, sweep: Sweep, now: datetime) -> int:
    rows = db.session.execute(
        sa.select(Contribution.id, Contribution.number, Contribution.handling)
        .where(*_marked(sweep.project_id, sweep.chosen), Contribution.id <= sweep.up_to)
        .order_by(Contribution.id)
        .limit(CHUNK)
        .with_for_update()
    ).all()
    if not rows:
        return 0
    _set(rows, suspicious=False)
    if sweep.reason is None:
        db.session.execute(sa.insert(Swept), [{"sweep_id": sweep.id, "contribution_id": row.id} for row in rows])
        _record(actor, sweep, Act.CLEAR_FLAGS, rows, now)
    else:
        _hide(actor, sweep, [row for row in rows if row.handling in (Handling.RECEIVED, Handling.PUBLISHED)], now)
    return len(rows)


def _hide(actor: Actor, sweep: Sweep, rows: Sequence[sa.Row], now: datetime) -> None:
    if not rows:
        return
    unread = Contribution.read_at.is_(None)  # whoever says why it may not be shown has read it
    _set(
        rows,
        handling=Handling.HIDDEN,
        hidden_reason=sweep.reason,
        hidden_words=sweep.words,
        read_by_id=sa.case((unread, actor.person_id), else_=Contribution.read_by_id),
        read_at=sa.func.coalesce(Contribution.read_at, sa.literal(now, UtcDateTime())),
    )
    if shown := sum(row.handling is Handling.PUBLISHED for row in rows):
        sweep.project.published_count = Project.published_count - shown
    alone = not needs_another(actor, sweep.project)
    shared = {
        "project_id": sweep.project_id,
        "rung": Rung.HIDE,
        "reason": sweep.reason,
        "words": sweep.words,
        "at": now,
        "by_id": actor.person_id,
        "confirmed_at": now if alone else None,
    }
    if alone:
        sweep.confirmed_at = now
    db.session.execute(sa.insert(Moderation), [shared | {"contribution_id": row.id} for row in rows])
    made = db.session.execute(
        sa.select(Moderation.contribution_id, sa.func.max(Moderation.id))
        .where(Moderation.contribution_id.in_([row.id for row in rows]), Moderation.rung == Rung.HIDE)
        .group_by(Moderation.contribution_id)
    )
    of: dict[int, int] = {row[0]: row[1] for row in made}
    db.session.execute(
        sa.insert(Swept),
        [{"sweep_id": sweep.id, "contribution_id": key, "step_id": step} for key, step in of.items()],
    )
    _record(actor, sweep, Act.HIDE_CONTRIBUTION, rows, now, alone=alone, steps=sorted(of.values()))
    tell_senders("hidden", of, at=now, project_id=sweep.project_id)


def _confirm(actor: Actor, sweep: Sweep, now: datetime) -> int:
    rows = db.session.execute(
        sa.select(Contribution.id, Contribution.number, Moderation.id.label("step"))
        .join(Swept, Swept.contribution_id == Contribution.id)
        .join(Moderation, Moderation.id == Swept.step_id)
        .where(Swept.sweep_id == sweep.id, Moderation.confirmed_at.is_(None), Moderation.ended_at.is_(None))
        .order_by(Contribution.id)
        .limit(CHUNK)
    ).all()
    if rows:
        _end(rows, confirmed_at=now, confirmed_by_id=actor.person_id)
        _record(actor, sweep, Act.CONFIRM_HIDING, rows, now, steps=[row.step for row in rows])
    return len(rows)


def _undo(actor: Actor, sweep: Sweep, now: datetime) -> int:
    query = (
        sa.select(Contribution.id, Contribution.number, Contribution.published_at, Swept.step_id.label("step"))
        .join(Swept, Swept.contribution_id == Contribution.id)
        .where(Swept.sweep_id == sweep.id)
        .order_by(Contribution.id)
        .limit(CHUNK)
    )
    if sweep.hides:
        standing = sa.and_(Contribution.handling == Handling.HIDDEN, Moderation.ended_at.is_(None))
        query = query.join(Moderation, Moderation.id == Swept.step_id).where(standing)
    else:
        query = query.where(~Contribution.suspicious)
    rows = db.session.execute(query).all()
    if not rows:
        return 0
    _set(rows, suspicious=True)
    if sweep.hides:
        _show_again(actor, sweep, rows, now)
    _record(actor, sweep, Act(sweep.act), rows, now, restored=True)
    return len(rows)


def _show_again(actor: Actor, sweep: Sweep, rows: Sequence[sa.Row], now: datetime) -> None:
    shown = [row for row in rows if row.published_at is not None]
    _set(rows, handling=Handling.RECEIVED, hidden_reason=None, hidden_words="")
    if shown:
        _set(shown, handling=Handling.PUBLISHED, published_at=now, held_back=False, cleared_by_id=actor.person_id)
        sweep.project.published_count = Project.published_count + len(shown)
    _end(rows, ended_at=now, ended_by_id=actor.person_id)
    tell_senders("restored", {row.id: row.step for row in rows}, at=now, project_id=sweep.project_id)


def _set(rows: Sequence[sa.Row], **values: object) -> None:
    _update(Contribution, [row.id for row in rows], values)


def _end(rows: Sequence[sa.Row], **values: object) -> None:
    _update(Moderation, [row.step for row in rows], values)


def _update(model: type[Contribution | Moderation], ids: list[int], values: dict[str, object]) -> None:
    update = sa.update(model).where(model.id.in_(ids)).values(**values)
    db.session.execute(update.execution_options(synchronize_session=False))


def _record(actor: Actor, sweep: Sweep, act: Act, rows: Sequence[sa.Row], now: datetime, **facts: Any) -> None:
    numbers = sorted(row.number for row in rows)
    log.record(
        act,
        actor,
        sweep.project,
        at=now,
        sweep=sweep.id,
        reason=sweep.reason,
        count=len(rows),
        numbers=numbers,
        **facts,
    )
