"""A copy of a file is shown on the page: made anew, without what is covered and without what the machine wrote into it.

The original never leaves the case. Of a PDF the copy is pictures of its pages, so that no text lies under a cover; of a
picture it is the pixels alone. Other files are not copied.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from participation.contributions.model import Attachment, Contribution, Mask
from participation.foundation import files, jobs, log, permission, scanner
from participation.foundation.copies import Box, copy_of
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import File
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import PublicationRule
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: What a copy can be made of, by the type it is stored as.
COPIED = frozenset({"application/pdf", "image/png", "image/jpeg"})


def show_file(actor: Actor, contribution: Contribution, attachment: Attachment, *, now: datetime) -> None:
    """Make the copy and show it where the contribution stands.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: nobody has looked at it, the words are not shown, or no copy can be made of it.
    """
    policy.require(actor, Act.PUBLISH_FILE, contribution, now)
    _ask(contribution, attachment)
    original = attachment.file
    copy = copy_of(original.sha256, original.media_type, areas_of(attachment.id))
    ending = original.name.rpartition(".")[2].lower()
    stored = files.put(copy, f"nr-{contribution.number}-bilag-{attachment.id}.{ending}", original.media_type)

    permission.require(actor, Act.PUBLISH_FILE, contribution, now)
    _ask(contribution, attachment)
    drop_copy(attachment, now=now)
    attachment.public_file = File(
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        restricted=False,
        stored_at=now,
    )
    attachment.published_at = now
    db.session.flush()

    log.record(Act.PUBLISH_FILE, actor, attachment, at=now, project_id=contribution.project_id, copy=stored.sha256)


def hide_file(actor: Actor, contribution: Contribution, attachment: Attachment, *, now: datetime) -> None:
    """Take the copy off the page again.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.PUBLISH_FILE, contribution, now)
    if attachment.public_file_id is None:
        return
    drop_copy(attachment, now=now)
    db.session.flush()
    log.record(Act.PUBLISH_FILE, actor, attachment, at=now, project_id=contribution.project_id, hidden=True)


def areas_of(attachment_id: int) -> dict[int, list[Box]]:
    """The covered places of a file, by page."""
    masks = db.session.scalars(sa.select(Mask).where(Mask.attachment_id == attachment_id, Mask.lifted_at.is_(None)))
    areas: dict[int, list[Box]] = defaultdict(list)
    for one in masks:
        areas[one.page or 1].append(Box(one.left or 0, one.top or 0, one.right or 0, one.bottom or 0))
    return areas


def drop_copy(attachment: Attachment, *, now: datetime) -> None:
    """Take a copy off the page and out of the store; for the verbs that have asked the policy."""
    copy = attachment.public_file
    if copy is None:
        return
    attachment.public_file, attachment.published_at = None, None
    db.session.flush()
    db.session.delete(copy)
    db.session.flush()
    jobs.owe("contributions:forget_copy", {"file": copy.sha256}, at=now)


@jobs.job("contributions:forget_copy")
def forget_copy(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Take an old copy out of the store, once the act is committed and where nothing else has the same content."""
    if db.session.scalar(sa.select(File.id).where(File.sha256 == arguments["file"]).limit(1)) is None:
        files.drop(arguments["file"])


def _ask(contribution: Contribution, attachment: Attachment) -> None:
    if why := scanner.refusals([attachment.file.sha256]):
        raise Wrong(why[attachment.file.sha256])
    if attachment.file.media_type not in COPIED:
        raise Wrong(mark("Vi kan kun vise en kopi af PDF og billeder. Gem filen som PDF, og læg den ind."))
    if contribution.project.publication is PublicationRule.NEVER or contribution.handling is not Handling.PUBLISHED:
        raise Wrong(mark("Vis først selve svaret på siden. Så kan filen vises sammen med det."))
    if attachment.held_back:
        raise Wrong(mark("Filen ser ud til at rumme noget privat. Dæk det, og sig, at du har set på den."))
