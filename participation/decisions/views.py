"""The doors of decisions: the clerk's and the council's lists, and the steps of a case."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from participation.decisions import agendas, backwards, law, queries, reading
from participation.decisions.adopt_plan import adopt_plan
from participation.decisions.announce import announce_decision
from participation.decisions.ask_administration import ask_administration
from participation.decisions.attach import attach_report
from participation.decisions.forms import (
    SPARE,
    AdoptForm,
    AgendaForm,
    AnnounceForm,
    AskForm,
    BackwardsForm,
    PlanForm,
    ReadingForm,
    ReplyForm,
    ResultForm,
    VetoForm,
)
from participation.decisions.keep_reading import keep_reading
from participation.decisions.publish_agenda import publish_agenda
from participation.decisions.record import AGAIN, record_result
from participation.decisions.reply_to_council import reply_to_council
from participation.decisions.schedule import schedule_steps
from participation.decisions.veto import lift_veto, record_veto
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project, Step
from participation.reports import wording
from participation.rules import dates, phases, policy
from participation.rules.acts import Act
from participation.rules.backwards import Backwards
from participation.rules.kinds import FINAL, StepKind, StepResult
from participation.rules.levels import Level

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/arbejde/moeder")
@allows(Act.SCHEDULE_DECISION)
def meetings() -> ResponseReturnValue:
    """The clerk's list: white papers that can be attached, and each body's coming meetings with their agendas."""
    return _meetings_page()


@blueprint.post("/arbejde/moeder/<int:key>/dagsorden")
@allows(Act.SCHEDULE_DECISION)
def agenda(key: int) -> ResponseReturnValue:
    """The agenda of a meeting is public, with all its matters."""
    step, form = queries.meeting_step(key), AgendaForm(prefix=f"a{key}-")
    if not form.validate() or not form.check(dates.local_day(clock.arrival())):
        return _meetings_page({key: form}), 422
    steps = publish_agenda(
        current_actor(), step, form.published_on.data, form.agenda_url.data or "", now=clock.arrival()
    )
    flash(ngettext("Det står nu på %(num)s sag.", "Det står nu på alle %(num)s sager.", len(steps)), "success")
    return redirect(url_for(".meetings"), 303)


def _meetings_page(given: dict[int, AgendaForm] | None = None) -> str:
    policy.require(current_actor(), Act.SCHEDULE_DECISION, None, clock.arrival())
    today = dates.local_day(clock.arrival())
    coming = queries.coming_steps(today)
    meetings = agendas.meetings_of(coming)
    forms = {
        one.step.id: AgendaForm(
            formdata=None,
            prefix=f"a{one.step.id}-",
            data={"published_on": one.published_on or today, "agenda_url": one.agenda_url},
        )
        for one in meetings
    }
    return render_template(
        "decisions/meetings.html",
        coming=coming,
        meetings=meetings,
        forms=forms | (given or {}),
        held=agendas.meetings_of(queries.held_steps(today)),
        totals=agendas.agendas_by_body(today),
        today=today,
    )


@blueprint.get("/arbejde/raad")
@allows(Act.READ_CASE)
def council() -> ResponseReturnValue:
    """The council's meetings: what each body has before it, with the synthesis of each matter one click away."""
    policy.require(current_actor(), Act.READ_CASE, None, clock.arrival())
    today = dates.local_day(clock.arrival())
    return render_template(
        "decisions/council.html",
        meetings=agendas.meetings_of(queries.coming_steps(today)),
        held=agendas.meetings_of(queries.held_steps(today)),
        today=today,
    )


@blueprint.get("/arbejde/raad/<slug>")
@allows(Act.READ_CASE)
def before_meeting(slug: str) -> ResponseReturnValue:
    """A councillor's page of one case: the white paper on one page, own notes, questions to the administration."""
    return _before_meeting(_case(slug))


