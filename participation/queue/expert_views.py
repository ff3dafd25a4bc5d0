"""The doors to an assessment from outside: the planner's, who asks and reads it, and that of whoever is asked."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.foundation import clock
from participation.foundation.forms import number_in
from participation.foundation.letters.facts import is_address
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.people.queries import departments
from participation.projects.model import Project
from participation.queue import assess
from participation.queue.ask import MOST, ask_expert, may_hand_over, revoke_assessment
from participation.queue.forms import AskForm, AssessForm
from participation.queue.views import blueprint, phase_of, working_on
from participation.rules import dates, policy
from participation.rules.acts import Act

_ASKED = "/arbejde/projekter/<slug>/vurderinger"
_LINK = "/vurdering/<token>"


@blueprint.get(_ASKED)
@allows(Act.READ_CONTACT)
def asked(slug: str) -> ResponseReturnValue:
    """Who was asked in a case, how far it is, and what came back."""
    project, now = working_on(slug), clock.arrival()
    return render_template(
        "queue/asked.html",
        project=project,
        phase=phase_of(project, now),
        asked=assess.assessments(project),
        today=dates.local_day(now),
    )


@blueprint.post(f"{_ASKED}/ny")
@allows(Act.ASK_EXPERT)
def begin_asking(slug: str) -> ResponseReturnValue:
    """Where somebody is asked about the ticked points; nothing is changed yet."""
    project = working_on(slug)
    return _form(project, _ask_form(project, formdata=None))


@blueprint.post(_ASKED)
@allows(Act.ASK_EXPERT)
def ask(slug: str) -> ResponseReturnValue:
    """Ask somebody."""
    project = working_on(slug)
    form = _ask_form(project)
    if not form.validate_on_submit():
        return _form(project, form), 422
    ask_expert(
        current_actor(),
        project,
        _ticked(),
        form.expert(),
        form.question.data or "",
        form.due_on.data,
        shows_names=bool(form.shows_names.data),
        now=clock.arrival(),
    )
    flash(_("Linket er sendt. Her kan du se, hvornår det er åbnet og besvaret."), "success")
    return redirect(url_for(".asked", slug=slug), 303)


@blueprint.post(f"{_ASKED}/<int:key>/luk")
@allows(Act.ASK_EXPERT)
def revoke(slug: str, key: int) -> ResponseReturnValue:
    """Shut a link."""
    revoke_assessment(current_actor(), assess.assessment(working_on(slug), key), now=clock.arrival())
    flash(_("Linket er lukket."), "success")
    return redirect(url_for(".asked", slug=slug), 303)


@blueprint.get(_LINK)
@allows(Act.ASSESS_POINTS)
def assess_points(token: str) -> ResponseReturnValue:
    """What was handed over to somebody outside the case, and the place for their assessment."""
    now = clock.arrival()
    found = assess.assessment_of(token, now)
    policy.require(current_actor(), Act.ASSESS_POINTS, found, now)
    assess.open_assessment(found, now=now)
    return _assess(token, AssessForm(formdata=None, data={"words": found.words}))


@blueprint.post(_LINK)
@allows(Act.ASSESS_POINTS)
def send_assessment(token: str) -> ResponseReturnValue:
    """Take in the assessment."""
    form = AssessForm()
    if not form.validate_on_submit():
        return _assess(token, form), 422
    assess.write_assessment(token, form.words.data or "", now=clock.arrival())
    flash(_("Tak. Din vurdering er sendt. Du kan rette den her, så længe linket virker."), "success")
    return redirect(url_for(".assess_points", token=token), 303)


def _assess(token: str, form: AssessForm) -> str:
    found = assess.assessment_of(token, clock.arrival())
    return render_template("queue/assess.html", asked=found, form=form, points=assess.handed_over(found))


def _ask_form(project: Project, **given: Any) -> AskForm:
    """With the other departments that have a mailbox."""
    others = [one for one in departments() if one.id != project.department_id and is_address(one.email)]
    return AskForm(departments=others, **given)


def _form(project: Project, form: AskForm) -> str:
    ticked = may_hand_over(project, _ticked())
    return render_template(
        "queue/ask.html",
        project=project,
        phase=phase_of(project, clock.arrival()),
        form=form,
        ticked=ticked[:MOST],
    )


def _ticked() -> list[int]:
    return sorted({key for key in map(number_in, request.form.getlist("punkter")) if key is not None})
