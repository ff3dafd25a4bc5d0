"""A round is announced: from now on it stands on the public page, and those who must be heard are told."""

from datetime import datetime

from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.gates import Gap, gaps
from participation.projects.model import Party, Project, Round
from participation.projects.tell import tell_followers
from participation.rules import dates, legal
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.statutes import queries as statutes


class NotReady(Wrong):
    """Something is missing; ``gaps`` say what, and where it is mended."""

    def __init__(self, missing: tuple[Gap, ...]) -> None:
        super().__init__(mark("Der mangler noget, før projektet kan offentliggøres. Se listen på projektets side."))
        self.gaps = missing


def announce_project(
    actor: Actor, project: Project, round_: Round | None = None, *, anyway: bool = False, now: datetime
) -> Round:
    """Announce a project's next round, and tell those who must be heard (RP-36, RP-37, RP-48, RL-04, RE-05).

    A round without a first day, or with one that has passed, opens now; the length is counted from that.

    Args:
        round_: the round; the first that is not announced by default.
        anyway: announce in spite of advice. What blocks, blocks all the same.

    Raises:
        NotAllowed: not the actor's, or it is announced already.
        NotReady: a hard gate is shut, or there is advice and nobody has said "anyway".
    """
    round_ = round_ or next_round(project) or project.rounds[-1]
    permission.require(actor, Act.ANNOUNCE_PROJECT, round_, now)
    found = gaps(project, round_, now)
    if any(gap.hard for gap in found) or (found and not anyway):
        raise NotReady(found)

    first = project.announced_at is None
    project.announced_at = project.announced_at or now
    round_.announced_at = now
    round_.rule = legal.facts_of(statutes.bases(dates.local_day(now))[round_.legal_basis])
    round_.opens_at = max(round_.opens_at or now, now)
    invited = _invite(project, round_, now)
    db.session.flush()

    log.record(
        Act.ANNOUNCE_PROJECT,
        actor,
        round_,
        at=now,
        project_id=project.id,
        level=round_.level,
        legal_basis=round_.legal_basis,
        minimum_days=round_.rule["minimum_days"],
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        in_spite_of=[gap.key for gap in found],
        invited=invited,
    )
    if not first:
        tell_followers(project, "new_round", now=now)
    return round_


def next_round(project: Project) -> Round | None:
    """The first round that is not announced yet."""
    return next((round_ for round_ in project.rounds if round_.announced_at is None), None)


def _invite(project: Project, round_: Round, now: datetime) -> int:
    """Owe a letter to each who must be heard in this round and was not told; paper where there is no e-mail."""
    told = 0
    for party in project.parties:
        if party.invited_at is None and party.round_id in (None, round_.id):
            owe_invitation(party, project, round_, now=now)
            told += 1
    return told


def owe_invitation(party: Party, project: Project, round_: Round, *, now: datetime) -> None:
    """Owe the letter "du bliver hørt" to one of those who must be heard."""
    party.invited_at, party.round_id = now, round_.id
    letters.owe(
        "heard",
        party,
        to=party.email or "\n".join(line for line in (party.name, party.address) if line),
        channel="email" if party.email else "print",
        at=now,
        project_id=project.id,
        dedupe=f"heard:{party.id}:{round_.id}",
        project=project.id,
        name=party.name,
    )