@blueprint.post("/arbejde/raad/<slug>/noter")
@allows(Act.KEEP_READING)
def keep_notes(slug: str) -> ResponseReturnValue:
    """Keep a councillor's own notes; nobody else is shown them."""
    project, form = queries.project_of(slug), ReadingForm()
    if not form.validate():
        return _before_meeting(_case(slug), keeping=form), 422
    keep_reading(current_actor(), project, form.notes.data or "", form.has_read.data, now=clock.arrival())
    flash(_("Dine noter er gemt. Kun du ser dem her på siden."), "success")
    return redirect(url_for(".before_meeting", slug=slug), 303)


@blueprint.post("/arbejde/raad/<slug>/spoergsmaal")
@allows(Act.ASK_ADMINISTRATION)
def ask(slug: str) -> ResponseReturnValue:
    """Ask the administration before the meeting."""
    project, form = queries.project_of(slug), AskForm()
    if not form.validate():
        return _before_meeting(_case(slug), asking=form), 422
    ask_administration(current_actor(), project, form.question.data or "", now=clock.arrival())
    flash(_("Spørgsmålet er sendt. Svaret kommer her på siden, hvor alle medlemmer kan læse det."), "success")
    return redirect(url_for(".before_meeting", slug=slug), 303)


@blueprint.post("/arbejde/raad/<slug>/spoergsmaal/<int:key>")
@allows(Act.REPLY_TO_COUNCIL)
def reply(slug: str, key: int) -> ResponseReturnValue:
    """Answer a councillor's question, for all members."""
    project = queries.project_of(slug)
    question, form = queries.council_question_of(project, key), ReplyForm(prefix=f"q{key}")
    if not form.validate():
        return _before_meeting(_case(slug), replying={key: form}), 422
    reply_to_council(current_actor(), question, form.reply.data or "", now=clock.arrival())
    flash(_("Svaret er gemt. Alle medlemmer kan læse det nu."), "success")
    return redirect(url_for(".before_meeting", slug=slug), 303)


# -- one case ---------------------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/projekter/<slug>/beslutning")
@allows(Act.READ_CASE)
def case(slug: str) -> ResponseReturnValue:
    """How far the decision of a case has come, and what is to be done next."""
    return _case_page(_case(slug))


