"""The planners' doors: declare, write, announce, extend, raise, cancel."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.foundation import clock, files
from participation.foundation.forms import number_in, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.people.municipality import municipality
from participation.projects import forms, prefill, queries
from participation.projects.add_round import add_round
from participation.projects.announce import announce_project, next_round
from participation.projects.attach import attach_material, detach_material
from participation.projects.cancel import cancel_project
from participation.projects.correct import correct_mistake
from participation.projects.declare import declare_project
from participation.projects.edit import (
    edit_contact,
    edit_level,
    edit_plan,
    edit_rules,
    edit_steps,
    edit_words,
)
from participation.projects.extend import extend_round
from participation.projects.gates import gaps
from participation.projects.invite import drop_party, invite_parties
from participation.projects.meet import plan_meeting, write_minutes
from participation.projects.outage import suggestion
from participation.projects.raise_level import correct_level, raise_level
from participation.projects.read_material import barriers_in
from participation.rules import dates, legal, policy
from participation.rules.acts import Act
from participation.rules.kinds import CaseType, Frame, MaterialKind, PublicationRule, Role, RoundKind
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor
from participation.statutes import queries as statutes

blueprint = Blueprint("projects", __name__, url_prefix="/arbejde/projekter")

_OFFICERS = frozenset({Role.PLANNER, Role.LEADER})


# -- the list and the declaration -------------------------------------------------------------------------------------


@blueprint.get("")
@allows(Act.READ_DESK)
def index() -> ResponseReturnValue:
    """The projects of one's own departments, or all of them."""
    actor = current_actor()
    policy.require(actor, Act.READ_DESK, None, clock.now())
    own = _own_departments(actor)
    everything = "alle" in request.args or not own
    found = queries.projects(None if everything else [one.id for one in own], request.args.get("foer", type=whole))
    now = clock.now()
    return render_template(
        "projects/index.html",
        projects=[
            (one, phase(one.round, now) if one.round else Phase.DRAFT, _door(actor, one, now))
            for one in found[: queries.PAGE]
        ],
        older=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None,
        everything=everything,
        may_declare=bool(own),
        has_own=bool(own),
    )


def _door(actor: Actor, project: Any, now: datetime) -> str:
    """Where a project on the list is opened: its desk page, or its public page for another department's people."""
    if policy.refusal(actor, Act.READ_CASE, project, now) is None:
        return url_for(".show", slug=project.slug)
    return f"/projekter/{project.slug}" if project.announced_at is not None else ""


@blueprint.get("/nyt")
@allows(Act.DECLARE_PROJECT)
def declare() -> ResponseReturnValue:
    """First the level, then everything else on one page."""
    actor = current_actor()
    departments = _own_departments(actor)
    if not departments:
        policy.require(actor, Act.DECLARE_PROJECT, None, clock.now())
    levels = forms.LevelForm(request.args)
    levels.offer(queries.to_copy(department.id for department in departments))
    if "niveau" not in request.args or not levels.validate():
        return render_template("projects/level_first.html", form=levels, levels=list(Level)), (
            422 if "sagstype" in request.args else 200
        )
    level, case_type = Level(levels.niveau.data), CaseType(levels.sagstype.data)
    old = queries.earlier(levels.kopi.data) if levels.kopi.data else None
    department, today = departments[0], dates.local_day(clock.now())
    body = municipality().body
    if old is not None:
        filled = prefill.from_project(old, level, department, body, today)
        case_type = old.case_type
    else:
        filled = prefill.from_case_type(case_type, level, department, body, today)
    form = forms.DeclareForm(
        formdata=None,
        data=filled
        | {
            "level": level.value,
            "case_type": case_type.value,
            "copied_from": old.id if old else "",
            "department": department.id,
        },
    )
    return _declare_page(form, departments)


@blueprint.post("/nyt")
@allows(Act.DECLARE_PROJECT)
def declare_now() -> ResponseReturnValue:
    """Begin the project."""
    actor = current_actor()
    departments = _own_departments(actor)
    form = forms.DeclareForm()
    if form.level.data not in set(Level) or form.case_type.data not in set(CaseType):
        return redirect(url_for(".declare"), 303)
    form.offer([(department.id, department.name) for department in departments])
    if not form.validate():
        return _declare_page(form, departments), 422
    department = next(one for one in departments if one.id == form.department.data)
    kind = prefill.round_kind(CaseType(form.case_type.data), Level(form.level.data))
    old = queries.earlier(key) if (key := number_in(form.copied_from.data)) is not None else None
    made = declare_project(actor, department, form.said(kind), old, now=clock.arrival())
    return redirect(url_for(".show", slug=made.slug), 303)


