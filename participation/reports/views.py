"""The doors to white papers: the planner's desk, the leader's link, everybody's page and the council's."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.foundation import case_system, clock, files, log
from participation.foundation.forms import listed, whole
from participation.foundation.permission import allows
from participation.people import queries as people
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.reports import gate, queries, template_views, wording
from participation.reports.agenda import agenda_text
from participation.reports.approve import approve_own_report, approve_report, ask_approval
from participation.reports.compile import compile_paper
from participation.reports.draft import Added, Overwrites, draft_paper
from participation.reports.forms import ApprovalForm, EmptyForm, PaperDraftForm, WithdrawForm
from participation.reports.kept import PAGE, digest
from participation.reports.model import WhitePaper
from participation.reports.paper import Paper, Section
from participation.reports.publish import AT_ONCE, OPEN_DATA, TYPES, owe_paper, publish_paper
from participation.reports.send import packages_of, send_package
from participation.reports.withdraw import withdraw_paper
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import PaperForm, Rendition

blueprint = Blueprint("reports", __name__)
blueprint.register_blueprint(template_views.blueprint)

SANDBOX = "default-src 'none'; sandbox"


# -- everybody's page -------------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/hvidbog")
@allows(Act.READ_PROJECT)
def latest(slug: str) -> ResponseReturnValue:
    """The latest white paper of a project."""
    project = _public(slug)
    if (paper := queries.latest(project.id)) is None:
        raise NotFound
    return _told_in_public(project, paper)


@blueprint.get("/projekter/<slug>/hvidbog/<int:number>")
@allows(Act.READ_PROJECT)
def version(slug: str, number: int) -> ResponseReturnValue:
    """One version of it."""
    project = _public(slug)
    return _told_in_public(project, queries.version(project.id, number))


@blueprint.get("/projekter/<slug>/hvidbog/<int:number>/bilag")
@allows(Act.READ_PROJECT)
def annex(slug: str, number: int) -> ResponseReturnValue:
    """Every contribution with the words that may be read, and its reply; 25 a page."""
    project = _public(slug)
    paper = queries.version(project.id, number)
    return _annex(project, paper, Rendition.PUBLIC)


@blueprint.get("/projekter/<slug>/hvidbog/<int:number>/bilag/aendringer")
@allows(Act.READ_PROJECT)
def changes_annex(slug: str, number: int) -> ResponseReturnValue:
    """The proposed changes in the material, in a table of their own."""
    project = _public(slug)
    return _changes_annex(project, queries.version(project.id, number), Rendition.PUBLIC)


@blueprint.get("/projekter/<slug>/hvidbog/<int:number>/<any(pdf, docx, xlsx, json, jsonl):format_>")
@allows(Act.READ_PROJECT)
def download(slug: str, number: int, format_: str) -> ResponseReturnValue:
    """The public rendition as a file."""
    project = _public(slug)
    return _file(queries.version(project.id, number), Rendition.PUBLIC, format_)


@blueprint.get(
    "/projekter/<slug>/hvidbog/<int:number>/<any('aabne-data.json','aabne-data-svar.csv','aabne-data-emner.csv'):format_>"
)
@allows(Act.READ_PROJECT)
def open_data(slug: str, number: int, format_: str) -> ResponseReturnValue:
    """The figures as open data, which tell of no single person."""
    project = _public(slug)
    kind = next(key for key, file in OPEN_DATA.items() if file == format_)
    return _file(queries.version(project.id, number), Rendition.PUBLIC, kind)


def _public(slug: str) -> Project:
    """A project that everybody may see; a draft is as good as not there."""
    project = queries.project_of(slug)
    if project.announced_at is None or policy.refusal(current_actor(), Act.READ_PROJECT, project, clock.now()):
        raise NotFound
    return project


def _told_in_public(project: Project, paper: WhitePaper) -> ResponseReturnValue:
    if paper.withdrawn_at is not None:
        return render_template("reports/withdrawn.html", project=project, paper=paper), 410
    told = queries.read_paper(paper, Rendition.PUBLIC)
    return render_template(
        "reports/paper.html",
        project=project,
        version=paper,
        open_data=[(OPEN_DATA[one.format], one.format) for one in paper.documents if one.format in OPEN_DATA],
        **_shown(project, paper, told, f"/projekter/{project.slug}/hvidbog/{paper.version}"),
    )


@dataclass(frozen=True)
class _Sections:
    """The sections told by number on the page itself: name, numbers."""

    late: tuple[int, ...]
    addendum: tuple[int, ...]
    questions: tuple[int, ...]


def _shown(project: Project, paper: WhitePaper | None, told: Paper, home: str) -> dict[str, object]:
    """What a page needs to tell a paper. Entries stand on the page itself when all of them are one page long."""
    entries = told.entries if paper is not None or len(told.entries) <= PAGE else ()
    if not entries and paper is not None and len(told.leaves) == 1:
        entries = queries.read_entries(paper, told).entries
    lines = [entry for entry in told.entries or entries if entry.section is Section.BODY and entry.told_in is None]
    return {
        "paper": told,
        "say": wording,
        "home": home,
        "annex": f"{home}/bilag" if paper is not None else "",
        "to": _to(project, home, frozen=paper is not None, here=bool(entries)),
        "lines": lines if told.form is PaperForm.BY_CONTRIBUTION else [],
        "entries": entries,
        "is_long": len(told.leaves) > 1,
        "by_section": _Sections(
            told.numbers(Section.LATE), told.numbers(Section.ADDENDUM), told.numbers(Section.QUESTION)
        ),
    }


def _to(project: Project, home: str, *, frozen: bool, here: bool) -> Callable[[int], str]:
    """Where a number leads: to the place on this page, to the annex, or from a draft to the staff's own page."""
    if not frozen:
        return lambda number: f"/arbejde/projekter/{project.slug}/svar/{number}"
    if here:
        return lambda number: f"#nr-{number}"
    return lambda number: f"{home}/bilag?nr={number}#nr-{number}"