@blueprint.route("/arbejde/projekter/<slug>/beslutning/plan", methods=["GET", "POST"])
@allows(Act.SCHEDULE_DECISION)
def plan(slug: str) -> ResponseReturnValue:
    """Plan the meetings."""
    project = _case(slug, Act.SCHEDULE_DECISION)
    form = PlanForm(data={"steps": _rows(project)})
    if request.method == "POST" and form.validate() and form.check(project):
        schedule_steps(current_actor(), project, form.planned, form.reason.data or "", now=clock.arrival())
        flash(_("Mødeplanen er gemt."), "success")
        return redirect(url_for(".case", slug=slug), 303)
    page = render_template(
        "decisions/plan.html",
        project=project,
        phase=_phase(project),
        form=form,
        earliest=law.earliest(project),
        objections=law.timely_objections(project),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/arbejde/projekter/<slug>/baglaens")
@allows(Act.EDIT_PROJECT)
def plan_backwards(slug: str) -> ResponseReturnValue:
    """From the day of the decision back to the day the hearing must open; nothing is changed."""
    project = _case(slug, Act.EDIT_PROJECT)
    if not project.rounds or project.level is Level.ORIENTATION:
        raise NotFound
    if "dag" not in request.args:
        form = BackwardsForm(formdata=None, data=backwards.usual(project))
        return _backwards_page(project, form)
    form = BackwardsForm(request.args)
    if not form.validate():
        return _backwards_page(project, form), 422
    return _backwards_page(project, form, _made_backwards(project, form))


@blueprint.post("/arbejde/projekter/<slug>/baglaens")
@allows(Act.EDIT_PROJECT)
def take_plan(slug: str) -> ResponseReturnValue:
    """Take the plan over into the round and the meetings, in one act."""
    project, form = _case(slug, Act.EDIT_PROJECT), AdoptForm()
    round_ = backwards.round_of(project)
    if round_ is None or project.level is Level.ORIENTATION:
        raise NotFound
    if not form.validate():
        return _backwards_page(project, form), 422
    made = _made_backwards(project, form)
    if made is None or not made.holds or not form.check(project):
        return _backwards_page(project, form, made), 422
    adopt_plan(current_actor(), project, round_, made, form.reason.data or "", now=clock.arrival())
    flash(_("Planen er taget i brug. Se den igennem her."), "success")
    if round_.announced_at is not None:
        return redirect(url_for(".plan", slug=slug), 303)
    return redirect(f"/arbejde/projekter/{slug}/plan", 303)


@blueprint.post("/arbejde/projekter/<slug>/beslutning/hvidbog")
@allows(Act.ATTACH_REPORT)
def attach(slug: str) -> ResponseReturnValue:
    """Attach the newest white paper to all coming steps."""
    project = queries.project_of(slug)
    if (paper := queries.latest_paper(project.id)) is None:
        raise NotFound
    attach_report(current_actor(), paper, project.steps, now=clock.arrival())
    flash(_("Hvidbogen er lagt ved."), "success")
    back = url_for(".meetings") if request.form.get("back") == "moeder" else url_for(".case", slug=slug)
    return redirect(back, 303)


@blueprint.route("/arbejde/projekter/<slug>/beslutning/<int:key>", methods=["GET", "POST"])
@allows(Act.RECORD_DECISION)
def record(slug: str, key: int) -> ResponseReturnValue:
    """Write down what a body decided and, when it is known, when that was announced."""
    project = queries.project_of(slug)
    step, now = queries.step_of(project, key), clock.arrival()
    policy.require(current_actor(), Act.RECORD_DECISION, step, now)
    today = dates.local_day(now)
    answers = queries.answers_before_the_body(project.id)
    form = ResultForm(data=_known(project, step, today))
    form.offer(_results(step), answers, queries.outcomes_of(project.id))
    if request.method == "POST" and form.validate() and form.check(step, today):
        record_result(current_actor(), step, form.decided, now=now)
        if form.announced_on.data is not None and form.result.data in FINAL:
            announce_decision(current_actor(), step, form.announced_on.data, form.complaint.data, now=now)
        flash(_("Resultatet er skrevet ind."), "success")
        return redirect(url_for(".case", slug=slug), 303)
    page = render_template(
        "decisions/record.html",
        project=project,
        step=step,
        phase=_phase(project),
        form=form,
        about={str(answer.id): (queries.about(answer), answer.recommendation) for answer in answers},
        paper=queries.papers_by_step(project.id).get(step.id),
        needs_paper=queries.needs_paper(step),
        is_last=queries.is_last(step),
        again=[one.value for one in AGAIN],
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/arbejde/projekter/<slug>/beslutning/<int:key>/offentliggoer")
@allows(Act.ANNOUNCE_DECISION)
def announce(slug: str, key: int) -> ResponseReturnValue:
    """Write down when the decision was announced."""
    project = queries.project_of(slug)
    step, now, form = queries.step_of(project, key), clock.arrival(), AnnounceForm()
    if not form.validate() or not form.check(step.met_on, dates.local_day(now)):
        return _case_page(_case(slug), announcing=form), 422
    announce_decision(current_actor(), step, form.announced_on.data, form.complaint.data, now=now)
    flash(_("Offentliggørelsen er skrevet ind."), "success")
    return redirect(url_for(".case", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/beslutning/veto")
@allows(Act.RECORD_VETO)
def veto(slug: str) -> ResponseReturnValue:
    """Write down that an authority vetoes the plan."""
    project, form = queries.project_of(slug), VetoForm()
    form.offer(queries.authorities_of(project.id))
    if not form.validate():
        return _case_page(_case(slug), vetoing=form), 422
    contribution = queries.contribution_of(project, form.contribution.data) if form.contribution.data else None
    record_veto(
        current_actor(), project, form.authority.data or "", form.made_on.data, contribution, now=clock.arrival()
    )
    flash(_("Vetoet er skrevet ind. Planen kan ikke vedtages, før det er trukket."), "success")
    return redirect(url_for(".case", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/beslutning/veto/<int:key>/trukket")
@allows(Act.RECORD_VETO)
def lift(slug: str, key: int) -> ResponseReturnValue:
    """Write down that the authority has taken its veto back."""
    project = queries.project_of(slug)
    lift_veto(current_actor(), queries.veto_of(project, key), now=clock.arrival())
    flash(_("Det er skrevet ind, at vetoet er trukket."), "success")
    return redirect(url_for(".case", slug=slug), 303)


# -- what the pages share ---------------------------------------------------------------------------------------------


def _case(slug: str, act: Act = Act.READ_CASE) -> Project:
    project = queries.project_of(slug)
    policy.require(current_actor(), act, project, clock.arrival())
    return project


def _phase(project: Project) -> phases.Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


def _case_page(project: Project, announcing: AnnounceForm | None = None, vetoing: VetoForm | None = None) -> str:
    now = clock.arrival()
    today = dates.local_day(now)
    actor, final = current_actor(), queries.final_step(project)
    papers, newest = queries.papers_by_step(project.id), queries.latest_paper(project.id)
    basis = law.basis_of(project)
    planned = project.steps[-1].planned_on if project.steps and final is None else None
    findings = law.findings(project, planned) if planned else ()
    if final is not None and final.met_on is not None:
        findings = law.findings(project, final.met_on, recorded=True)
    if vetoing is None:
        vetoing = VetoForm(formdata=None)
        vetoing.offer(queries.authorities_of(project.id))
    return render_template(
        "decisions/case.html",
        project=project,
        phase=_phase(project),
        steps=project.steps,
        papers=papers,
        newest=newest,
        to_attach=newest is not None
        and any(step.result is None and papers.get(step.id) is not newest for step in _agendas(project)),
        final=final,
        complaint=queries.complaint_words(final),
        findings=[(one.kind, law.say(one), one.source) for one in findings],
        late_agendas={step.id for step in project.steps if queries.is_late_agenda(step, today)},
        may={
            act.value: policy.refusal(actor, act, project, now) is None
            for act in (
                Act.SCHEDULE_DECISION,
                Act.ATTACH_REPORT,
                Act.ANNOUNCE_DECISION,
                Act.RECORD_VETO,
                Act.PUBLISH_FEEDBACK,
            )
        },
        may_record={step.id for step in project.steps if policy.refusal(actor, Act.RECORD_DECISION, step, now) is None},
        next=queries.next_step(project),
        announcing=announcing or AnnounceForm(formdata=None, data=_announcement(project, final, today)),
        is_plan=basis is not None and basis.key.startswith("planloven-24"),
        vetoes=queries.vetoes(project.id),
        vetoing=vetoing,
    )


def _before_meeting(
    project: Project,
    keeping: ReadingForm | None = None,
    asking: AskForm | None = None,
    replying: dict[int, ReplyForm] | None = None,
) -> str:
    now, actor = clock.arrival(), current_actor()
    may = {
        act.value: policy.refusal(actor, act, project, now) is None
        for act in (Act.KEEP_READING, Act.ASK_ADMINISTRATION, Act.REPLY_TO_COUNCIL)
    }
    questions, replying = queries.council_questions(project.id), replying or {}
    if may[Act.KEEP_READING] and keeping is None:
        keeping = ReadingForm(formdata=None, obj=queries.reading_of(project.id, actor.person_id))
    if may[Act.REPLY_TO_COUNCIL]:
        waiting = [one.id for one in questions if one.replied_at is None]
        replying = {key: replying.get(key) or ReplyForm(formdata=None, prefix=f"q{key}") for key in waiting}
    step, paper = queries.next_step(project), queries.latest_paper(project.id)
    final = queries.final_step(project)
    return render_template(
        "decisions/before_meeting.html",
        project=project,
        phase=_phase(project),
        step=step,
        late=step is not None and queries.is_late_agenda(step, dates.local_day(now)),
        days=queries.agenda_days(step) if step is not None else None,
        news=queries.news_since(project, paper, questions),
        short=reading.synthesis(project.slug, paper) if paper is not None else None,
        say=wording,
        final=final,
        deviations=reading.deviations(project.id) if final is not None else [],
        paper=paper,
        questions=questions,
        keeping=keeping,
        asking=(asking or AskForm(formdata=None)) if may[Act.ASK_ADMINISTRATION] else None,
        replying=replying,
    )


def _made_backwards(project: Project, form: BackwardsForm | AdoptForm) -> Backwards | None:
    round_, today = backwards.round_of(project), dates.local_day(clock.arrival())
    if round_ is None:
        return None
    return backwards.plan_of(project, round_, form.dag.data, form.hoering.data, form.vejning.data, today)


def _backwards_page(project: Project, form: BackwardsForm | AdoptForm, made: Backwards | None = None) -> str:
    round_ = backwards.round_of(project)
    return render_template(
        "decisions/backwards.html",
        project=project,
        phase=_phase(project) or phases.Phase.DRAFT,
        form=form,
        adopting=form if isinstance(form, AdoptForm) else AdoptForm(formdata=None),
        has_steps=bool(backwards.coming(project)),
        made=made,
        rows=backwards.rows_of(project, made) if made is not None else [],
        too_late=backwards.say(made.too_late) if made is not None and made.too_late is not None else "",
        may_adopt=round_ is not None and not backwards.has_begun(round_, clock.arrival()),
        stands=round_ is not None and round_.announced_at is not None,
    )


def _agendas(project: Project) -> list[Step]:
    """The steps that have an agenda with the white paper: sending a proposal out to be heard comes before it."""
    return [step for step in project.steps if step.kind is not StepKind.HEARING]


def _announcement(project: Project, final: Step | None, today: date) -> dict[str, Any]:
    basis = law.basis_of(project)
    usual = basis.complaints[0] if basis is not None else "kan-ikke-paaklages"
    if final is None:
        return {"announced_on": today, "complaint": usual}
    return {"announced_on": final.announced_on or today, "complaint": final.complaint or usual}


def _results(step: Step) -> list[StepResult]:
    """What can come out of a step: a matter is settled at its last one."""
    again = [StepResult.POSTPONED, StepResult.SENT_BACK]
    if queries.is_last(step):
        return [StepResult.ADOPTED, StepResult.ADOPTED_WITH_CHANGES, StepResult.REJECTED, *again]
    return [StepResult.RECOMMENDED, *again]


_RECORDED = ("met_on", "result", "grounds", "legal_ground", "votes", "dissent", "announced_on")


def _rows(project: Project) -> list[dict[str, Any]]:
    coming = [step for step in project.steps if step.result is None]
    kept = [
        {
            "key": step.id,
            "kind": step.kind,
            "body": step.body,
            "planned_on": step.planned_on,
            "agenda_url": step.agenda_url,
            "agenda_published_on": step.agenda_published_on,
        }
        for step in coming
    ]
    return kept + [{"kind": StepKind.COMMITTEE} for _ in range(SPARE)]


def _known(project: Project, step: Step, today: date) -> dict[str, Any]:
    """What stands in the form at first: what is recorded, else what is likely."""
    basis = law.basis_of(project)
    if step.result is not None:
        settled = queries.outcomes_of(project.id)
        return {
            **{name: getattr(step, name) for name in _RECORDED},
            "complaint": step.complaint or None,
            "as_recommended": bool(settled) or step.result not in FINAL,
        }
    is_law = basis is not None and basis.section.startswith(("planloven", "bekendtgørelse", "miljø"))
    usual = basis.complaints[0] if basis is not None else "kan-ikke-paaklages"
    last = queries.is_last(step)
    return {
        "met_on": step.planned_on if step.planned_on and step.planned_on <= today else today,
        "result": StepResult.ADOPTED if last else StepResult.RECOMMENDED,
        "grounds": queries.overall_of(project.id) if last else "",
        "legal_ground": basis.section if is_law and basis is not None and last else "",
        "announced_on": today if last and usual == "kan-ikke-paaklages" else None,
        "complaint": usual,
    }
