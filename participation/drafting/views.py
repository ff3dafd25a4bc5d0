"""The doors of those who write together: open a workspace, come in by a link, write, approve, send."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions import queries as contributions
from participation.drafting import forget, joint_views, queries  # noqa: F401 - the worker finds a job by this door
from participation.drafting.forms import InviteForm, NameForm, OpenForm, OpinionForm, TextForm
from participation.drafting.invite import invite_member
from participation.drafting.join import join_workspace, leave_workspace
from participation.drafting.judge import judge_version
from participation.drafting.model import DAYS
from participation.drafting.open import Body, open_workspace
from participation.drafting.send import send_together
from participation.drafting.versions import Overtaken, compared
from participation.drafting.write import write_version
from participation.foundation import budgets, clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.foundation.personal import cpr_numbers
from participation.people.actor import current_actor, hold
from participation.rules import policy
from participation.rules.acts import Act

blueprint = Blueprint("drafting", __name__)
blueprint.register_blueprint(joint_views.blueprint)

#: How many workspaces a browser is in at the same time.
MOST = 5
#: How often from one address in an hour: workspaces that are opened, links that are sent, links that are tried.
OPENED, INVITED, TRIED = 10, 40, 60


@blueprint.get("/projekter/<slug>/skriv-sammen")
@allows(Act.OPEN_WORKSPACE)
def begin(slug: str) -> ResponseReturnValue:
    """The form of somebody who wants to write with others."""
    round_ = contributions.round_of(slug)
    now = clock.arrival()
    policy.require(current_actor(), Act.SUBMIT_CONTRIBUTION, round_, now)
    policy.require(current_actor(), Act.OPEN_WORKSPACE, round_, now)
    return _begin(round_, OpenForm(formdata=None))


@blueprint.post("/projekter/<slug>/skriv-sammen")
@allows(Act.OPEN_WORKSPACE)
def open_(slug: str) -> ResponseReturnValue:
    """Open a workspace; the way in is sent by letter."""
    round_, form, now = contributions.round_of(slug), OpenForm(), clock.arrival()
    if not form.validate_on_submit():
        return _begin(round_, form), 422
    if not budgets.spend(f"workspace:{request.remote_addr}", OPENED, clock.HOUR, now):
        form.email.errors = [_("Der er sendt mange links herfra. Prøv igen om en time.")]
        return _begin(round_, form), 429
    body = Body(form.organisation.data, form.capacity.data, form.cvr.data, form.quorum.data)
    language = str(get_locale() or "da")
    open_workspace(current_actor(), round_, body, form.name.data, form.email.data, language, now=now)
    return redirect(url_for(".opened", slug=slug), 303)


@blueprint.get("/projekter/<slug>/skriv-sammen/aabnet")
@allows(Act.OPEN_WORKSPACE)
def opened(slug: str) -> ResponseReturnValue:
    """Says to look for the letter."""
    return render_template("drafting/opened.html", project=contributions.round_of(slug).project)


@blueprint.get("/skriv-sammen/link/<token>")
@allows(Act.READ_PUBLIC)
def enter(token: str) -> ResponseReturnValue:
    """A member's link: keeps the membership in the session, and leaves the token out of the next address."""
    within = budgets.spend(f"member:{request.remote_addr}", TRIED, clock.HOUR, clock.now())
    member = queries.member_by_token(token) if within else None
    if member is None:
        return _gone()
    key = str(member.workspace_id)
    others = {place: seed for place, seed in session.get("groups", {}).items() if place != key}
    session["groups"] = dict([*others.items()][1 - MOST :]) | {key: member.seed}
    return redirect(url_for(".workspace", key=member.workspace_id), 303)


@blueprint.get("/skriv-sammen/<int:key>")
@allows(Act.READ_PUBLIC)
def workspace(key: int) -> ResponseReturnValue:
    """The text as it stands, who has approved it, and what a member can do now."""
    member = _member(key)
    return _page(member) if member is not None else _gone()


@blueprint.get("/skriv-sammen/<int:key>/versioner/<int:number>")
@allows(Act.READ_PUBLIC)
def version(key: int, number: int) -> ResponseReturnValue:
    """One version, and what was changed since another."""
    member = _member(key)
    if member is None or not member.is_with:
        return _gone()
    place = member.workspace
    found = compared(place.versions, number, request.args.get("fra", type=whole))
    if found is None:
        raise NotFound
    return render_template("drafting/version.html", workspace=place, project=place.project, found=found)


@blueprint.post("/skriv-sammen/<int:key>/med")
@allows(Act.JOIN_WORKSPACE)
def join(key: int) -> ResponseReturnValue:
    """Say yes to be with them."""
    member, form = _member(key), NameForm()
    if member is None:
        return _gone()
    if not form.validate_on_submit():
        return _page(member, joining=form), 422
    join_workspace(current_actor(), member, form.name.data, now=clock.arrival())
    return _back(key, _("Tak. Du er med nu."))


