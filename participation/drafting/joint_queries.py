"""What may be read of joint texts: the start, and the proposed versions on the page, without what is covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Contribution
from participation.contributions.shown import masks_of
from participation.drafting.model import JointText, Revision
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.handling import Handling
from participation.rules.words import danish


@dataclass(frozen=True)
class Shown:
    """A version of a joint text as everybody may read it.

    Attributes:
        name: of who proposed it, as far as the page may say; of the start it is the department's.
        reason: why they proposed it. contribution: the number it came in with; nothing for the start.
    """

    number: int
    based_on: int | None
    words: str
    made_at: datetime
    name: str
    reason: str = ""
    contribution: int | None = None


def joint_text(slug: str, key: int) -> JointText:
    """A joint text of an announced project.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(JointText)
        .join(Project, Project.id == JointText.project_id)
        .where(JointText.id == key, Project.slug == slug, Project.announced_at.is_not(None))
    )
    if found is None:
        raise NotFound
    return found


def joint_texts(project_id: int) -> list[JointText]:
    """The joint texts of a project in the order they were opened."""
    asked = sa.select(JointText).where(JointText.project_id == project_id).order_by(JointText.id)
    return list(db.session.scalars(asked))


def versions_shown(joint: JointText) -> list[Shown]:
    """The versions that everybody may read, the oldest first; in so many queries, however many they are."""
    return shown(joint, [one for one in revisions(joint) if one.contribution.handling is Handling.PUBLISHED])


def revisions(joint: JointText) -> Sequence[Revision]:
    """All that was proposed, shown or not, the oldest first."""
    whole = joinedload(Revision.contribution)
    return db.session.scalars(
        sa.select(Revision)
        .where(Revision.joint_text_id == joint.id)
        .options(
            joinedload(Revision.text),
            whole.joinedload(Contribution.contact),
            whole.selectinload(Contribution.texts),
            whole.lazyload(Contribution.project),
            whole.lazyload(Contribution.round),
        )
        .order_by(Revision.number)
    ).all()


def shown(joint: JointText, revised: Sequence[Revision]) -> list[Shown]:
    """The start and some versions, each without what is covered in it (RE-26)."""
    masks = masks_of([one.contribution_id for one in revised if one.contribution.is_masked])
    found = [Shown(1, None, joint.words, joint.opened_at, joint.project.department.name)]
    for revision in revised:
        one, body = revision.contribution, revision.contribution.body
        found.append(
            Shown(
                number=revision.number,
                based_on=revision.based_on,
                words=masks.of(revision.text_id, revision.text.words, one.cleared_reason).words,
                made_at=one.received_at,
                name=masks.name(one.id, one.public_name, one.capacity) or _(danish(one.capacity)),
                reason=masks.of(body.id, body.words, one.cleared_reason).words if body is not None else "",
                contribution=one.number,
            )
        )
    return found


def revision_of(contribution_id: int) -> Revision | None:
    """The version that came in as a contribution."""
    return db.session.scalar(sa.select(Revision).where(Revision.contribution_id == contribution_id))