def _declare_page(form: forms.DeclareForm, departments: list[Any]) -> str:
    form.offer([(department.id, department.name) for department in departments])
    return render_template("projects/declare.html", form=form, level=Level(form.level.data), many=len(departments) > 1)


def _own_departments(actor: Actor) -> list[Any]:
    """The departments in which somebody may declare a project."""
    keys = {department for role, department in actor.roles if role in _OFFICERS}
    return queries.all_departments() if None in keys else queries.departments(key for key in keys if key is not None)


# -- the project's desk page ------------------------------------------------------------------------------------------


@blueprint.get("/<slug>")
@allows(Act.READ_CASE)
def show(slug: str) -> ResponseReturnValue:
    """Where the project stands, what is missing, and what can be done."""
    return _desk_page(_read(slug), 200)


def _desk_page(found: Any, status: int) -> ResponseReturnValue:
    now, actor = clock.now(), current_actor()
    coming = next_round(found)
    may = {
        act: policy.refusal(actor, act, found, now) is None
        for act in (
            Act.EDIT_PROJECT,
            Act.EXTEND_ROUND,
            Act.RAISE_LEVEL,
            Act.CORRECT_LEVEL,
            Act.CORRECT_MISTAKE,
            Act.CANCEL_PROJECT,
        )
    }
    missing = gaps(found, coming, now) if coming is not None else ()
    return render_template(
        "projects/show.html",
        project=found,
        round=found.round,
        phase=phase(found.round, now) if found.round else Phase.DRAFT,
        coming=coming,
        gaps=missing,
        blocked=any(gap.hard for gap in missing),
        more_time=suggestion(found, now) if may[Act.EXTEND_ROUND] else None,
        may_announce=coming is not None and policy.refusal(actor, Act.ANNOUNCE_PROJECT, coming, now) is None,
        may=may,
        may_look=policy.refusal(actor, Act.READ_PROJECT, found, now) is None,
        Act=Act,
        gap_words=_gap_words,
        last_day=_last_day(coming or found.round),
        period=_period(coming or found.round),
        basis=_basis(coming or found.round),
        untold=sum(party.invited_at is None for party in found.parties),
        open=sum(line.kind is Frame.OPEN for line in found.frame),
        fixed=sum(line.kind is Frame.FIXED for line in found.frame),
    ), status


