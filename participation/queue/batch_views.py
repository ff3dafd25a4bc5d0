"""The doors to acts on many points: see the effect, do it, and undo it as one."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from participation.foundation import clock
from participation.foundation.forms import number_in
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.queue import queries
from participation.queue.answer import AnswerEffect, answer_effect, answer_of, answer_points
from participation.queue.assign import (
    assign_points,
    effect_in,
    effect_of,
    place_points,
    read_points,
    undo_batch,
)
from participation.queue.chosen import Chosen
from participation.queue.forms import ActForm, AnswerManyForm
from participation.queue.views import blueprint, phase_of, queue_page, working_on
from participation.queue.wanted import Wanted
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.themes.model import Theme
from participation.themes.queries import theme_of

_MANY = "/arbejde/projekter/<slug>/koe/samlet"


@blueprint.post(f"{_MANY}/se")
@allows(Act.ASSIGN_POINTS, Act.READ_CONTRIBUTION, Act.EDIT_THEMES)
def effect(slug: str) -> ResponseReturnValue:
    """What would happen, before it does: nothing is changed yet."""
    project, now = working_on(slug), clock.arrival()
    holders, ticked = queries.who_may_hold(project), _ticked()
    form = ActForm.for_case(project, holders, formdata=request.form)
    if not (form.validate() and form.check(ticked)):
        return queue_page(project, act=form), 422
    chosen = _chosen(form, ticked)
    if form.handling.data == "svar":
        policy.require(current_actor(), Act.DRAFT_ANSWER, project, now)
        return _answer_page(project, chosen, answer_effect(project, chosen, dates.local_day(now)))
    person, theme, today = form.chosen_person(holders), _theme(project, form), dates.local_day(now)
    return render_template(
        "queue/effect.html",
        project=project,
        phase=phase_of(project, now),
        form=form,
        wanted=chosen.wanted,
        ticked=chosen.ticked,
        person=person,
        theme=theme,
        effect=effect_in(project, chosen, theme, today) if theme else effect_of(project, chosen, person, today),
    )


@blueprint.post(_MANY)
@allows(Act.ASSIGN_POINTS, Act.READ_CONTRIBUTION, Act.EDIT_THEMES)
def act_on_many(slug: str) -> ResponseReturnValue:
    """Do it, to those that the effect was shown for."""
    project, now, actor = working_on(slug), clock.arrival(), current_actor()
    holders, ticked = queries.who_may_hold(project), _ticked()
    form = ActForm.for_case(project, holders, formdata=request.form)
    if not (form.validate() and form.check(ticked)):
        return queue_page(project, act=form), 422
    chosen, person = _chosen(form, ticked, up_to=number_in(request.form.get("til_og_med"))), form.chosen_person(holders)
    if (theme := _theme(project, form)) is not None:
        moved = place_points(actor, project, chosen, theme, now=now)
        said = ngettext("%(num)s punkt ligger nu i emnet.", "%(num)s punkter ligger nu i emnet.", moved)
        flash(said, "success")
        flash(_("Du kan fortryde det på siden Emner."), "info")
        return redirect(url_for("themes.theme", slug=slug, key=theme.id), 303)
    if person is not None:
        done = assign_points(actor, project, chosen, person, form.inden.data, now=now)
    else:
        done = read_points(actor, project, chosen, now=now)
    flash(ngettext("Gjort med %(num)s punkt.", "Gjort med %(num)s punkter.", done.total), "success")
    return redirect(url_for(".batch", slug=slug, key=done.id), 303)


@blueprint.post(f"{_MANY}/svar")
@allows(Act.DRAFT_ANSWER)
def answer_many(slug: str) -> ResponseReturnValue:
    """Give many points the same answer, each its own; what is typed wrong comes back with the effect."""
    project, now, form = working_on(slug), clock.arrival(), AnswerManyForm()
    up_to, seen = (number_in(request.form.get(name)) for name in ("til_og_med", "set"))
    ticked = _ticked()
    chosen = Chosen(Wanted.of(request.args), () if request.form.get("hvilke") == "alle" else ticked, up_to)
    if chosen.ticked == [] and request.form.get("hvilke") != "alle":
        return redirect(url_for(".queue", slug=slug, **chosen.wanted.args), 303)
    if not form.validate():
        effect = answer_effect(project, chosen, dates.local_day(now))
        return _answer_page(project, chosen, replace(effect, seen=seen or effect.seen), form), 422
    done = answer_points(
        current_actor(), project, chosen, form.said, replace=bool(form.erstat.data), seen=seen or 0, now=now
    )
    flash(ngettext("%(num)s punkt har fået svar.", "%(num)s punkter har fået svar.", done.total), "success")
    return redirect(url_for(".batch", slug=slug, key=done.id), 303)


@blueprint.get(f"{_MANY}/<int:key>")
@allows(Act.READ_CONTACT)
def batch(slug: str, key: int) -> ResponseReturnValue:
    """What was done to many in one act, and how it is undone."""
    project, now = working_on(slug), clock.arrival()
    found = queries.batch(project, key)
    return render_template(
        "queue/batch.html",
        project=project,
        phase=phase_of(project, now),
        batch=found,
        wanted=Wanted.of(found.wanted),
        answer=answer_of(found) if found.gives_answers else None,
        left=queries.left_by(found),
        may_undo=policy.refusal(current_actor(), Act(found.act), found, now) is None,
    )


@blueprint.post(f"{_MANY}/<int:key>/fortryd")
@allows(Act.ASSIGN_POINTS, Act.READ_CONTRIBUTION, Act.DRAFT_ANSWER)
def undo(slug: str, key: int) -> ResponseReturnValue:
    """Undo all of it."""
    undo_batch(current_actor(), queries.batch(working_on(slug), key), now=clock.arrival())
    flash(_("Det er gjort om. Det, en kollega har ændret siden, står, som det er."), "success")
    return redirect(url_for(".batch", slug=slug, key=key), 303)


def _answer_page(project: Project, chosen: Chosen, effect: AnswerEffect, form: AnswerManyForm | None = None) -> str:
    return render_template(
        "queue/answer.html",
        project=project,
        phase=phase_of(project, clock.arrival()),
        effect=effect,
        wanted=chosen.wanted,
        ticked=chosen.ticked,
        form=form or AnswerManyForm(formdata=None),
    )


def _ticked() -> list[int]:
    return sorted({key for key in map(number_in, request.form.getlist("punkter")) if key is not None})


def _theme(project: Project, form: ActForm) -> Theme | None:
    return theme_of(project, form.i_emne.data) if form.handling.data == "emne" else None


def _chosen(form: Any, ticked: list[int], up_to: int | None = None) -> Chosen:
    everything = form.hvilke.data == "alle"
    return Chosen(Wanted.of(request.args), () if everything else ticked, up_to)
