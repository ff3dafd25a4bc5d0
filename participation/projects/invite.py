"""Those who must be heard are named: authorities, councils, neighbours, an invited circle."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.announce import owe_invitation
from participation.projects.declare import Heard, heard
from participation.projects.model import Party, Project
from participation.rules.acts import Act
from participation.rules.phases import Phase, phase
from participation.rules.plain import mark
from participation.rules.policy import Actor


class AlreadyTold(Wrong):
    """Who was told that they are heard, stays on the list."""

    def __init__(self) -> None:
        super().__init__(mark("Vi har allerede skrevet til dem, så de bliver på listen."))


def invite_parties(actor: Actor, project: Project, named: tuple[Heard, ...], *, now: datetime) -> list[Party]:
    """Name those who must be heard; when the round runs, each is owed the letter at once (RL-61, RE-28).

    Somebody who stands on the list already is not named twice.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.INVITE_PARTY, project, now)
    known = {(party.name.lower(), party.email.lower()) for party in project.parties}
    added = []
    for one in named:
        if (one.name.lower(), one.email.lower()) not in known:
            known.add((one.name.lower(), one.email.lower()))
            party = heard(one, len(project.parties))
            project.parties.append(party)
            added.append(party)
    db.session.flush()

    log.record(Act.INVITE_PARTY, actor, project, at=now, project_id=project.id, parties=[party.id for party in added])
    round_ = project.round
    if round_ is not None and phase(round_, now) in (Phase.ANNOUNCED, Phase.OPEN):
        for party in added:
            owe_invitation(party, project, round_, now=now)
    return added


def drop_party(actor: Actor, project: Project, party: Party, *, now: datetime) -> None:
    """Take somebody off the list who was not told yet.

    Raises:
        NotAllowed: not the actor's, or the project is over.
        AlreadyTold: the letter is owed or sent.
    """
    permission.require(actor, Act.INVITE_PARTY, project, now)
    if party.invited_at is not None:
        raise AlreadyTold
    log.record(Act.INVITE_PARTY, actor, party, at=now, project_id=project.id, what="dropped")
    project.parties.remove(party)
    db.session.delete(party)
    db.session.flush()
