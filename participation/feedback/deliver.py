"""Letters that need a person: printed and posted, tried again, or left at the code when nobody can be reached."""

from collections.abc import Sequence
from datetime import datetime

from participation.feedback.model import Feedback
from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.model import Letter
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def post_letters(actor: Actor, project: Project, printed: Sequence[Letter], *, now: datetime) -> int:
    """The letters on paper were printed and put in the post, all in one act.

    Raises:
        NotAllowed: the actor does not work in this department.
    """
    permission.require(actor, Act.SEND_LETTER, project, now)
    for letter in printed:
        letters.mark_printed(actor, letter, at=now)
    db.session.flush()
    return len(printed)


def try_again(actor: Actor, project: Project, letter: Letter, *, now: datetime) -> None:
    """Try a letter again that could not be delivered.

    Raises:
        NotAllowed: the actor does not work in this department.
    """
    permission.require(actor, Act.SEND_LETTER, project, now)
    letters.send_again(letter, at=now)
    db.session.flush()
    log.record(Act.SEND_LETTER, actor, letter, at=now, project_id=project.id, again=True)


def leave_at_code(actor: Actor, told: Feedback, *, now: datetime) -> None:
    """Nobody can be reached at the address: the feedback lies at the code, and the case can be closed.

    Raises:
        NotAllowed: the actor does not work in this department.
    """
    project = told.contribution.project
    permission.require(actor, Act.SEND_LETTER, project, now)
    was, told.channel = told.channel, "code"
    db.session.flush()
    log.record(Act.SEND_LETTER, actor, told.contribution, at=now, project_id=project.id, was=was, became="code")