def _annex(project: Project, paper: WhitePaper, rendition: Rendition) -> ResponseReturnValue:
    told = queries.read_paper(paper, rendition)
    number, page = request.args.get("nr", type=whole), request.args.get("side", 1, type=whole)
    home = _home(project, paper.version, rendition)
    return render_template(
        "reports/annex.html",
        project=project,
        version=paper,
        paper=told,
        say=wording,
        home=home,
        leafed=queries.read_entries(paper, told, page=page, number=number),
        inside=rendition is Rendition.CASE,
    )


def _changes_annex(project: Project, paper: WhitePaper, rendition: Rendition) -> ResponseReturnValue:
    told, home = queries.read_paper(paper, rendition), _home(project, paper.version, rendition)
    if not told.changes:
        raise NotFound
    return render_template(
        "reports/changes.html",
        project=project,
        paper=told,
        say=wording,
        home=home,
        to=_to(project, home, frozen=True, here=False),
        inside=rendition is Rendition.CASE,
    )


def _home(project: Project, number: int, rendition: Rendition) -> str:
    if rendition is Rendition.CASE:
        return f"/arbejde/hvidbog/{project.slug}/{number}"
    return f"/projekter/{project.slug}/hvidbog/{number}"


def _file(paper: WhitePaper, rendition: Rendition, format_: str) -> Response:
    found = queries.document(paper, rendition, format_)
    response = send_file(
        files.open_(found.sha256),
        mimetype=TYPES[format_],
        as_attachment=True,
        download_name=found.file.name if found.file is not None else f"hvidbog.{format_}",
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


# -- staff and council ------------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/hvidbog/<slug>/<int:number>")
@allows(Act.READ_CASE)
def case(slug: str, number: int) -> ResponseReturnValue:
    """The case rendition: "Her skal I vælge" first, every voice behind it."""
    project, paper = _inside(slug, number)
    told = queries.read_paper(paper, Rendition.CASE)
    home = _home(project, number, Rendition.CASE)
    return render_template("reports/case.html", project=project, version=paper, **_shown(project, paper, told, home))


@blueprint.get("/arbejde/hvidbog/<slug>/<int:number>/bilag")
@allows(Act.READ_CASE)
def case_annex(slug: str, number: int) -> ResponseReturnValue:
    """Every contribution in full, 25 a page."""
    project, paper = _inside(slug, number)
    return _annex(project, paper, Rendition.CASE)


@blueprint.get("/arbejde/hvidbog/<slug>/<int:number>/bilag/aendringer")
@allows(Act.READ_CASE)
def case_changes_annex(slug: str, number: int) -> ResponseReturnValue:
    """The proposed changes in the material, as the council's paper has them."""
    project, paper = _inside(slug, number)
    return _changes_annex(project, paper, Rendition.CASE)


@blueprint.get("/arbejde/hvidbog/<slug>/<int:number>/<any(pdf, docx, xlsx, json, jsonl):format_>")
@allows(Act.READ_CASE)
def case_download(slug: str, number: int, format_: str) -> ResponseReturnValue:
    """The case rendition as a file."""
    _project, paper = _inside(slug, number)
    return _file(paper, Rendition.CASE, format_)


@blueprint.get("/arbejde/hvidbog/<slug>/<int:number>/dagsorden.docx")
@allows(Act.READ_CASE)
def agenda(slug: str, number: int) -> ResponseReturnValue:
    """The text for the agenda item, to finish in Word."""
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    paper = queries.version(project.id, number)
    if paper.withdrawn_at is not None:
        raise NotFound
    response = send_file(
        io.BytesIO(agenda_text(queries.read_paper(paper, Rendition.PUBLIC))),
        mimetype=TYPES["docx"],
        as_attachment=True,
        download_name=f"dagsorden-{project.slug}-{number}.docx",
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _inside(slug: str, number: int) -> tuple[Project, WhitePaper]:
    """A version for those who may read the case; that they did is logged, since names stand in it (T25)."""
    project, now = queries.project_of(slug), clock.arrival()
    policy.require(current_actor(), Act.READ_CASE, project, now)
    paper = queries.version(project.id, number)
    log.record_apart(Act.READ_CASE, current_actor(), paper, at=now, project_id=project.id, version=number)
    return project, paper


# -- the planner's desk -----------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/projekter/<slug>/rapport")
@allows(Act.READ_CONTACT)
def desk(slug: str) -> ResponseReturnValue:
    """What is missing, what the planner adds, the leader's yes, and the versions."""
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.READ_CONTACT, project, clock.arrival())
    return _desk(project)


@blueprint.post("/arbejde/projekter/<slug>/rapport")
@allows(Act.COMPILE_REPORT)
def keep(slug: str) -> ResponseReturnValue:
    """Keep what was added, and when the button says so, ask for the leader's yes or give one's own."""
    project, actor, now = queries.project_of(slug), current_actor(), clock.arrival()
    policy.require(actor, Act.COMPILE_REPORT, project, now)
    form = _form(project)
    if not form.validate():
        return _desk(project, form), 422
    added = Added(
        form=form.form.data,
        overall=form.overall.data or "",
        materially_changed=form.changed,
        materially_changed_reason=form.materially_changed_reason.data or "",
        short_codes=bool(form.short_codes.data),
        version=form.version.data or 0,
    )
    then = request.form.get("then", "keep")
    try:
        draft_paper(actor, project, added, now=now)
        if then == "ask":
            ask_approval(actor, project, people.person(form.leader.data or 0), now=now)
        elif then == "own":
            approve_own_report(actor, project, form.reason.data or "", now=now)
    except Overwrites as conflict:
        return _desk(project, form, theirs=conflict.theirs.overall, also=[_(conflict.words)]), 409
    said = {"ask": _("Lederen har fået et link og kan godkende på sin telefon."), "own": _("Hvidbogen er godkendt.")}
    flash(said.get(then, _("Gemt.")), "success")
    return redirect(url_for(".desk", slug=slug), 303)


@blueprint.get("/arbejde/projekter/<slug>/rapport/udkast")
@allows(Act.COMPILE_REPORT)
def preview(slug: str) -> ResponseReturnValue:
    """The paper as it would be printed now, for the council or, when asked, for everybody."""
    project, now = queries.project_of(slug), clock.arrival()
    policy.require(current_actor(), Act.COMPILE_REPORT, project, now)
    rendition = Rendition.PUBLIC if request.args.get("udgave") == "offentlig" else Rendition.CASE
    told = compile_paper(project, rendition, now=now)
    home = f"/arbejde/projekter/{project.slug}/rapport"
    return render_template(
        "reports/preview.html", project=project, phase=_phase(project, now), **_shown(project, None, told, home)
    )


@blueprint.post("/arbejde/projekter/<slug>/rapport/offentliggoer")
@allows(Act.PUBLISH_REPORT)
def publish(slug: str) -> ResponseReturnValue:
    """Freeze the next version; a large one is printed by the worker."""
    project, actor, now = queries.project_of(slug), current_actor(), clock.arrival()
    policy.require(actor, Act.PUBLISH_REPORT, project, now)
    if not EmptyForm().validate():
        return _desk(project), 422
    if project.last_number > AT_ONCE:
        owe_paper(actor, project, now=now)
        return redirect(url_for(".desk", slug=slug), 303)
    paper = publish_paper(actor, project, now=now)
    flash(_("Hvidbogen er offentliggjort som version %(number)s.", number=paper.version), "success")
    return redirect(url_for(".desk", slug=slug), 303)


@blueprint.get("/arbejde/projekter/<slug>/rapport/fremdrift")
@allows(Act.READ_CONTACT)
def progress(slug: str) -> ResponseReturnValue:
    """How far the worker is with a large paper."""
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.READ_CONTACT, project, clock.arrival())
    job = queries.running(project.id)
    return render_template("reports/_progress.html", job=job, trouble=queries.trouble(job), project=project)


