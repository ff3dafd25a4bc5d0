"""What a case taught is written down for whoever does the same next time (RP-43, RE-43)."""

from datetime import datetime

from participation.feedback.model import Lesson
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def write_lesson(
    actor: Actor, project: Project, *, asked_early: bool, reached: bool, mattered: bool, words: str, now: datetime
) -> Lesson:
    """Keep the evaluation of a case, or put a later one in its place; it is voluntary, and only staff read it.

    Raises:
        NotAllowed: the actor may not work in this case, or it is not decided.
    """
    permission.require(actor, Act.WRITE_LESSON, project, now)

    lesson = db.session.get(Lesson, project.id) or Lesson(project_id=project.id)
    db.session.add(lesson)
    lesson.asked_early, lesson.reached, lesson.mattered = asked_early, reached, mattered
    lesson.words, lesson.written_at = words.strip(), now
    db.session.flush()

    log.record(
        Act.WRITE_LESSON,
        actor,
        project,
        at=now,
        project_id=project.id,
        asked_early=asked_early,
        reached=reached,
        mattered=mattered,
    )
    return lesson
