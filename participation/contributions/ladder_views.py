"""The doors of the ladder: each rung for the planner, and the sender's one wish that we look again (RE-33)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import ladder, queries
from participation.contributions.appeal import answer_appeal, appeal_step
from participation.contributions.block import block_sender, lift_block
from participation.contributions.desk_forms import AgainForm, BlockForm, StepForm
from participation.contributions.forms import AppealForm
from participation.contributions.guide import ask_for_edit, guide_sender
from participation.contributions.handling_views import back, found, page
from participation.contributions.hide import confirm_hiding, hide_contribution, restore_contribution
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor, held_now
from participation.rules import policy
from participation.rules.acts import Act

blueprint = Blueprint("ladder", __name__)
_ONE = "/arbejde/projekter/<slug>/indbakke/<int:number>"


@blueprint.post(f"{_ONE}/vejled")
@allows(Act.GUIDE_SENDER)
def guide(slug: str, number: int) -> ResponseReturnValue:
    """A friendly word to the sender."""
    project, one = found(slug, number)
    form = StepForm(prefix="guide")
    if not form.validate_on_submit():
        return page(project, one, guide=form), 422
    guide_sender(current_actor(), one, form.reason.data, form.words.data or "", now=clock.arrival())
    return back(slug, number, _("Afsenderen har fået dine ord."))


@blueprint.post(f"{_ONE}/bed-om-rettelse")
@allows(Act.ASK_FOR_EDIT)
def ask_edit(slug: str, number: int) -> ResponseReturnValue:
    """Ask the sender to mend it."""
    project, one = found(slug, number)
    form = StepForm(prefix="ask_edit")
    if not form.validate_on_submit():
        return page(project, one, ask_edit=form), 422
    ask_for_edit(current_actor(), one, form.reason.data, form.words.data or "", now=clock.arrival())
    return back(slug, number, _("Afsenderen er bedt om at rette det."))


@blueprint.post(f"{_ONE}/skjul")
@allows(Act.HIDE_CONTRIBUTION)
def hide(slug: str, number: int) -> ResponseReturnValue:
    """Hide it from the page, with a reason from the list."""
    project, one = found(slug, number)
    form = StepForm(prefix="hide")
    if not form.validate_on_submit():
        return page(project, one, hide=form), 422
    step = hide_contribution(current_actor(), one, form.reason.data, form.words.data or "", now=clock.arrival())
    waits = _("Det er skjult. En kollega skal bekræfte det.")
    return back(
        slug, number, waits if step.waits else _("Det er skjult. Afsenderen får besked, hvis vi har en adresse.")
    )


@blueprint.post(f"{_ONE}/trin/<int:key>/bekraeft")
@allows(Act.CONFIRM_HIDING)
def confirm(slug: str, number: int, key: int) -> ResponseReturnValue:
    """A second person agrees that it is hidden."""
    _project, one = found(slug, number)
    confirm_hiding(current_actor(), ladder.step_of(one, key), now=clock.arrival())
    return back(slug, number, _("Du har bekræftet, at det er skjult."))


@blueprint.post(f"{_ONE}/vis-igen")
@allows(Act.HIDE_CONTRIBUTION)
def restore(slug: str, number: int) -> ResponseReturnValue:
    """Undo a hiding."""
    _project, one = found(slug, number)
    restore_contribution(current_actor(), one, now=clock.arrival())
    return back(slug, number, _("Det er ikke skjult mere."))


@blueprint.post(f"{_ONE}/luk-kommentarer")
@allows(Act.BLOCK_SENDER)
def block(slug: str, number: int) -> ResponseReturnValue:
    """Close comments and support to the sender for some days."""
    project, one = found(slug, number)
    form = BlockForm(prefix="block")
    if not form.validate_on_submit():
        return page(project, one, block=form), 422
    block_sender(current_actor(), one, form.reason.data, form.words.data or "", form.days.data, now=clock.arrival())
    return back(slug, number, _("Der er lukket for afsenderens kommentarer i denne sag."))


@blueprint.post(f"{_ONE}/trin/<int:key>/luk-op")
@allows(Act.BLOCK_SENDER)
def unblock(slug: str, number: int, key: int) -> ResponseReturnValue:
    """Let the sender comment again."""
    _project, one = found(slug, number)
    lift_block(current_actor(), ladder.step_of(one, key), now=clock.arrival())
    return back(slug, number, _("Afsenderen kan kommentere igen."))


@blueprint.post(f"{_ONE}/trin/<int:key>/svar")
@allows(Act.ANSWER_APPEAL)
def answer(slug: str, number: int, key: int) -> ResponseReturnValue:
    """Answer a sender who asked us to look again: undo the step, or say why it stands."""
    project, one = found(slug, number)
    form = AgainForm(prefix=f"again{key}")
    if not form.validate_on_submit():
        return page(project, one, **{f"again{key}": form}), 422
    step, granted = ladder.step_of(one, key), form.undo.data
    answer_appeal(current_actor(), step, granted=granted, words=form.words.data or "", now=clock.arrival())
    return back(slug, number, _("Svaret er sendt, og det er gjort om.") if granted else _("Svaret er sendt."))


@blueprint.get("/mit-svar/set-igen/<int:key>")
@allows(Act.APPEAL_MODERATION)
def appeal(key: int) -> ResponseReturnValue:
    """Where a sender asks us to look at a step again."""
    return _appeal(_own_step(key), AppealForm())


@blueprint.post("/mit-svar/set-igen/<int:key>")
@allows(Act.APPEAL_MODERATION)
def send_appeal(key: int) -> ResponseReturnValue:
    """Ask us to look again."""
    step, form = _own_step(key), AppealForm()
    if not form.validate():
        return _appeal(step, form), 422
    appeal_step(current_actor(), step, form.words.data or "", now=clock.arrival())
    flash(_("Tak. Vi ser på det igen. Svaret kommer her på siden."), "success")
    return redirect(url_for("feedback.track"), 303)


def _own_step(key: int) -> Any:
    held = held_now()
    contribution = queries.own(held) if held is not None else None
    policy.require(current_actor(), Act.APPEAL_MODERATION, contribution, clock.arrival())
    assert contribution is not None
    return ladder.step_of(contribution, key)


def _appeal(step: Any, form: AppealForm) -> str:
    return render_template("contributions/appeal.html", step=step, contribution=step.contribution, form=form)