@blueprint.post("/skriv-sammen/<int:key>/ud")
@allows(Act.LEAVE_WORKSPACE)
def leave(key: int) -> ResponseReturnValue:
    """Say no, or go out again."""
    member = _member(key)
    if member is None:
        return _gone()
    leave_workspace(current_actor(), member, now=clock.arrival())
    session["groups"] = {place: seed for place, seed in session.get("groups", {}).items() if place != str(key)}
    flash(_("Du er ikke med mere. Vi har slettet din e-mail."), "success")
    return redirect(url_for("portal.front"), 303)


@blueprint.post("/skriv-sammen/<int:key>/inviter")
@allows(Act.INVITE_MEMBER)
def invite(key: int) -> ResponseReturnValue:
    """Send a link to one more."""
    member, form, now = _member(key), InviteForm(), clock.arrival()
    if member is None or not member.is_with:
        return _gone()
    if not form.validate_on_submit():
        return _page(member, inviting=form), 422
    if not budgets.spend(f"workspace-invite:{request.remote_addr}", INVITED, clock.HOUR, now):
        form.email.errors = [_("Der er sendt mange links herfra. Prøv igen om en time.")]
        return _page(member, inviting=form), 429
    invite_member(current_actor(), member, form.email.data, now=now)
    return _back(key, _("Vi har sendt et link til %(email)s.", email=form.email.data))


@blueprint.post("/skriv-sammen/<int:key>/tekst")
@allows(Act.WRITE_VERSION)
def write(key: int) -> ResponseReturnValue:
    """Keep a changed text as a new version; where somebody else was quicker, both are shown."""
    member, form = _member(key), TextForm()
    if member is None:
        return _gone()
    if not form.validate_on_submit():
        return _page(member, writing=form), 422
    seen = form.based_on.data or 0
    try:
        made = write_version(current_actor(), member, form.words.data, based_on=seen, now=clock.arrival())
    except Overtaken as other:
        form.words.errors = [_(other.words)]
        return _page(_member(key), writing=form, seen=seen), 409
    if made is None:
        return _back(key, _("Teksten er den samme som før. Der er ikke noget nyt at gemme."))
    return _back(key, _("Version %(number)s er gemt. Nu kan de andre læse og godkende den.", number=made.number))


@blueprint.post("/skriv-sammen/<int:key>/versioner/<int:number>/mening")
@allows(Act.JUDGE_VERSION)
def judge(key: int, number: int) -> ResponseReturnValue:
    """Say yes or no to a version."""
    member, form = _member(key), OpinionForm()
    if member is None:
        return _gone()
    if not form.validate_on_submit():
        return _page(member, judging=form), 422
    approves = request.form.get("godkend") == "1"
    judge_version(current_actor(), member, number, approves, form.note.data, form.show_name.data, now=clock.arrival())
    if approves:
        return _back(key, _("Du har godkendt version %(number)s.", number=number))
    return _back(key, _("Du har sagt nej til version %(number)s.", number=number))


@blueprint.post("/skriv-sammen/<int:key>/versioner/<int:number>/send")
@allows(Act.SEND_TOGETHER)
def send(key: int, number: int) -> ResponseReturnValue:
    """Send the text from the body, then show the receipt."""
    member = _member(key)
    if member is None:
        return _gone()
    contribution = send_together(
        current_actor(),
        member,
        number,
        came_from=request.remote_addr or "",
        language=str(get_locale() or "da"),
        now=clock.arrival(),
    )
    hold(contribution.id)
    return redirect(url_for("contributions.receipt"), 303)


def _member(key: int) -> Any:
    """The member that this session has come in as; nothing where no link of this workspace was opened in it."""
    seed = session.get("groups", {}).get(str(key))
    return queries.member_with(key, seed) if seed is not None else None


def _begin(round_: Any, form: OpenForm) -> str:
    return render_template("drafting/open.html", round=round_, project=round_.project, form=form)


def _back(key: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".workspace", key=key), 303)


def _gone() -> ResponseReturnValue:
    return render_template("drafting/gone.html", days=DAYS), 404


def _page(member: Any, **given: Any) -> str:
    """The workspace as a member sees it; ``seen`` is the version that words were written on, where it is overtaken."""
    place, now, actor = member.workspace, clock.arrival(), current_actor()
    latest, seen = place.latest, given.get("seen")
    writing = given.get("writing")
    if writing is None:
        writing = TextForm(formdata=None, words=latest.words if latest else "")
    writing.based_on.data = latest.number if latest else 0
    return render_template(
        "drafting/workspace.html",
        member=member,
        workspace=place,
        project=place.project,
        round=place.round,
        latest=latest,
        overtaken=compared(place.versions, latest.number, seen) if seen is not None else None,
        standing=queries.standing(place),
        closed=policy.refusal(actor, Act.WRITE_VERSION, place, now),
        found=cpr_numbers(latest.words) if latest else [],
        own=next((one for one in latest.opinions if one.member_id == member.id), None) if latest else None,
        joining=given.get("joining") or NameForm(formdata=None, name=member.name),
        writing=writing,
        judging=given.get("judging") or OpinionForm(formdata=None),
        inviting=given.get("inviting") or InviteForm(formdata=None),
        number=contributions.own(place.contribution_id).number if place.contribution_id else None,
        wrong=next((given[name] for name in ("joining", "writing", "judging", "inviting") if name in given), None),
    )
