"""The doors to a flood: hide or look at all that was marked in one act, follow it, confirm it, undo it (T1, RE-33)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from participation.contributions import desk_queries as queries
from participation.contributions.desk_forms import ChooseForm, DropForm, FloodForm
from participation.contributions.flag import clear_flags
from participation.contributions.intake_views import inbox_page
from participation.contributions.ladder import needs_another
from participation.contributions.sweep import confirm_sweep, hide_marked, look_at_marked, undo_sweep
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("sweeps", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke")


@blueprint.post("/fjern-maerker")
@allows(Act.CLEAR_FLAGS)
def clear(slug: str) -> ResponseReturnValue:
    """Take the mark off the ticked ones at once, or off all by the worker."""
    project, now = _case(slug), clock.arrival()
    if "alle" in request.form:
        return _to(look_at_marked(current_actor(), project, now=now))
    form = ChooseForm()
    if not form.validate_on_submit():
        return inbox_page(project, DropForm(formdata=None), also=form.numbers.errors), 422
    cleared = clear_flags(current_actor(), project, _ids(project, form), now=now)
    flash(ngettext("%(num)s er ikke mærket mere.", "%(num)s er ikke mærket mere.", cleared), "success")
    return redirect(url_for("contributions.intake.inbox", slug=slug), 303)


@blueprint.post("/skjul-maerkede")
@allows(Act.HIDE_CONTRIBUTION)
def hide(slug: str) -> ResponseReturnValue:
    """Hide the ticked ones, or all that are marked, with one reason and the same words to each sender."""
    project, form = _case(slug), FloodForm()
    if not form.validate_on_submit():
        also = [error for errors in form.errors.values() for error in errors]
        return inbox_page(project, DropForm(formdata=None), also=also, flood=form), 422
    chosen = () if form.everyone.data else _ids(project, form)
    words = form.words.data or ""
    return _to(hide_marked(current_actor(), project, form.reason.data, words, chosen, now=clock.arrival()))


@blueprint.get("/samlet/<int:key>")
@allows(Act.READ_CASE)
def show(slug: str, key: int) -> ResponseReturnValue:
    """What was done to many in one act: how far it is, who confirms it, and how it is undone."""
    project, now, actor = _case(slug), clock.arrival(), current_actor()
    sweep = queries.sweep(project, key)
    may_confirm = policy.refusal(actor, Act.CONFIRM_HIDING, sweep, now) is None
    is_own = actor.person_id == sweep.by_id and needs_another(actor, project)
    return render_template(
        "contributions/sweep.html",
        project=project,
        phase=phases.phase(project.round, now),
        sweep=sweep,
        counts=queries.sweep_counts(sweep),
        may_confirm=may_confirm and not is_own,
        may_undo=policy.refusal(actor, Act(sweep.act), sweep, now) is None,
    )


@blueprint.get("/samlet/<int:key>/fremdrift")
@allows(Act.READ_CASE)
def progress(slug: str, key: int) -> ResponseReturnValue:
    """How far it is, for the page that asks again and again."""
    project = _case(slug)
    return render_template("contributions/_sweeping.html", sweep=queries.sweep(project, key), project=project)


@blueprint.post("/samlet/<int:key>/bekraeft")
@allows(Act.CONFIRM_HIDING)
def confirm(slug: str, key: int) -> ResponseReturnValue:
    """A second person agrees that all of it is hidden."""
    sweep = queries.sweep(_case(slug), key)
    confirm_sweep(current_actor(), sweep, now=clock.arrival())
    return _to(sweep)


@blueprint.post("/samlet/<int:key>/fortryd")
@allows(Act.HIDE_CONTRIBUTION)
def undo(slug: str, key: int) -> ResponseReturnValue:
    """Undo all of it."""
    sweep = queries.sweep(_case(slug), key)
    undo_sweep(current_actor(), sweep, now=clock.arrival())
    return _to(sweep)


def _case(slug: str) -> Any:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project


def _ids(project: Any, form: ChooseForm | FloodForm) -> list[int]:
    return [one.id for one in queries.chosen(project, form.numbers.data or [])]


def _to(sweep: Any) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=sweep.project.slug, key=sweep.id), 303)
