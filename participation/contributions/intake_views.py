"""The staff's doors to what comes in: the inbox of a case, dropped files, and what an officer writes down."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from participation.contributions import desk_queries as queries
from participation.contributions import intake
from participation.contributions.clear import clear_contributions
from participation.contributions.desk_forms import ChooseForm, DropForm, FloodForm, RegisterForm
from participation.contributions.publish import publish_contributions
from participation.contributions.read import read_contributions
from participation.contributions.register import register_contribution, register_meeting
from participation.contributions.room_for_files import takes_files
from participation.foundation import clock, files, log, scanner
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.call_back import settle_call_back
from participation.projects.meet import annex_notes
from participation.projects.model import TalkBooking
from participation.rules import dates, phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import Channel, Role, TalkWay

blueprint = Blueprint("intake", __name__)


@blueprint.get("/arbejde/indbakke")
@allows(Act.READ_DESK)
def all_inboxes() -> ResponseReturnValue:
    """What waits to be read in my cases, and what others have sent on to my department."""
    actor = current_actor()
    policy.require(actor, Act.READ_DESK, None, clock.arrival())
    mine = frozenset(department for role, department in actor.roles if role in (Role.PLANNER, Role.LEADER))
    consulted = frozenset(project for role, project in actor.project_roles)
    return render_template(
        "contributions/inboxes.html",
        cases=queries.unread_by_case(mine, consulted) if mine or consulted else [],
        calls=queries.call_backs_by_case(mine, consulted) if mine or consulted else [],
        today=dates.local_day(clock.now()),
        sent_here=queries.sent_to_departments(mine) if mine else [],
    )


@blueprint.get("/arbejde/projekter/<slug>/indbakke")
@allows(Act.READ_CASE)
def inbox(slug: str) -> ResponseReturnValue:
    """What came in to a case, the newest first, and the place to drop mails and letters."""
    project = _case(slug)
    return inbox_page(project, DropForm())


@blueprint.post("/arbejde/projekter/<slug>/indbakke")
@allows(Act.REGISTER_CONTRIBUTION)
@takes_files
def drop(slug: str) -> ResponseReturnValue:
    """Take in dropped mails and letters: one contribution each."""
    project, form, now = _case(slug), DropForm(), clock.arrival()
    if not form.validate_on_submit() or not form.check_day(now):
        return inbox_page(project, form), 422
    brought = ((one.filename, one.read()) for one in form.files.data if one and one.filename)
    opened = list(intake.open_dropped(brought, intake.known_files(project)))
    rows = intake.take_in(current_actor(), project.round, opened, received_at=form.moment(now), now=now)
    new = sum(row.contribution_id is not None and not row.known for row in rows)
    if new:
        flash(ngettext("%(num)s høringssvar er lagt ind.", "%(num)s høringssvar er lagt ind.", new), "success")
    return redirect(url_for(".inbox", slug=slug, lagt=rows[0].batch), 303)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/laest")
@allows(Act.READ_CONTRIBUTION)
def mark_read(slug: str) -> ResponseReturnValue:
    """Mark the ticked ones as read."""
    project, form = _case(slug), ChooseForm()
    if not form.validate_on_submit():
        return inbox_page(project, DropForm(formdata=None), also=form.numbers.errors), 422
    read = read_contributions(current_actor(), project, queries.chosen(project, form.numbers.data), now=clock.arrival())
    flash(ngettext("%(num)s er nu læst.", "%(num)s er nu læst.", len(read)), "success")
    return _to_list(slug)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/vis")
@allows(Act.PUBLISH_CONTRIBUTION)
def publish(slug: str) -> ResponseReturnValue:
    """Show the ticked ones on the page, or all that the project's rule lets through."""
    project, form = _case(slug), ChooseForm()
    ids, held = None, 0
    if "alle" not in request.form:
        if not form.validate_on_submit():
            return inbox_page(project, DropForm(formdata=None), also=form.numbers.errors), 422
        chosen = queries.chosen(project, form.numbers.data)
        ids, held = [one.id for one in chosen], sum(one.held_back for one in chosen)
    shown = publish_contributions(current_actor(), project, ids, now=clock.arrival())
    if shown:
        flash(ngettext("%(num)s vises nu på siden.", "%(num)s vises nu på siden.", shown), "success")
    if held:
        flash(ngettext("%(num)s skal først ses efter.", "%(num)s skal først ses efter.", held), "warn")
    elif not shown:
        flash(_("Der var ikke noget nyt at vise."), "info")
    return _to_list(slug)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/daek")
