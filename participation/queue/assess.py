"""Whoever was asked follows the link, reads what was handed over, and writes an assessment."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Contribution, Point
from participation.contributions.shown import masks_of, shown
from participation.foundation import codes, log, permission
from participation.foundation.db import apart, db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.queue.model import Assessment, AssessmentPoint
from participation.rules.acts import Act
from participation.rules.handling import ClearReason, MaskField
from participation.rules.plain import mark
from participation.rules.policy import VISITOR


class LinkShut(Wrong):
    """The link was shut, or its time is over, or there never was one."""

    def __init__(self) -> None:
        super().__init__(mark("Linket virker ikke længere. Spørg den, der sendte det, hvis du stadig skal svare."))


def assessment_of(token: str, now: datetime) -> Assessment:
    """The assessment that a link stands for.

    Raises:
        LinkShut: it was shut, or its time is over, or there never was one.
    """
    found = db.session.scalar(sa.select(Assessment).where(Assessment.token_hash == codes.token_hash(token)))
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        raise LinkShut
    return found


def open_assessment(asked: Assessment, *, now: datetime) -> None:
    """Note that the link was followed the first time, so that the planner knows that it arrived."""
    if asked.opened_at is None:
        with apart() as session:
            unseen = sa.update(Assessment).where(Assessment.id == asked.id, Assessment.opened_at.is_(None))
            session.execute(unseen.values(opened_at=now))


def write_assessment(token: str, words: str, *, now: datetime) -> Assessment:
    """Take in the assessment; it can be written again until the link is shut.

    Raises:
        LinkShut: the link no longer works.
        NotAllowed: the case is over.
        Wrong: nothing was written.
    """
    permission.require(VISITOR, Act.ASSESS_POINTS, None, now)
    asked = assessment_of(token, now)
    permission.require(VISITOR, Act.ASSESS_POINTS, asked, now)
    if not words.strip():
        raise Wrong(mark("Skriv din vurdering, før du sender den."))
    asked.words, asked.answered_at = words, now
    asked.opened_at = asked.opened_at or now
    db.session.flush()

    log.record(Act.ASSESS_POINTS, VISITOR, asked, at=now, project_id=asked.project_id)
    return asked


def handed_over(asked: Assessment) -> list[tuple[int, str, str]]:
    """What was handed over: number, sender and words of each point; no sender where names were not to be shown.

    What is covered is covered here, and so is everything in what was hidden or withdrawn since.
    """
    points = db.session.scalars(
        sa.select(Point)
        .join(AssessmentPoint, AssessmentPoint.point_id == Point.id)
        .join(Point.contribution)
        .where(AssessmentPoint.assessment_id == asked.id, Contribution.withdrawn_at.is_(None))
        .where(Contribution.hidden_reason.is_(None), ~Contribution.held_back)
        .options(contains_eager(Point.contribution).joinedload(Contribution.contact), selectinload(Point.spans))
        .order_by(Point.id)
    ).all()
    masks = masks_of({point.contribution_id for point in points if point.contribution.is_masked})
    rows = []
    for point in points:
        one = point.contribution
        spared = one.cleared_reason is ClearReason.NOT_PRIVATE
        pieces = (
            shown(span.text.words, masks.texts.get(span.text_id, ()), spared=spared).cut(span.start, span.end)
            for span in point.spans
        )
        covered = {MaskField.NAME, MaskField.ORGANISATION} & set(masks.fields.get(one.id, ()))
        name = one.staff_name if asked.shows_names and not covered else ""
        rows.append((one.number, name, "\n".join(pieces)))
    return rows


# -- for the planner ---------------------------------------------------------------------------------------------------


def assessments(project: Project) -> list[Assessment]:
    """What was asked in a case, the newest first; at most fifty."""
    query = sa.select(Assessment).where(Assessment.project_id == project.id).options(joinedload(Assessment.asked_by))
    return list(db.session.scalars(query.order_by(Assessment.id.desc()).limit(50)))


def assessment(project: Project, key: int) -> Assessment:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Assessment, key)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found
