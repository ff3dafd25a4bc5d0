"""The doors that change themes: each validates a form, calls one verb, and goes back to where the planner was."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from participation.foundation import clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.themes import edit, move, queries
from participation.themes.forms import (
    GroupForm,
    IntoForm,
    MergeForm,
    MoveForm,
    NewForm,
    PointsForm,
    TitleForm,
    UnderForm,
    choices_of,
)
from participation.themes.group import ask_for_grouping, run_under_way, stop_grouping
from participation.themes.model import Theme
from participation.themes.told import OPERATIONS
from participation.themes.tree import standing
from participation.themes.views import BOARD, THEME, blueprint, board_page, case_of, list_page, theme_page


@blueprint.post(f"{BOARD}/saml")
@allows(Act.GROUP_POINTS)
def group(slug: str) -> ResponseReturnValue:
    """Ask the machine for themes."""
    project, form = case_of(slug, Act.GROUP_POINTS), GroupForm(prefix="saml-")
    if not form.validate():
        return board_page(project, group_form=form), 422
    ask_for_grouping(
        current_actor(),
        project,
        form.wished.data,
        form.names,
        sections=bool(form.sections.data),
        now=clock.arrival(),
    )
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{BOARD}/stop")
@allows(Act.GROUP_POINTS)
def stop(slug: str) -> ResponseReturnValue:
    """Stop the run that is under way."""
    project = case_of(slug, Act.GROUP_POINTS)
    if (run := run_under_way(project.id)) is not None:
        stop_grouping(current_actor(), run, now=clock.arrival())
    flash(_("Samlingen er stoppet. Emnerne er, som de var."), "info")
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{BOARD}/nyt")
@allows(Act.EDIT_THEMES)
def new(slug: str) -> ResponseReturnValue:
    """Make an empty theme."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = NewForm(choices_of(standing(project.id), upper=True), prefix="nyt-")
    if not form.validate():
        return board_page(project, new_form=form), 422
    parent = queries.theme_of(project, form.parent.data) if form.parent.data else None
    edit.new_theme(current_actor(), project, form.title.data or "", parent, now=clock.arrival())
    flash(_("Emnet er lavet. Nu kan du flytte punkter til det."), "success")
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{BOARD}/laeg-sammen")
@allows(Act.EDIT_THEMES)
def merge_two(slug: str) -> ResponseReturnValue:
    """Put one theme into another, from the board."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = MergeForm(choices_of(standing(project.id)), prefix="to-")
    if not form.validate():
        return board_page(project, merge_form=form), 422
    theme, into = (queries.theme_of(project, field.data) for field in (form.theme, form.into))
    edit.merge_themes(current_actor(), theme, into, now=clock.arrival())
    flash(_("Emnerne er lagt sammen."), "success")
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{BOARD}/flyt-emne")
@allows(Act.EDIT_THEMES)
def move_theme(slug: str) -> ResponseReturnValue:
    """Put a topic under another theme, from the board: chosen, or dragged there."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = MoveForm(standing(project.id), prefix="flyt-")
    if not form.validate():
        return board_page(project, move_form=form), 422
    moved = queries.theme_of(project, form.theme.data)
    parent = queries.theme_of(project, form.parent.data) if form.parent.data else None
    edit.place_theme(current_actor(), moved, parent, now=clock.arrival())
    flash(_("Emnet er flyttet."), "success")
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{BOARD}/fortryd")
@allows(Act.EDIT_THEMES)
def undo(slug: str) -> ResponseReturnValue:
    """Take the latest act back."""
    project = case_of(slug, Act.EDIT_THEMES)
    done = edit.undo(current_actor(), project, now=clock.arrival())
    flash(
        _("Fortrudt: %(act)s.", act=_(OPERATIONS[done.operation])) if done else _("Der er intet at fortryde."), "info"
    )
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{THEME}/navn")
@allows(Act.EDIT_THEMES)
def rename(slug: str, key: int) -> ResponseReturnValue:
    """Give the theme its name."""
    project, found = _found(slug, key)
    form = TitleForm(prefix="navn-")
    if not form.validate():
        return theme_page(project, found, title_form=form), 422
    edit.rename_theme(current_actor(), found, form.title.data or "", now=clock.arrival())
    flash(_("Navnet er gemt."), "success")
    return _back(project, found)


@blueprint.post(f"{THEME}/laeg-sammen")
@allows(Act.EDIT_THEMES)
def merge(slug: str, key: int) -> ResponseReturnValue:
    """Put this theme into another one."""
    project, found = _found(slug, key)
    form = IntoForm(choices_of(standing(project.id), key), prefix="ind-")
    if not form.validate():
        return theme_page(project, found, into_form=form), 422
    into = queries.theme_of(project, form.into.data)
    edit.merge_themes(current_actor(), found, into, now=clock.arrival())
    flash(_("Emnerne er lagt sammen."), "success")
    return _back(project, into)


@blueprint.post(f"{THEME}/plads")
@allows(Act.EDIT_THEMES)
def place(slug: str, key: int) -> ResponseReturnValue:
    """Put this theme under another one, or beside them."""
    project, found = _found(slug, key)
    form = UnderForm(choices_of(standing(project.id), key, upper=True), prefix="under-")
    if not form.validate():
        return theme_page(project, found, under_form=form), 422
    parent = queries.theme_of(project, form.parent.data) if form.parent.data else None
    edit.place_theme(current_actor(), found, parent, now=clock.arrival())
    flash(_("Emnet er flyttet."), "success")
    return _back(project, found)


