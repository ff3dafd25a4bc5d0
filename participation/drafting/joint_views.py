"""The doors to joint texts: citizens read, compare and propose; planners begin them and end the work."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions import desk_queries
from participation.drafting import joint_queries as queries
from participation.drafting.forms import CloseForm, JointTextForm, RevisionForm
from participation.drafting.open_joint import close_joint_text, open_joint_text
from participation.drafting.propose import propose_revision
from participation.drafting.versions import Overtaken, compared
from participation.foundation import clock
from participation.foundation.forms import csrf, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor, hold
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.handling import Handling

blueprint = Blueprint("joint", __name__)


# -- citizens ---------------------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/faelles-tekst/<int:key>")
@allows(Act.READ_PROJECT)
def read(slug: str, key: int) -> ResponseReturnValue:
    """The text as it stands now, and every version of it."""
    joint = queries.joint_text(slug, key)
    versions = queries.versions_shown(joint)
    final = next((one for one in versions if one.number == joint.final), versions[-1])
    return render_template(
        "drafting/joint.html",
        joint=joint,
        project=joint.project,
        versions=versions,
        now_stands=final,
        may_propose=_refusal(joint) is None,
    )


@blueprint.get("/projekter/<slug>/faelles-tekst/<int:key>/versioner/<int:number>")
@allows(Act.READ_PROJECT)
def version(slug: str, key: int, number: int) -> ResponseReturnValue:
    """One version, and what was changed since another."""
    joint = queries.joint_text(slug, key)
    versions = queries.versions_shown(joint)
    found = compared(versions, number, request.args.get("fra", type=whole))
    if found is None:
        raise NotFound
    return render_template(
        "drafting/joint_version.html", joint=joint, project=joint.project, versions=versions, found=found
    )


@blueprint.get("/projekter/<slug>/faelles-tekst/<int:key>/ret")
@allows(Act.PROPOSE_REVISION)
def write(slug: str, key: int) -> ResponseReturnValue:
    """The form for another version, with the text as it stands."""
    joint = queries.joint_text(slug, key)
    policy.require(current_actor(), Act.PROPOSE_REVISION, joint, clock.arrival())
    if joint.closed_at is not None:
        return redirect(url_for(".read", slug=slug, key=key))
    latest = queries.versions_shown(joint)[-1]
    form = RevisionForm(formdata=None, purpose=f"revision:{joint.id}", text=latest.words, based_on=latest.number)
    return _form(joint, form)


@blueprint.post("/projekter/<slug>/faelles-tekst/<int:key>/ret")
@allows(Act.PROPOSE_REVISION)
@csrf.exempt
def propose(slug: str, key: int) -> ResponseReturnValue:
    """Take in another version, then show the receipt; where somebody was quicker, both are shown."""
    joint, now = queries.joint_text(slug, key), clock.arrival()
    form = RevisionForm(request.form, purpose=f"revision:{joint.id}")
    if not form.validate() or (form.tell_first.data and form.numbers_found()):
        return _form(joint, form), 422
    seen = form.based_on.data or 0
    try:
        sent = form.sent(now)
        contribution = propose_revision(current_actor(), joint, sent, form.text.data, based_on=seen, now=now)
    except Overtaken as other:
        form.text.errors, form.based_on.data = [_(other.words)], other.latest
        return _form(queries.joint_text(slug, key), form, seen), 409
    hold(contribution.id)
    return redirect(url_for("contributions.receipt"), 303)


def _refusal(joint: Any) -> policy.Refusal | None:
    no = policy.refusal(current_actor(), Act.PROPOSE_REVISION, joint, clock.arrival())
    return no if joint.closed_at is None else policy.Refusal(Act.PROPOSE_REVISION, policy.Door.PHASE, "")


def _form(joint: Any, form: RevisionForm, seen: int | None = None) -> str:
    """The form's page; ``seen`` is the version that the text was written on, where it is overtaken."""
    versions = queries.versions_shown(joint) if seen is not None else []
    return render_template(
        "drafting/propose.html",
        joint=joint,
        project=joint.project,
        round=joint.round,
        form=form,
        found=form.numbers_found() if not form.errors else [],
        overtaken=compared(versions, versions[-1].number, seen) if versions else None,
    )


# -- planners ---------------------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/projekter/<slug>/faelles-tekst")
@allows(Act.READ_CASE)
def desk(slug: str) -> ResponseReturnValue:
    """The joint texts of a case with all that was proposed, and the form that begins one."""
    return _desk(_case(slug), JointTextForm(formdata=None))


@blueprint.post("/arbejde/projekter/<slug>/faelles-tekst")
@allows(Act.OPEN_JOINT_TEXT)
def begin(slug: str) -> ResponseReturnValue:
    """Begin a joint text."""
    project, form = _case(slug), JointTextForm()
    if not form.validate_on_submit():
        return _desk(project, form), 422
    open_joint_text(current_actor(), project.round, form.title.data, form.words.data, now=clock.arrival())
    flash(_("Den fælles tekst er åben. Den står på projektets side."), "success")
    return redirect(url_for(".desk", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/faelles-tekst/<int:key>/luk")
@allows(Act.CLOSE_JOINT_TEXT)
def close(slug: str, key: int) -> ResponseReturnValue:
    """End the work with one of the versions."""
    project, joint = _case(slug), queries.joint_text(slug, key)
    form = CloseForm(versions=_choices(queries.versions_shown(joint)))
    if not form.validate_on_submit():
        return _desk(project, JointTextForm(formdata=None)), 422
    close_joint_text(current_actor(), joint, form.final.data, now=clock.arrival())
    flash(_("Den fælles tekst er lukket. Alle versioner bliver i sagen."), "success")
    return redirect(url_for(".desk", slug=slug), 303)


def _case(slug: str) -> Any:
    project = desk_queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project


def _choices(versions: Any) -> list[tuple[int, str]]:
    return [(one.number, _("Version %(number)s", number=one.number) + f", {one.name}") for one in reversed(versions)]


def _desk(project: Any, form: JointTextForm) -> str:
    now, rows = clock.arrival(), []
    for joint in queries.joint_texts(project.id):
        all_ = queries.revisions(joint)
        seen = queries.shown(joint, [one for one in all_ if one.contribution.handling is Handling.PUBLISHED])
        rows.append((joint, all_, seen, CloseForm(formdata=None, versions=_choices(seen))))
    no = policy.refusal(current_actor(), Act.OPEN_JOINT_TEXT, project.round, now) if project.round else None
    return render_template(
        "drafting/joint_desk.html",
        project=project,
        phase=phases.phase(project.round, now),
        rows=rows,
        form=form,
        no=no,
    )
