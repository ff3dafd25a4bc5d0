"""The staff's doors to one contribution: read, show, hide, note, send on, and divide into points."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import desk_queries as queries
from participation.contributions.desk_forms import HideForm, NoteForm, RouteForm
from participation.contributions.hide import hide_contribution, restore_contribution
from participation.contributions.note import write_note
from participation.contributions.publish import clear_contribution, publish_contributions
from participation.contributions.read import read_contributions
from participation.contributions.route import route_contribution
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.foundation.personal import details
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("handling", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke/<int:number>")


@blueprint.get("")
@allows(Act.READ_CASE)
def show(slug: str, number: int) -> ResponseReturnValue:
    """One contribution and all that can be done with it."""
    return _page(*_found(slug, number))


@blueprint.post("/laest")
@allows(Act.READ_CONTRIBUTION)
def read(slug: str, number: int) -> ResponseReturnValue:
    """It is read."""
    project, one = _found(slug, number)
    read_contributions(current_actor(), project, [one], now=clock.arrival())
    return _back(slug, number, _("Det er nu læst."))


@blueprint.post("/vis")
@allows(Act.PUBLISH_CONTRIBUTION)
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Show it on the page."""
    project, one = _found(slug, number)
    shown = publish_contributions(current_actor(), project, [one.id], now=clock.arrival())
    return _back(slug, number, _("Det vises nu på siden.") if shown else _("Det kan ikke vises, som det er nu."))


@blueprint.post("/frigiv")
@allows(Act.HIDE_CONTRIBUTION)
def clear(slug: str, number: int) -> ResponseReturnValue:
    """What looked private may be shown: a named person has looked."""
    _project, one = _found(slug, number)
    clear_contribution(current_actor(), one, now=clock.arrival())
    return _back(slug, number, _("Du har set på det. Det kan nu vises på siden."))


@blueprint.post("/skjul")
@allows(Act.HIDE_CONTRIBUTION)
def hide(slug: str, number: int) -> ResponseReturnValue:
    """Hide it from the page, with a reason from the list."""
    project, one = _found(slug, number)
    form = HideForm(prefix="hide")
    if not form.validate_on_submit():
        return _page(project, one, hide=form), 422
    hide_contribution(current_actor(), one, form.reason.data, form.words.data, now=clock.arrival())
    return _back(slug, number, _("Det er skjult. Afsenderen får besked, hvis vi har en adresse."))


@blueprint.post("/vis-igen")
@allows(Act.HIDE_CONTRIBUTION)
def restore(slug: str, number: int) -> ResponseReturnValue:
    """Show it again."""
    _project, one = _found(slug, number)
    restore_contribution(current_actor(), one, now=clock.arrival())
    return _back(slug, number, _("Det vises igen på siden."))


@blueprint.post("/notat")
@allows(Act.WRITE_NOTE)
def note(slug: str, number: int) -> ResponseReturnValue:
    """Write a note to the case."""
    project, one = _found(slug, number)
    form = NoteForm(prefix="note")
    if not form.validate_on_submit():
        return _page(project, one, note=form), 422
    write_note(current_actor(), project, form.kind.data, form.words.data or "", one, now=clock.arrival())
    return _back(slug, number, _("Notatet er gemt i sagen."))


@blueprint.post("/send-videre")
@allows(Act.ROUTE_CONTRIBUTION)
def route(slug: str, number: int) -> ResponseReturnValue:
    """Send it on to another case or department."""
    project, one = _found(slug, number)
    form = RouteForm(prefix="route")
    form.offer(*queries.places(project))
    if not form.validate_on_submit():
        return _page(project, one, route=form), 422
    to = queries.place(form.to.data)
    route_contribution(current_actor(), one, to, form.words.data, now=clock.arrival())
    return _back(slug, number, _("Det er sendt videre. Afsenderen beholder nummer og side."))


def _found(slug: str, number: int) -> tuple[Any, Any]:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project, queries.contribution(project, number)


def _back(slug: str, number: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show", slug=slug, number=number), 303)


def _page(project: Any, one: Any, **given: Any) -> str:
    now, actor = clock.arrival(), current_actor()
    route_form = given.get("route")
    if route_form is None:
        route_form = RouteForm(formdata=None, prefix="route")
        route_form.offer(*queries.places(project))
    return render_template(
        "contributions/handling.html",
        project=project,
        phase=phases.phase(project.round, now),
        contribution=one,
        notes=queries.notes(one),
        details=details(one.words),
        hide=given.get("hide") or HideForm(formdata=None, prefix="hide"),
        note=given.get("note") or NoteForm(formdata=None, prefix="note"),
        route=route_form,
        wrong=next(iter(given), ""),
        may_hide=policy.refusal(actor, Act.HIDE_CONTRIBUTION, one, now) is None,
        may_work=policy.refusal(actor, Act.READ_CONTRIBUTION, one, now) is None,
        may_note=policy.refusal(actor, Act.WRITE_NOTE, project, now) is None,
    )