@blueprint.post(f"{THEME}/laas")
@allows(Act.EDIT_THEMES)
def lock(slug: str, key: int) -> ResponseReturnValue:
    """Lock or unlock this theme."""
    project, found = _found(slug, key)
    edit.lock_theme(current_actor(), found, locked=_on(), now=clock.arrival())
    flash(_("Emnet er låst.") if found.locked else _("Emnet er låst op."), "success")
    return _back(project, found)


@blueprint.post(f"{THEME}/fjern")
@allows(Act.EDIT_THEMES)
def remove(slug: str, key: int) -> ResponseReturnValue:
    """Take an empty theme away."""
    _project, found = _found(slug, key)
    edit.remove_theme(current_actor(), found, now=clock.arrival())
    flash(_("Det tomme emne er fjernet."), "success")
    return redirect(url_for(".board", slug=slug), 303)


@blueprint.post(f"{THEME}/del")
@allows(Act.EDIT_THEMES)
def split(slug: str, key: int) -> ResponseReturnValue:
    """Split chosen points off into a theme of their own."""
    project, found = _found(slug, key)
    form = _points_form(project, "title")
    if not form.validate():
        return theme_page(project, found, points_form=form), 422
    made = edit.split_theme(current_actor(), found, form.points.data or [], form.title.data or "", now=clock.arrival())
    flash(_("Punkterne har fået deres eget emne."), "success")
    return _back(project, made)


@blueprint.post(f"{BOARD}/start")
@allows(Act.EDIT_THEMES)
def start(slug: str) -> ResponseReturnValue:
    """Make a theme of chosen points."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = _points_form(project, "title")
    if not form.validate():
        return _where_they_stood(project, form), 422
    edit.start_theme(current_actor(), project, form.points.data or [], form.title.data or "", now=clock.arrival())
    flash(_("Punkterne har fået deres eget emne."), "success")
    return _back_to_list(project)


@blueprint.post(f"{BOARD}/flyt")
@allows(Act.EDIT_THEMES)
def move_points(slug: str) -> ResponseReturnValue:
    """Move chosen points to a theme."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = _points_form(project, "to")
    if not form.validate():
        return _where_they_stood(project, form), 422
    to = queries.theme_of(project, form.to.data)
    move.move_points(current_actor(), project, form.points.data or [], to, now=clock.arrival())
    number = len(form.points.data or [])
    flash(
        ngettext("%(num)s punkt er flyttet til %(title)s.", "%(num)s punkter er flyttet til %(title)s.", number,
                 title=to.title), "success",
    )  # fmt: skip
    return _back_to_list(project)


@blueprint.post(f"{BOARD}/fasthold")
@allows(Act.EDIT_THEMES)
def pin(slug: str) -> ResponseReturnValue:
    """Say that chosen points are where they belong, or leave them to the machine again."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = _points_form(project)
    if not form.validate():
        return _where_they_stood(project, form), 422
    move.pin_points(current_actor(), project, form.points.data or [], pinned=_on(), now=clock.arrival())
    stays = _("Punkterne bliver i emnet. De bliver ikke flyttet, når der samles igen.")
    flash(stays if _on() else _("Punkterne kan flyttes igen, næste gang der samles."), "success")
    return _back_to_list(project)


@blueprint.post(f"{BOARD}/se-ogsaa")
@allows(Act.EDIT_THEMES)
def see_also(slug: str) -> ResponseReturnValue:
    """Note a second theme that chosen points speak to, or take the note away."""
    project = case_of(slug, Act.EDIT_THEMES)
    form = _points_form(project, "also")
    if not form.validate():
        return _where_they_stood(project, form), 422
    other = queries.theme_of(project, form.also.data)
    move.see_also(current_actor(), project, form.points.data or [], other, also=_on(), now=clock.arrival())
    flash(_("Henvisningen er gemt.") if _on() else _("Henvisningen er fjernet."), "success")
    return _back_to_list(project)


def _found(slug: str, key: int) -> tuple[Project, Theme]:
    project = case_of(slug, Act.EDIT_THEMES)
    return project, queries.theme_of(project, key)


def _on() -> bool:
    """Whether the pressed button sets something, or takes it away."""
    return request.form.get("til") != "0"


def _back(project: Project, theme: Theme) -> ResponseReturnValue:
    return redirect(url_for(".theme", slug=project.slug, key=theme.id), 303)


def _back_to_list(project: Project) -> ResponseReturnValue:
    """The page the points were chosen on, or the board when nothing is left there."""
    key, page = request.form.get("fra", 0, type=whole), request.form.get("side", 1, type=whole)
    if key:
        return redirect(url_for(".theme", slug=project.slug, key=key, side=page if page > 1 else None), 303)
    return redirect(url_for(_LISTS[_here()], slug=project.slug), 303)


def _where_they_stood(project: Project, form: PointsForm) -> str:
    key = request.form.get("fra", 0, type=whole)
    if key:
        return theme_page(project, queries.theme_of(project, key), points_form=form)
    return list_page(project, _here(), form)


_LISTS = {"uden": ".nowhere", "alene": ".alone", "foerst": ".asked"}


def _here() -> str:
    """The list that points were chosen on."""
    here = request.form.get("her", "")
    return here if here in _LISTS else "uden"


def _points_form(project: Project, wants: str = "") -> PointsForm:
    return PointsForm(choices_of(standing(project.id)), wants)