@allows(Act.CLEAR_CONTRIBUTION)
def cover(slug: str) -> ResponseReturnValue:
    """Cover what was found in the ticked ones, and let them through."""
    project, form = _case(slug), ChooseForm()
    if not form.validate_on_submit():
        return inbox_page(project, DropForm(formdata=None), also=form.numbers.errors), 422
    chosen = queries.chosen(project, form.numbers.data)
    cleared = clear_contributions(current_actor(), project, chosen, now=clock.arrival())
    flash(ngettext("%(num)s er dækket og kan vises.", "%(num)s er dækket og kan vises.", cleared), "success")
    return redirect(url_for(".inbox", slug=slug, valg="held"), 303)


@blueprint.get("/arbejde/projekter/<slug>/indbakke/skriv-ind")
@allows(Act.REGISTER_CONTRIBUTION)
def write_down(slug: str) -> ResponseReturnValue:
    """The screen for phone, letter, counter and meeting; or for a file that could not be read."""
    project = _case(slug)
    policy.require(current_actor(), Act.REGISTER_CONTRIBUTION, project, clock.arrival())
    form = RegisterForm(
        level=project.round.level, annex=project.notes_are_annex, dropped=request.args.get("fil", type=whole)
    )
    if (key := request.args.get("opkald", type=whole)) is not None:
        policy.require(current_actor(), Act.SETTLE_CALL_BACK, project, clock.arrival())
        call = queries.call_back(project, key)
        form = RegisterForm(
            level=project.round.level, annex=project.notes_are_annex, call_back=key, name=call.name, phone=call.phone
        )
    if (key := request.args.get("samtale", type=whole)) is not None:
        policy.require(current_actor(), Act.SETTLE_TALK, project, clock.arrival())
        form = RegisterForm(
            level=project.round.level,
            annex=project.notes_are_annex,
            talk=key,
            **_said_by(queries.booked_talk(project, key)),
        )
    return _register(project, form)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/skriv-ind")
