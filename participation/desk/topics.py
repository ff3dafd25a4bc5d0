"""Answering by topic: one answer for all who say the same, with own ones for those that need it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.answers.draft import Conflict, answer_on, draft_answer
from participation.answers.link import nearby
from participation.answers.resume import write_resume
from participation.contributions.desk_forms import NoteForm
from participation.contributions.model import Point
from participation.desk import queries, topic_queries
from participation.desk.forms import RowForm, row_of
from participation.desk.offers import begins, offers, versions_of
from participation.desk.reading import reading
from participation.desk.views import blueprint, waits_for
from participation.foundation import clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.themes import queries as themes
from participation.themes.forms import choices_of
from participation.themes.model import Theme
from participation.themes.tree import topics_of

_TOPIC = "/arbejde/projekter/<slug>/emner/<int:key>/svar"
_POINT = "/arbejde/projekter/<slug>/punkter/<int:key>/svar"


@blueprint.get(_TOPIC)
@allows(Act.DRAFT_ANSWER)
def topic(slug: str, key: int) -> ResponseReturnValue:
    """One topic with its points and the answer to all of them."""
    project = _case(slug)
    return _topic(project, themes.theme_of(project, key))


@blueprint.post(_TOPIC)
@allows(Act.DRAFT_ANSWER)
def save_topic(slug: str, key: int) -> ResponseReturnValue:
    """Keep the answer of a topic."""
    project = _case(slug)
    found = themes.theme_of(project, key)
    form = RowForm(request.form)
    if begins(form, project, found, found):
        return _topic(project, found, form, begun=True)
    form.complete()
    if not form.validate():
        return _topic(project, found, form), 422
    try:
        draft_answer(current_actor(), form.draft(found, topic_queries.topic_answer(found).answer), now=clock.arrival())
    except Conflict as conflict:
        form.newer(conflict.answers[0].version)
        return _topic(project, found, form, conflict), 409
    write_resume(current_actor(), found, form.resume.data or "", now=clock.arrival())
    flash(_("Gemt. Svaret gælder for alle punkter i emnet, der ikke har deres eget."), "success")
    return redirect(url_for(".topic", slug=slug, key=key), 303)


@blueprint.get(_POINT)
@allows(Act.DRAFT_ANSWER)
def point(slug: str, key: int) -> ResponseReturnValue:
    """One point that needs an answer of its own."""
    project = _case(slug)
    return _point(project, topic_queries.point_of(project, key))


@blueprint.post(_POINT)
@allows(Act.DRAFT_ANSWER)
def save_point(slug: str, key: int) -> ResponseReturnValue:
    """Keep a point's own answer."""
    project = _case(slug)
    found = topic_queries.point_of(project, key)
    form = RowForm(request.form)
    if begins(form, project, found, topic_queries.theme_of_point(found)):
        return _point(project, found, form, begun=True)
    form.complete()
    if not form.validate():
        return _point(project, found, form), 422
    try:
        draft_answer(current_actor(), form.draft(found, topic_queries.answer_on_point(found)), now=clock.arrival())
    except Conflict as conflict:
        form.newer(conflict.answers[0].version)
        return _point(project, found, form, conflict), 409
    flash(_("Gemt. Punktet har nu sit eget svar."), "success")
    if (following := request.form.get("next", type=whole)) is not None:
        return redirect(url_for(".point", slug=slug, key=following), 303)
    theme = topic_queries.theme_of_point(found)
    where = url_for(".topic", slug=slug, key=theme.id) if theme is not None else url_for("themes.nowhere", slug=slug)
    return redirect(where, 303)


def _case(slug: str) -> Project:
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.DRAFT_ANSWER, project, clock.arrival())
    return project


def _phase(project: Project) -> phases.Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


def _topic(
    project: Project,
    found: Theme,
    form: RowForm | None = None,
    conflict: Conflict | None = None,
    *,
    begun: bool = False,
) -> str:
    kept = topic_queries.topic_answer(found)
    page = themes.points_in(found, request.args.get("side", 1, type=whole))
    here = {row.point.id: row.point.contribution_id for row in page.rows}
    return render_template(
        "desk/topic.html",
        project=project,
        phase=_phase(project),
        theme=found,
        topics=topics_of(found),
        kept=kept,
        page=page,
        own=topic_queries.own_answers(here),
        approved=topic_queries.approved_of(kept.answer, here),
        form=form or RowForm(data=row_of(kept.answer, kept.resume)),
        conflict=conflict,
        begun=begun,
        offers=offers(project, found),
        versions=versions_of(answer_on(found)),
        to_approve=waits_for(current_actor(), project, kept.answer),
    )


def _point(
    project: Project,
    found: Point,
    form: RowForm | None = None,
    conflict: Conflict | None = None,
    *,
    begun: bool = False,
) -> str:
    theme, kept, around = topic_queries.theme_of_point(found), topic_queries.answer_on_point(found), reading(found)
    return render_template(
        "desk/point.html",
        project=project,
        phase=_phase(project),
        point=found,
        around=around,
        nearby=nearby(found),
        note=NoteForm(formdata=None, prefix="note"),
        choices=[(choice.value, choice.label) for choice in choices_of(around.themes)],
        theme=theme,
        shared=topic_queries.topic_answer(theme) if theme is not None else None,
        form=form or RowForm(data=row_of(kept)),
        kept=kept,
        conflict=conflict,
        begun=begun,
        offers=offers(project, found),
        versions=versions_of(answer_on(found)),
        to_approve=waits_for(current_actor(), project, kept),
    )
