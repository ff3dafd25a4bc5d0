"""The staff's doors to one contribution: read, show, note and send on. The ladder has doors of its own."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import desk_queries as queries
from participation.contributions.clear import still_open
from participation.contributions.desk_forms import AgainForm, BlockForm, EraseForm, NoteForm, RouteForm, StepForm
from participation.contributions.erase import answer_by
from participation.contributions.ladder import may_look_again, needs_another, steps_of
from participation.contributions.note import write_note
from participation.contributions.publish import publish_contributions
from participation.contributions.read import read_contributions
from participation.contributions.route import route_contribution
from participation.contributions.shown import shown_words
from participation.contributions.suggest_place import Suggested, hits, suggest_places
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import Sign

#: The form of each rung, by the word in its address.
RUNG_FORMS: dict[str, type[StepForm]] = {
    "guide": StepForm,
    "ask_edit": StepForm,
    "hide": StepForm,
    "block": BlockForm,
}
LADDER = (Act.GUIDE_SENDER, Act.ASK_FOR_EDIT, Act.HIDE_CONTRIBUTION, Act.BLOCK_SENDER, Act.ANSWER_APPEAL)

blueprint = Blueprint("handling", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke/<int:number>")


@blueprint.get("")
@allows(Act.READ_CASE)
def show(slug: str, number: int) -> ResponseReturnValue:
    """One contribution and all that can be done with it."""
    return page(*found(slug, number))


@blueprint.post("/laest")
@allows(Act.READ_CONTRIBUTION)
def read(slug: str, number: int) -> ResponseReturnValue:
    """It is read."""
    project, one = found(slug, number)
    read_contributions(current_actor(), project, [one], now=clock.arrival())
    return back(slug, number, _("Det er nu læst."))


@blueprint.post("/vis")
@allows(Act.PUBLISH_CONTRIBUTION)
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Show it on the page."""
    project, one = found(slug, number)
    shown = publish_contributions(current_actor(), project, [one.id], now=clock.arrival())
    return back(slug, number, _("Det vises nu på siden.") if shown else _("Det kan ikke vises, som det er nu."))


@blueprint.post("/notat")
@allows(Act.WRITE_NOTE)
def note(slug: str, number: int) -> ResponseReturnValue:
    """Write a note to the case."""
    project, one = found(slug, number)
    form = NoteForm(prefix="note")
    if not form.validate_on_submit():
        return page(project, one, note=form), 422
    write_note(current_actor(), project, form.kind.data, form.words.data or "", one, now=clock.arrival())
    return back(slug, number, _("Notatet er gemt i sagen."))


@blueprint.get("/send-videre")
@allows(Act.ROUTE_CONTRIBUTION)
def suggest_route(slug: str, number: int) -> ResponseReturnValue:
    """The same page with suggestions of who it belongs to; the first is chosen already."""
    project, one = found(slug, number)
    policy.require(current_actor(), Act.ROUTE_CONTRIBUTION, one, clock.arrival())
    form = RouteForm(formdata=None, prefix="route")
    form.offer(*queries.places(project))
    suggested = suggest_places(one)
    if suggested:
        form.to.data = form.suggested.data = suggested[0].to
    return page(project, one, route=form, suggested=suggested)


@blueprint.post("/send-videre")
@allows(Act.ROUTE_CONTRIBUTION)
def route(slug: str, number: int) -> ResponseReturnValue:
    """Send it on to another case or department."""
    project, one = found(slug, number)
    form = RouteForm(prefix="route")
    form.offer(*queries.places(project))
    if not form.validate_on_submit():
        return page(project, one, route=form), 422
    to = queries.place(form.to.data)
    suggested = form.suggested.data or ""
    route_contribution(current_actor(), one, to, form.words.data, suggested=suggested, now=clock.arrival())
    return back(slug, number, _("Det er sendt videre. Afsenderen beholder nummer og side."))


def found(slug: str, number: int) -> tuple[Any, Any]:
    """The case and the contribution of the address; staff may read both."""
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project, queries.contribution(project, number)


def back(slug: str, number: int, said: str) -> ResponseReturnValue:
    """To the page of the contribution, with a word of what was done."""
    flash(said, "success")
    return redirect(url_for("contributions.handling.show", slug=slug, number=number), 303)


def page(project: Any, one: Any, suggested: Sequence[Suggested] | None = None, **given: Any) -> str:
    """The page of a contribution.

    Args:
        suggested: who it may belong to, where that was asked for. given: a form that was sent and is wrong, or that is
            open, by its name.
    """
    now, actor = clock.arrival(), current_actor()
    route_form, steps = given.get("route"), steps_of(one.id)
    if route_form is None:
        route_form = RouteForm(formdata=None, prefix="route")
        route_form.offer(*queries.places(project))
    return render_template(
        "contributions/handling.html",
        project=project,
        phase=phases.phase(project.round, now),
        contribution=one,
        notes=queries.notes(one),
        as_shown=shown_words(one),
        finds=still_open(one),
        forms={name: given.get(name) or made(formdata=None, prefix=name) for name, made in RUNG_FORMS.items()},
        steps=steps,
        signs=[Sign(sign) for sign in one.signs],
        may_answer={step.id for step in steps if step.appealed_at and may_look_again(actor, step)},
        again={
            step.id: given.get(f"again{step.id}") or AgainForm(formdata=None, prefix=f"again{step.id}")
            for step in steps
        },
        has_colleague=needs_another(actor, project),
        erase=given.get("erase") or EraseForm(formdata=None, prefix="erase"),
        erase_by=answer_by(one.contact.erasure_asked_at) if one.contact and one.contact.erasure_asked_at else None,
        note=given.get("note") or NoteForm(formdata=None, prefix="note"),
        route=route_form,
        suggested=suggested,
        hits=hits(now) if suggested is not None else None,
        wrong=next(iter(given), ""),
        wrong_form=next(iter(given.values()), None),
        may_hide=policy.refusal(actor, Act.HIDE_CONTRIBUTION, one, now) is None,
        may={act.value for act in LADDER if policy.refusal(actor, act, one, now) is None},
        may_erase=policy.refusal(actor, Act.ERASE_PERSON, one, now) is None,
        may_verify=policy.refusal(actor, Act.VERIFY_SENDER, one, now) is None,
        may_work=policy.refusal(actor, Act.READ_CONTRIBUTION, one, now) is None,
        may_see=policy.refusal(actor, Act.READ_ORIGINAL, one, now) is None,
        may_note=policy.refusal(actor, Act.WRITE_NOTE, project, now) is None,
    )