@allows(Act.REGISTER_CONTRIBUTION, Act.WRITE_MINUTES)
@takes_files
def register(slug: str) -> ResponseReturnValue:
    """Register what an officer wrote down; a meeting may be many voices."""
    project, now = _case(slug), clock.arrival()
    form = RegisterForm(level=project.round.level, annex=project.notes_are_annex, project_id=project.id)
    if form.works_on_map(project, request.form):
        return _register(project, form)
    if not form.validate_on_submit() or not form.check_day(now) or not form.keep():
        return _register(project, form), 422
    actor, sent = current_actor(), form.sent(now)
    if form.is_annex:
        at, place = form.held(now), form.place.data or ""
        meeting = annex_notes(actor, project, form.words.data, held_at=at, place=place, now=now)
        flash(_("Noterne ligger nu under mødet »%(title)s«, hvor alle kan læse dem.", title=meeting.title), "success")
        return redirect(url_for("projects.meetings", slug=slug), 303)
    if len(form.voices) > 1:
        made = register_meeting(actor, project.round, form.voices, sent, now=now)
        flash(ngettext("%(num)s er skrevet ind.", "%(num)s er skrevet ind.", len(made)), "success")
        return redirect(url_for(".inbox", slug=slug), 303)
    dropped = queries.dropped_file(project, form.dropped.data) if form.dropped.data else None
    call = queries.call_back(project, form.call_back.data) if form.call_back.data else None
    one = register_contribution(
        actor,
        project.round,
        sent,
        form.stored,
        dropped=dropped,
        call_back=call,
        talk=queries.booked_talk(project, form.talk.data) if form.talk.data else None,
        answered=form.answered.data or "",
        now=now,
    )
    flash(
        _("Skrevet ind som nr. %(number)s. Koden er %(code)s.", number=one.number, code=queries.code_of(one)), "success"
    )
    return redirect(url_for(".inbox", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/filer/<int:key>")
@allows(Act.REGISTER_CONTRIBUTION)
def set_aside(slug: str, key: int) -> ResponseReturnValue:
    """Take a file that could not be read off the list; it stays in the case."""
    project = _case(slug)
    intake.set_aside(current_actor(), queries.dropped_file(project, key), now=clock.arrival())
    flash(_("Filen er lagt til side. Den ligger stadig i sagen."), "success")
    return redirect(url_for(".inbox", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/opkald/<int:key>")
@allows(Act.SETTLE_CALL_BACK)
def ring(slug: str, key: int) -> ResponseReturnValue:
    """Say whether somebody who asked to be rung up was reached."""
    project = _case(slug)
    reached = request.form.get("reached") == "1"
    settle_call_back(current_actor(), queries.call_back(project, key), reached=reached, now=clock.arrival())
    if reached:
        flash(_("Godt. Navn og nummer er slettet."), "success")
    else:
        flash(_("Det er skrevet ned. Opkaldet står her stadig."), "info")
    return redirect(url_for(".inbox", slug=slug), 303)


@blueprint.get("/arbejde/filer/<int:key>")
@allows(Act.READ_CASE)
def hand_out(key: int) -> ResponseReturnValue:
    """A file from outside: for staff, as a download that nothing in it can act from."""
    file, project = queries.file(key)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    if queries.is_private(key):
        policy.require(current_actor(), Act.READ_ORIGINAL, project, clock.arrival())
        log.record_apart(Act.READ_ORIGINAL, current_actor(), file, at=clock.arrival(), project_id=project.id)
    scanner.require_clean(file.sha256)
    response = send_file(
        files.open_(file.sha256), mimetype=file.media_type, as_attachment=True, download_name=file.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.content_length = file.size
    return current_app.make_response(response)


def _may_ring(project: Any, now: datetime) -> bool:
    return policy.refusal(current_actor(), Act.SETTLE_CALL_BACK, project, now) is None


def _to_list(slug: str) -> ResponseReturnValue:
    """To the tab of the inbox that was open."""
    return redirect(url_for(".inbox", slug=slug, valg=request.args.get("valg") or None), 303)


def _case(slug: str) -> Any:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project


def inbox_page(project: Any, form: DropForm, also: Any = (), flood: FloodForm | None = None) -> str:
    """The inbox; ``flood`` is what was meant for all that is marked, and is wrong."""
    now = clock.arrival()
    choice = request.args.get("valg", "") if flood is None else "flagged"
    page = queries.inbox(
        project, choice, below=request.args.get("foer", type=whole), above=request.args.get("efter", type=whole)
    )
    return render_template(
        "contributions/inbox.html",
        project=project,
        phase=phases.phase(project.round, now) if project.round is not None else None,
        page=page,
        choice=choice,
        form=form,
        also=also,
        dropped=queries.dropped(project, request.args["lagt"][:32]) if "lagt" in request.args else [],
        unread_files=queries.unread_files(project),
        calls=queries.call_backs(project) if _may_ring(project, now) else [],
        today=dates.local_day(now),
        sent_here=queries.sent_here(project),
        batches=queries.batches(project),
        sweeps=queries.sweeps(project),
        flood=flood or FloodForm(formdata=None),
        flood_wrong=flood is not None,
        may_register=policy.refusal(current_actor(), Act.REGISTER_CONTRIBUTION, project, now),
        may_publish=policy.refusal(current_actor(), Act.PUBLISH_CONTRIBUTION, project, now),
        endings=",".join(intake.ENDINGS),
    )


def _said_by(talk: TalkBooking) -> dict[str, Any]:
    """What the form begins with after a booked talk: who it was, how they can be reached, and how one met."""
    channel = Channel.COUNTER if talk.slot.way is TalkWay.PLACE else Channel.PHONE
    day = dates.local_day(talk.slot.starts_at)
    return {"name": talk.name, "phone": talk.phone, "email": talk.email, "channel": channel, "received_on": day}


_MORE = ("cvr", "address", "wants_post", "show_name")


def _register(project: Any, form: RegisterForm) -> str:
    dropped = queries.dropped_file(project, form.dropped.data) if form.dropped.data else None
    form.lay(project.map)
    form.offer(queries.pieces(project))
    return render_template(
        "contributions/register.html",
        project=project,
        again=any(form.files.data or ()) or bool(form.authority_file.data),
        phase=phases.phase(project.round, clock.arrival()),
        form=form,
        dropped=dropped,
        open_more=form.has_company or any(form[name].errors or form[name].data for name in _MORE),
    )
