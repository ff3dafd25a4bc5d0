"""The reading room's doors: move, hold fast, join, say that one is here; and the notes of a case."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.answers.presence import be_present
from participation.contributions.desk_forms import NoteForm
from participation.contributions.model import Contribution, Point
from participation.contributions.note import write_note
from participation.contributions.split import join_points
from participation.desk import queries, topic_queries
from participation.desk.views import blueprint
from participation.foundation import clock
from participation.foundation.forms import number_in, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.themes import queries as themes
from participation.themes.move import move_points, pin_points

_POINT = "/arbejde/projekter/<slug>/punkter/<int:key>"
_NOTES = "/arbejde/projekter/<slug>/notater"


@blueprint.post(f"{_POINT}/flyt")
@allows(Act.EDIT_THEMES)
def move_point(slug: str, key: int) -> ResponseReturnValue:
    """Put the point into another theme."""
    project, point = _found(slug, key, Act.EDIT_THEMES)
    to = themes.theme_of(project, request.form.get("to", 0, type=whole))
    move_points(current_actor(), project, [point.id], to, now=clock.arrival())
    flash(_("Punktet ligger nu i %(title)s.", title=to.title), "success")
    return _back(project, point.id)


@blueprint.post(f"{_POINT}/fasthold")
@allows(Act.EDIT_THEMES)
def pin_point(slug: str, key: int) -> ResponseReturnValue:
    """Say that the point is where it belongs, or leave it to the machine again."""
    project, point = _found(slug, key, Act.EDIT_THEMES)
    pinned = request.form.get("til") != "0"
    pin_points(current_actor(), project, [point.id], pinned=pinned, now=clock.arrival())
    flash(_("Punktet bliver i emnet.") if pinned else _("Punktet kan flyttes igen, næste gang der samles."), "success")
    return _back(project, point.id)


@blueprint.post(f"{_POINT}/saml")
@allows(Act.SPLIT_CONTRIBUTION)
def join_point(slug: str, key: int) -> ResponseReturnValue:
    """Make one point of this one and those that are ticked."""
    project, point = _found(slug, key, Act.SPLIT_CONTRIBUTION)
    one = queries.contribution_of(project, point.contribution.number)
    wanted = {point.id, *(number_in(each) for each in request.form.getlist("points"))}
    joined = [other for other in one.points if other.id in wanted]
    if len(joined) < 2:
        flash(_("Sæt kryds ved mindst ét punkt mere."), "warn")
        return _back(project, point.id)
    place = next(at for at, other in enumerate(one.points) if other.id in wanted)
    points = join_points(current_actor(), one, joined, now=clock.arrival())
    flash(_("Punkterne er samlet til ét."), "success")
    return _back(project, points[min(place, len(points) - 1)].id)


@blueprint.post("/arbejde/projekter/<slug>/svar/<int:number>/her")
@allows(Act.DRAFT_ANSWER)
def here(slug: str, number: int) -> ResponseReturnValue:
    """Somebody reads it; who else does?"""
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.DRAFT_ANSWER, project, clock.arrival())
    return {"names": be_present(current_actor(), _contribution(project, number), now=clock.arrival())}


@blueprint.get(_NOTES)
@allows(Act.WRITE_NOTE)
def notes(slug: str) -> ResponseReturnValue:
    """The notes of a case, the latest first, and a new one."""
    return _notes(_case(slug))


@blueprint.post(_NOTES)
@allows(Act.WRITE_NOTE)
def add_note(slug: str) -> ResponseReturnValue:
    """Write a note of a call, a meeting or a thought: on the case, or on one contribution of it."""
    project, form = _case(slug), NoteForm(prefix="note")
    number, point = request.form.get("nr", type=whole), request.form.get("punkt", type=whole)
    if not form.validate():
        return _notes(project, form), 422
    one = _contribution(project, number) if number else None
    write_note(current_actor(), project, form.kind.data, form.words.data or "", one, now=clock.arrival())
    flash(_("Notatet er gemt i sagen."), "success")
    return _back(project, point) if point else redirect(url_for(".notes", slug=slug), 303)


def _case(slug: str) -> Project:
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.WRITE_NOTE, project, clock.arrival())
    return project


def _found(slug: str, key: int, act: Act) -> tuple[Project, Point]:
    project = queries.project_of(slug)
    policy.require(current_actor(), act, project, clock.arrival())
    return project, topic_queries.point_of(project, key)


def _contribution(project: Project, number: int) -> Contribution:
    return queries.contribution_of(project, number)


def _back(project: Project, point: int) -> ResponseReturnValue:
    return redirect(url_for(".point", slug=project.slug, key=point), 303)


def _notes(project: Project, form: NoteForm | None = None) -> str:
    page = queries.notes_in(project, request.args.get("side", 1, type=whole))
    now = clock.arrival()
    return render_template(
        "desk/notes.html",
        project=project,
        phase=phases.phase(project.round, now) if project.round is not None else None,
        page=page,
        form=form or NoteForm(formdata=None, prefix="note"),
        number=request.values.get("nr", type=whole),
    )
