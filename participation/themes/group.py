"""Points are gathered into themes by the machine: a proposal, shown all at once, that a person then changes.

Long: split, campaigns, themes and quotes are worked out by the worker. Nobody sees anything before the flip. What a
person has decided is kept, whatever the words say (RL-44; the method is told in `analysis`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.contributions.suggest import split_all
from participation.foundation import jobs, log, permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor, NotAllowed
from participation.themes.campaigns import find_campaigns
from participation.themes.constraints import constraints, linked, points_of, touched_contributions
from participation.themes.forget import forget_covered
from participation.themes.heads import heads_for
from participation.themes.model import Run
from participation.themes.stage import Stopped, flip, stage, unstage

#: Up to this many contributions one is a point unless a planner divides it.
SPLIT_ABOVE = 25
#: Points that a planner is asked to place first.
ASKED = 40
#: How often a run begins anew because somebody changed the themes meanwhile.
TRIES = 3
GIVE_UP_AFTER = timedelta(minutes=30)
_JOB = "themes:group"

_STEPS = {
    "read": mark("Læser punkterne"),
    "group": mark("Samler det, der ligner hinanden"),
    "place": mark("Lægger hvert punkt i et emne"),
    "name": mark("Finder ord til emnerne"),
    "quote": mark("Finder citater"),
}
_CAMPAIGNS = mark("Finder breve, der er næsten ens")
_SPLIT = mark("Deler svarene op i punkter")
_SHOW = mark("Gør emnerne klar")
_DISTURBED = mark("Emnerne blev rettet, mens vi samlede dem. Intet er ændret. Prøv igen, når I er færdige.")
_FAILED = mark("Det lykkedes ikke at samle punkterne. Intet er ændret. Prøv igen.")


def ask_for_grouping(
    actor: Actor,
    project: Project,
    wished: int | None = None,
    heads: Sequence[str] = (),
    *,
    sections: bool = False,
    now: datetime,
) -> Run:
    """Ask the machine for themes; a run under way is returned as it is.

    Args:
        wished: how many themes (hovedemner); what the texts ask for when not given.
        heads: names of hovedemner that points go to where they fit; what fits none gets a proposal.
        sections: whether the headings of the material are such names too.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.GROUP_POINTS, project, now)
    if (under_way := run_under_way(project.id)) is not None:
        return under_way
    facts = {"heads": list(heads), "sections": sections}
    run = Run(project_id=project.id, wished=wished, facts=facts, asked_by_id=actor.person_id, asked_at=now)
    db.session.add(run)
    db.session.flush()
    run.job_id = jobs.owe(_JOB, {"run": run.id}, at=now, give_up_after=GIVE_UP_AFTER).id
    db.session.flush()
    log.record(
        Act.GROUP_POINTS, actor, run, at=now, project_id=project.id, step="asked", wished=wished, heads=len(heads)
    )
    return run


def stop_grouping(actor: Actor, run: Run, *, now: datetime) -> None:
    """Stop a run: the worker leaves off at its next step, and the themes stay as they are. Nothing where it is done.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.GROUP_POINTS, run, now)
    if run.state in ("waiting", "staged"):
        run.state = "stopped"
        log.record(Act.GROUP_POINTS, actor, run, at=now, project_id=run.project_id, step="stopped")


def run_under_way(project_id: int) -> Run | None:
    """The run of a project that is not done yet."""
    return db.session.scalar(
        sa.select(Run)
        .where(Run.project_id == project_id, Run.state.in_(("waiting", "staged")))
        .order_by(Run.id.desc())
        .limit(1)
    )


def _failed(arguments: jobs.Arguments, why: str, now: datetime) -> None:
    """The job was given up: the page says so, and what was shown before is still shown."""
    run = db.session.get(Run, arguments["run"])
    if run is not None and run.state not in ("done", "stopped"):
        run.state, run.done_at = "failed", None
        run.failure = _DISTURBED if why == _DISTURBED else _FAILED


@jobs.job(_JOB, heavy=True, dead=_failed)
def _group(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    run_id = arguments["run"]
    run = db.session.get(Run, run_id)
    if run is None or run.state not in ("waiting", "staged"):
        return
    try:
        if run.state == "staged" and flip(run_id, now=now):
            return
        for _ in range(TRIES):
            _work_out(run_id, report, now)
            report(0.97, _SHOW)
            if flip(run_id, now=now):
                forget_covered({"project": run.project_id}, report, now)  # what was covered meanwhile
                return
    except Stopped:
        unstage(run_id)
        return
    except NotAllowed as refused:
        raise jobs.GiveUp(refused.refusal.words) from refused
    raise jobs.GiveUp(_DISTURBED)


def _work_out(run_id: int, report: jobs.Report, now: datetime) -> None:
    """Everything before the flip; nothing of it is seen, and each part bears a second time."""
    import analysis

    report = _unless_stopped(run_id, report)
    run = db.session.get_one(Run, run_id)
    project_id, wished, received = run.project_id, run.wished, run.project.received_count
    report(0.0, _CAMPAIGNS)
    letters = find_campaigns(project_id, now=now)
    if received > SPLIT_ABOVE:
        report(0.05, _SPLIT)
        split_all(
            project_id,
            leave=touched_contributions(project_id),
            own=letters.own,
            report=lambda done, _: report(0.05 + 0.2 * done, _SPLIT),
            now=now,
        )
    known, points = constraints(project_id), points_of(project_id)
    heads = heads_for(run)
    db.session.rollback()  # nothing is analysed while the database is held
    grouping = analysis.group(
        [point.words for point in points],
        ids=[point.id for point in points],
        themes=wished,
        must_link=linked(points, letters.medoid),
        pinned=known.pinned,
        start=known.start,
        parents=known.parents,
        heads=heads,
        progress=_told(report),
    )
    asked = analysis.ask_first(
        [point.words for point in points],
        ASKED,
        ids=[point.id for point in points],
        placed=known.pinned.keys(),
        grouping=grouping,
    )
    stage(run_id, points, grouping, known, asked if grouping.themes else (), heads, now=now)


def _unless_stopped(run_id: int, report: jobs.Report) -> jobs.Report:
    """Tell how far it has come, or leave off where a person has stopped the run.

    It is looked up apart from whatever transaction is under way.
    """

    def told(done: float, words: str) -> None:
        with db.engine.connect() as connection:
            if connection.scalar(sa.select(Run.state).where(Run.id == run_id)) == "stopped":
                raise Stopped
        report(done, words)

    return told


def _told(report: jobs.Report) -> Callable[[float, str], None]:
    return lambda done, step: report(0.25 + 0.7 * done, _STEPS[step])