def _gap_words(gap: Any) -> str:
    """A gap as a sentence in the page's language."""
    return _(gap.template, **{name: _shown(value) for name, value in gap.values.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return clock.day(value)
    return _(value) if value in legal.HOLIDAYS.values() else value


def _last_day(round_: Any) -> date | None:
    return dates.last_day(round_.closes_at) if round_ is not None and round_.closes_at else None


def _period(round_: Any) -> str:
    if round_ is None or round_.closes_at is None:
        return ""
    last = clock.day(_last_day(round_))
    if round_.opens_at is None:
        return _("til og med %(last)s", last=last)
    return _("%(first)s til og med %(last)s", first=clock.day(round_.opens_at), last=last)


def _basis(round_: Any) -> str:
    if round_ is None:
        return ""
    basis = statutes.rule_of(round_)
    return f"{basis.name} ({basis.section})" if basis is not None else ""


@blueprint.post("/<slug>/offentliggoer")
@allows(Act.ANNOUNCE_PROJECT)
def announce(slug: str) -> ResponseReturnValue:
    """Announce the next round, unless something blocks."""
    found = queries.whole(slug)
    coming, now = next_round(found), clock.arrival()
    anyway = "anyway" in request.form
    missing = gaps(found, coming, now) if coming is not None else ()
    if any(gap.hard for gap in missing) or (missing and not anyway):
        policy.require(current_actor(), Act.ANNOUNCE_PROJECT, coming, now)
        return _desk_page(found, 422)
    announce_project(current_actor(), found, coming, anyway=anyway, now=now)
    flash(_("Projektet er offentliggjort. Borgerne kan se det nu."), "success")
    return redirect(url_for(".show", slug=slug), 303)


def _read(slug: str) -> Any:
    """A project on a staff page: read it, and see whether this person may."""
    found = queries.whole(slug)
    policy.require(current_actor(), Act.READ_CASE, found, clock.now())
    return found


def _back(slug: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".show", slug=slug), 303)


# -- what is written --------------------------------------------------------------------------------------------------


@blueprint.route("/<slug>/ramme", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def words(slug: str) -> ResponseReturnValue:
    """The words, "Hvad betyder det for mig?" and the influence frame."""
    found = _read(slug)
    form = forms.WordsForm(data=_words_of(found))
    form.is_public = found.announced_at is not None
    if form.validate_on_submit():
        edit_words(
            current_actor(),
            found,
            title=form.title.data,
            summary=form.summary.data,
            meanings=form.meanings,
            open_=form.open_lines,
            fixed=form.fixed_lines,
            reason=form.reason.data or "",
            now=clock.arrival(),
        )
        return _back(slug, _("Rettelsen er gemt."))
    return _edit_page("projects/words.html", found, form)


def _words_of(found: Any) -> dict[str, Any]:
    roles = [{"audience": one.audience, "words": one.words} for one in found.meanings if one.audience]
    fixed = [
        {"words": line.words, "constraint": line.constraint.value if line.constraint else "", "source": line.source}
        for line in found.frame
        if line.kind is Frame.FIXED
    ]
    blank = [{"words": "", "constraint": "", "source": ""}]
    return {
        "title": found.title,
        "summary": found.summary,
        "meaning": "\n".join(one.words for one in found.meanings if not one.audience),
        "roles": [*roles, {"audience": "", "words": ""}],
        "open": "\n".join(line.words for line in found.frame if line.kind is Frame.OPEN),
        "fixed": fixed + blank * 2,
    }


def _edit_page(template: str, found: Any, form: Any, **more: Any) -> ResponseReturnValue:
    now = clock.now()
    policy.require(current_actor(), Act.EDIT_PROJECT, found, now)
    page = render_template(
        template,
        project=found,
        round=found.round,
        phase=phase(found.round, now) if found.round else Phase.DRAFT,
        form=form,
        **more,
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/<slug>/plan", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def plan(slug: str) -> ResponseReturnValue:
    """When, for whom, by which law, and who decides: the round that is not announced yet."""
    found = _read(slug)
    coming = next_round(found)
    if coming is None:
        return redirect(url_for(".extend", slug=slug), 303)
    form = forms.PlanForm(data=_plan_of(found, coming))
    form.offer_plan()
    if form.validate_on_submit():
        edit_plan(
            current_actor(),
            coming,
            form.plan(coming.kind, coming.level),
            decided_by=form.decided_by.data or "",
            register_id=form.register_id.data or "",
            now=clock.arrival(),
        )
        return _back(slug, _("Planen er gemt."))
    return _edit_page("projects/plan.html", found, form, coming=coming)


def _plan_of(found: Any, coming: Any) -> dict[str, Any]:
    return {
        "opens_on": dates.local_day(coming.opens_at) if coming.opens_at else None,
        "last_day": dates.last_day(coming.closes_at) if coming.closes_at else None,
        "report_on": coming.report_on,
        "decision_on": coming.decision_on,
        "legal_basis": coming.legal_basis,
        "audience": coming.audience.value,
        "minor_reason": coming.minor_reason,
        "overlap_reason": coming.overlap_reason,
        "legal_text": coming.legal_text,
        "environmental_report": coming.environmental_report,
        "register_id": found.register_id,
        "decided_by": found.decided_by,
    }


@blueprint.route("/<slug>/kontakt", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def contact(slug: str) -> ResponseReturnValue:
    """Whom citizens can ask."""
    found = _read(slug)
    form = forms.ContactForm(obj=found)
    if form.validate_on_submit():
        edit_contact(
            current_actor(),
            found,
            name=form.contact_name.data or "",
            phone=form.contact_phone.data or "",
            email=form.contact_email.data or "",
            hours=form.contact_hours.data or "",
            now=clock.arrival(),
        )
        return _back(slug, _("Kontakten er gemt."))
    return _edit_page("projects/contact.html", found, form)


@blueprint.route("/<slug>/visning", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def rules(slug: str) -> ResponseReturnValue:
    """When contributions are shown, whether proposals can be supported, and what notes from a meeting become."""
    found = _read(slug)
    annex = "1" if found.notes_are_annex else "0"
    form = forms.RulesForm(
        data={"publication": found.publication.value, "support_on": found.support_on, "notes_are_annex": annex}
    )
    form.offer()
    if form.validate_on_submit():
        edit_rules(
            current_actor(),
            found,
            PublicationRule(form.publication.data),
            bool(form.support_on.data),
            notes_are_annex=form.notes_are_annex.data == "1",
            now=clock.arrival(),
        )
        return _back(slug, _("Valget er gemt."))
    return _edit_page("projects/rules.html", found, form)


@blueprint.route("/<slug>/trin", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def steps(slug: str) -> ResponseReturnValue:
    """The steps of the decision, while they may be moved freely; afterwards they have a plan of their own."""
    found = _read(slug)
    if found.announced_at is not None:
        return redirect(url_for("decisions.plan", slug=slug), 303)
    known = [
        {"key": step.id, "kind": step.kind.value, "body": step.body, "planned_on": step.planned_on}
        for step in found.steps
    ]
    form = forms.StepsForm(data={"steps": [*known, {}]})
    if form.validate_on_submit():
        edit_steps(current_actor(), found, forms.read_steps(form.steps), now=clock.arrival())
        return _back(slug, _("Trinene er gemt."))
    return _edit_page("projects/steps.html", found, form)


# -- material, meetings, those who must be heard ----------------------------------------------------------------------


@blueprint.route("/<slug>/materiale", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def material(slug: str) -> ResponseReturnValue:
    """Lay a text, a file or a link open."""
    found = _read(slug)
    form = forms.MaterialForm()
    form.offer()
    if form.validate_on_submit():
        policy.require(current_actor(), Act.EDIT_PROJECT, found, clock.now())
        upload = form.file.data
        try:
            stored = files.store(upload.stream, upload.filename) if upload and upload.filename else None
        except files.Refused as refused:
            form.file.errors = [refused.words]
            return _edit_page("projects/material.html", found, form, MaterialKind=MaterialKind)
        attach_material(current_actor(), found, form.piece(stored), now=clock.arrival())
        flash(_("Materialet er lagt ved."), "success")
        for barrier in barriers_in(stored) if stored is not None else ():
            flash(_("Ikke alle kan læse filen.") + " " + barrier, "info")
        return redirect(url_for(".material", slug=slug), 303)
    return _edit_page("projects/material.html", found, form, MaterialKind=MaterialKind)


@blueprint.post("/<slug>/materiale/<int:key>/fjern")
@allows(Act.EDIT_PROJECT)
def take_away(slug: str, key: int) -> ResponseReturnValue:
    """Take a piece of material away from a draft."""
    found = queries.whole(slug)
    detach_material(current_actor(), found, queries.material_of(found, key), now=clock.arrival())
    return redirect(url_for(".material", slug=slug), 303)


@blueprint.route("/<slug>/moeder", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def meetings(slug: str) -> ResponseReturnValue:
    """Set a meeting."""
    found = _read(slug)
    form = forms.MeetingForm()
    if form.validate_on_submit():
        begins, ends = form.moments
        plan_meeting(
            current_actor(),
            found,
            title=form.title.data,
            starts_at=begins,
            ends_at=ends,
            place=form.place.data,
            now=clock.arrival(),
        )
        flash(_("Mødet står på siden."), "success")
        return redirect(url_for(".meetings", slug=slug), 303)
    return _edit_page("projects/meetings.html", found, form)


@blueprint.route("/<slug>/moeder/<int:key>/referat", methods=["GET", "POST"])
@allows(Act.WRITE_MINUTES)
def minutes(slug: str, key: int) -> ResponseReturnValue:
    """Tell of a meeting."""
    found = _read(slug)
    meeting = queries.meeting_of(found, key)
    form = forms.MinutesForm(obj=meeting)
    if form.validate_on_submit():
        write_minutes(
            current_actor(), found, meeting, form.minutes.data or "", form.attendance.data, now=clock.arrival()
        )
        flash(_("Referatet står på siden."), "success")
        return redirect(url_for(".meetings", slug=slug), 303)
    return _edit_page("projects/minutes.html", found, form, meeting=meeting)


@blueprint.route("/<slug>/kreds", methods=["GET", "POST"])
@allows(Act.INVITE_PARTY)
def parties(slug: str) -> ResponseReturnValue:
    """Name those who must be heard."""
    found = _read(slug)
    form = forms.PartiesForm()
    if form.validate_on_submit():
        added = invite_parties(current_actor(), found, forms.read_parties(form.parties.data), now=clock.arrival())
        flash(_("%(count)s er skrevet på listen.", count=len(added)), "success")
        return redirect(url_for(".parties", slug=slug), 303)
    return _edit_page("projects/parties.html", found, form)


@blueprint.post("/<slug>/kreds/<int:key>/fjern")
@allows(Act.INVITE_PARTY)
def drop(slug: str, key: int) -> ResponseReturnValue:
    """Take somebody off the list who was not told yet."""
    found = queries.whole(slug)
    drop_party(current_actor(), found, queries.party_of(found, key), now=clock.arrival())
    return redirect(url_for(".parties", slug=slug), 303)


# -- what is told in public -------------------------------------------------------------------------------------------


@blueprint.route("/<slug>/niveau", methods=["GET", "POST"])
@allows(Act.RAISE_LEVEL, Act.CORRECT_LEVEL, Act.EDIT_PROJECT)
def level(slug: str) -> ResponseReturnValue:
    """Think a draft's level over; raise it or correct a plain mistake once it is public."""
    found = _read(slug)
    draft = found.announced_at is None
    form = forms.LevelChangeForm(
        data={
            "level": found.level.value,
            "reason": found.level_reason if draft else "",
            "wide_interest": found.wide_interest,
        }
    )
    form.offer()
    form.public_level = None if draft else found.level
    if form.validate_on_submit():
        new, reason, now = Level(form.level.data), form.reason.data, clock.arrival()
        if draft:
            edit_level(current_actor(), found, new, reason, bool(form.wide_interest.data), now=now)
        elif form.mistake.data:
            correct_level(current_actor(), found, new, reason, now=now)
        else:
            raise_level(current_actor(), found, new, reason, now=now)
        return _back(slug, _("Niveauet er ændret."))
    return _edit_page("projects/level.html", found, form, draft=draft, may_correct=not draft and not found.last_number)


@blueprint.route("/<slug>/frist", methods=["GET", "POST"])
@allows(Act.EXTEND_ROUND)
def extend(slug: str) -> ResponseReturnValue:
    """Give everybody more time."""
    found = _read(slug)
    policy.require(current_actor(), Act.EXTEND_ROUND, found, clock.now())
    form = forms.ExtendForm()
    form.round, form.after = found.round, (_last_day(found.round), dates.local_day(clock.arrival()))
    if form.validate_on_submit():
        extend_round(
            current_actor(),
            found.round,
            form.last_day.data,
            form.reason.data,
            report_on=form.report_on.data,
            decision_on=form.decision_on.data,
            now=clock.arrival(),
        )
        return _back(slug, _("Fristen er forlænget, og alle får besked."))
    return _edit_page("projects/extend.html", found, form, last_day=_last_day(found.round))


@blueprint.route("/<slug>/ret-fejl", methods=["GET", "POST"])
@allows(Act.CORRECT_MISTAKE)
def correct(slug: str) -> ResponseReturnValue:
    """Tell everyone touched what went wrong, and what is done about it."""
    found = _read(slug)
    policy.require(current_actor(), Act.CORRECT_MISTAKE, found, clock.now())
    form = forms.CorrectForm()
    if form.validate_on_submit():
        correct_mistake(current_actor(), found, form.wrong.data or "", form.put_right.data or "", now=clock.arrival())
        return _back(slug, _("Det står på sagens side nu, og alle, der har skrevet eller følger med, får besked."))
    may_extend = policy.refusal(current_actor(), Act.EXTEND_ROUND, found, clock.now()) is None
    return _edit_page("projects/correct.html", found, form, may_extend=may_extend)


@blueprint.route("/<slug>/aflys", methods=["GET", "POST"])
@allows(Act.CANCEL_PROJECT)
def cancel(slug: str) -> ResponseReturnValue:
    """Stop the project."""
    found = _read(slug)
    policy.require(current_actor(), Act.CANCEL_PROJECT, found, clock.now())
    form = forms.CancelForm()
    if form.validate_on_submit():
        cancel_project(current_actor(), found, form.reason.data, now=clock.arrival())
        return _back(slug, _("Projektet er aflyst, og alle får besked."))
    return _edit_page("projects/cancel.html", found, form)


@blueprint.route("/<slug>/ny-runde", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def another_round(slug: str) -> ResponseReturnValue:
    """Plan a further round."""
    found = _read(slug)
    form = forms.RoundForm(data={"level": found.level.value, "legal_basis": "none", "kind": "supplementary"})
    form.offer(found.level)
    if form.validate_on_submit():
        add_round(
            current_actor(),
            found,
            form.plan(RoundKind(form.kind.data), Level(form.level.data)),
            now=clock.arrival(),
        )
        return _back(slug, _("Runden er planlagt. Den er ikke offentlig endnu."))
    return _edit_page("projects/round.html", found, form)


from participation.projects import explain_views as _explain_doors  # noqa: E402, F401 - hard words, further languages
from participation.projects import map_views as _map_doors  # noqa: E402, F401 - the project's map
from participation.projects import outage_views as _doors  # noqa: E402, F401 - the register of breakdowns
from participation.projects import talk_views as _talk_doors  # noqa: E402, F401 - talks by appointment