@blueprint.post("/arbejde/projekter/<slug>/rapport/<int:number>/traek-tilbage")
@allows(Act.WITHDRAW_REPORT)
def withdraw(slug: str, number: int) -> ResponseReturnValue:
    """Take the public files of a version back."""
    project, now = queries.project_of(slug), clock.arrival()
    policy.require(current_actor(), Act.WITHDRAW_REPORT, project, now)
    form = WithdrawForm(prefix=f"v{number}-")
    if not form.validate():
        return _desk(project, withdrawing=(number, form)), 422
    withdraw_paper(current_actor(), queries.version(project.id, number), form.reason.data or "", now=now)
    flash(_("Version %(number)s er taget tilbage.", number=number), "success")
    return redirect(url_for(".desk", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/rapport/<int:number>/sagssystem")
@allows(Act.SEND_PACKAGE)
def send(slug: str, number: int) -> ResponseReturnValue:
    """Owe the case system a version, or try again what failed."""
    project, actor, now = queries.project_of(slug), current_actor(), clock.arrival()
    policy.require(actor, Act.SEND_PACKAGE, project, now)
    if not EmptyForm().validate():
        return _desk(project), 422
    send_package(actor, queries.version(project.id, number), now=now)
    flash(_("Version %(number)s er på vej til sagssystemet.", number=number), "success")
    return redirect(url_for(".desk", slug=slug), 303)


def _form(project: Project, **filled: object) -> PaperDraftForm:
    form = PaperDraftForm(**filled)
    leaders = queries.approvers(current_actor(), project)
    form.leader.choices = listed([(person.id, person.name) for person in leaders] or [(0, "")])
    if request.method == "GET" or "leader" not in request.form:
        form.leader.data = form.leader.choices[0].value
    return form


def _desk(
    project: Project,
    form: PaperDraftForm | None = None,
    *,
    theirs: str = "",
    also: list[str] | None = None,
    withdrawing: tuple[int, WithdrawForm] | None = None,
) -> str:
    actor, now = current_actor(), clock.arrival()
    weighed = policy.refusal(actor, Act.COMPILE_REPORT, project, now) is None
    paper = compile_paper(project, Rendition.CASE, now=now) if weighed and project.last_number <= AT_ONCE else None
    approvals = queries.approvals_of(project.id)
    versions = queries.versions(project.id)
    names = queries.names_of([key for one in approvals for key in (one.asked_of_id, one.answered_by_id)])
    draft, job = queries.draft_of(project.id), queries.running(project.id)
    if form is None:
        filled = PaperForm.BY_TOPIC if project.themes_on else PaperForm.BY_CONTRIBUTION
        form = _form(
            project,
            data={
                "form": draft.form if draft else paper.form if paper else filled,
                "overall": draft.overall if draft else "",
                "short_codes": draft.short_codes if draft else False,
                "materially_changed": {True: "ja", False: "nej"}.get(draft.materially_changed, "") if draft else "",  # type: ignore[arg-type]
                "materially_changed_reason": draft.materially_changed_reason if draft else "",
                "version": draft.version if draft else 0,
            },
        )
    return render_template(
        "reports/desk.html",
        project=project,
        phase=_phase(project, now),
        weighed=weighed,
        form=form,
        theirs=theirs,
        also=also or [],
        missing=gate.missing(project, now) if weighed else [],
        advice=gate.advice(paper) if paper is not None else [],
        needs=gate.note_wanted(project),
        state=gate.approval_state(project, paper, approvals),
        approvals=approvals,
        names=names,
        alone=queries.is_alone(actor, project),
        leaders=queries.approvers(actor, project),
        by_law=any(round_.legal_basis.startswith("planloven-24-") for round_ in project.rounds),
        versions=versions,
        withdraw={
            one.version: withdrawing[1]
            if withdrawing and withdrawing[0] == one.version
            else WithdrawForm(formdata=None, prefix=f"v{one.version}-")
            for one in versions
        },
        withdrawing=withdrawing,
        job=job,
        trouble=queries.trouble(job),
        packages=packages_of(versions),
        to_case_system=case_system.adapter() is not None,
        nobody=project.received_count == 0,
        large=project.last_number > AT_ONCE,
        formats=[("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel")],
    )


def _phase(project: Project, now: datetime) -> phases.Phase | None:
    return phases.phase(project.round, now) if project.round is not None else None


# -- the leader's link ------------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/godkend/<token>")
@allows(Act.APPROVE_REPORT)
def approval(token: str) -> ResponseReturnValue:
    """The whole note, and two buttons."""
    return _approval(token, ApprovalForm(formdata=None))


@blueprint.post("/arbejde/godkend/<token>")
@allows(Act.APPROVE_REPORT)
def answer_approval(token: str) -> ResponseReturnValue:
    """The leader's yes or no."""
    actor, now = current_actor(), clock.arrival()
    asked = queries.approval_by_token(token)
    policy.require(actor, Act.APPROVE_REPORT, asked, now)
    form, approved = ApprovalForm(), request.form.get("answer") == "yes"
    if not form.validate():
        return _approval(token, form), 422
    if not approved and not form.words.data:
        form.words.errors = [_("Skriv, hvad der skal laves om, før du sender den tilbage.")]
        return _approval(token, form), 422
    approve_report(actor, asked, approved=approved, words=form.words.data or "", seen=form.seen.data or "", now=now)
    flash(_("Tak. Hvidbogen er godkendt.") if approved else _("Hvidbogen er sendt tilbage."), "success")
    return redirect(url_for(".approval", token=token), 303)


def _approval(token: str, form: ApprovalForm) -> str:
    actor, now = current_actor(), clock.arrival()
    asked = queries.approval_by_token(token)
    policy.require(actor, Act.APPROVE_REPORT, asked, now)
    project = asked.project
    told = compile_paper(project, Rendition.CASE, now=now)
    form.seen.data = digest(told)
    return render_template(
        "reports/approval.html",
        project=project,
        phase=_phase(project, now),
        approval=asked,
        form=form,
        token=token,
        changed=asked.answered_at is None and asked.digest != form.seen.data,
        names=queries.names_of([asked.asked_by_id, asked.answered_by_id]),
        **_shown(project, None, told, f"/arbejde/projekter/{project.slug}/rapport"),
    )
