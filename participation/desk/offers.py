"""What is offered while an answer is written: text blocks, earlier answers, and assessments, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import lazyload

from participation.answers.model import Answer, AnswerVersion, TextBlock
from participation.answers.suggest import Earlier, earlier_answers
from participation.answers.text_block import blocks_of, filled
from participation.contributions.model import Point
from participation.desk.forms import RowForm
from participation.foundation.db import db
from participation.foundation.forms import whole
from participation.people.model import Person
from participation.projects.model import Project
from participation.queue.model import Assessment, AssessmentPoint
from participation.themes.model import Placement, Theme


@dataclass(frozen=True)
class Offers:
    """What a planner may begin from."""

    blocks: list[TextBlock]
    earlier: list[Earlier]
    assessments: list[Assessment]


def offers(project: Project, about: Point | Theme) -> Offers:
    """The text blocks of the department, earlier answers to what is alike, and what came back from outside."""
    return Offers(blocks_of(project.department_id), earlier_answers(about), assessments_of(about))


def assessments_of(about: Point | Theme) -> list[Assessment]:
    """The professional assessments that came back about a point, or about points of a theme; the newest first."""
    about_it = AssessmentPoint.point_id == about.id if isinstance(about, Point) else _lies_in(about)
    handed_over = sa.exists().where(AssessmentPoint.assessment_id == Assessment.id, about_it)
    answered = (Assessment.project_id == about.project_id, Assessment.answered_at.is_not(None))
    query = sa.select(Assessment).where(*answered, handed_over).options(lazyload(Assessment.project))
    return list(db.session.scalars(query.order_by(Assessment.answered_at.desc(), Assessment.id.desc()).limit(10)))


def _lies_in(theme: Theme) -> sa.ColumnElement[bool]:
    """Asked of each point that was handed over, which are few, and not of all that lie in the theme."""
    return sa.exists().where(
        Placement.point_id == AssessmentPoint.point_id,
        Theme.id == Placement.theme_id,
        sa.or_(Theme.id == theme.id, Theme.parent_id == theme.id),
    )


def begins(form: RowForm, project: Project, about: Point | Theme, theme: Theme | None) -> bool:
    """Whether the planner asked for a text block, an earlier answer or an assessment from outside.

    It is then in the form, and nothing is kept.
    """
    if (key := request.form.get("vurdering", type=whole)) is not None:
        for asked in assessments_of(about):
            if asked.id == key:
                form.assessed(asked.words, asked.unit or asked.name)
        return True
    if "indsaet" in request.form:
        wanted = request.form.get("blok", type=whole)
        block = next((one for one in blocks_of(project.department_id) if one.id == wanted), None)
        if block is not None:
            words = filled(block.words, places(project, about, theme))
            form.words.data = "\n\n".join(part for part in (form.words.data, words) if part)
        return True
    if (key := request.form.get("brug", type=whole)) is not None:
        for one in earlier_answers(about):
            if one.answer.id == key:
                form.begin_from(one.answer)
        return True
    return False


def places(project: Project, about: Point | Theme, theme: Theme | None) -> Mapping[str, str]:
    """What the places of a text block are filled with, by their names."""
    return {
        "sag": project.title,
        "emne": theme.title if theme is not None else "",
        "nummer": str(about.contribution.number) if isinstance(about, Point) else "",
        "kontakt": project.contact_name,
        "telefon": project.contact_phone,
        "afdeling": project.department.name,
    }


def versions_of(answer: Answer | None) -> list[tuple[AnswerVersion, str]]:
    """What an answer said before, with who wrote it, the latest first."""
    if answer is None or answer.version < 2:
        return []
    rows = db.session.execute(
        sa.select(AnswerVersion, sa.func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == AnswerVersion.written_by_id)
        .where(AnswerVersion.answer_id == answer.id, AnswerVersion.version < answer.version)
        .order_by(AnswerVersion.version.desc())
        .limit(20)
    )
    return [(version, name) for version, name in rows]
