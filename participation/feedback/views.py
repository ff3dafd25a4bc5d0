"""The doors of feedback: a contributor's own page, the decision as everybody reads it, and the end of a case."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from participation.contributions import queries as contributions
from participation.decisions import queries as decisions
from participation.decisions.follow_up import finish_follow_up, hand_over_follow_up, no_follow_up, plan_follow_up
from participation.decisions.reading import deviations
from participation.feedback import queries
from participation.feedback.close import close_project
from participation.feedback.deliver import leave_at_code, post_letters, try_again
from participation.feedback.explain import explain_delay, late_in
from participation.feedback.forms import (
    CloseForm,
    DelayForm,
    FollowUpForm,
    HandOverForm,
    LessonForm,
    ReplyForm,
    VerdictForm,
)
from participation.feedback.judge import judge_feedback
from participation.feedback.learn import write_lesson
from participation.feedback.own import own_page
from participation.feedback.publish import lacking, publish_feedback
from participation.feedback.reopen import reopen_answer
from participation.feedback.tell import preview
from participation.foundation import clock, letters
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor, held_now
from participation.projects.model import Project
from participation.rules import dates, phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import BINDING, CaseType, PromiseKind
from participation.rules.levels import Level
from participation.rules.phases import Phase
from participation.rules.words import danish

blueprint = Blueprint("feedback", __name__)


# -- the contributor's ------------------------------------------------------------------------------------------------


@blueprint.get("/mit-svar/hvor")
@allows(Act.TRACK_CONTRIBUTION)
def track() -> ResponseReturnValue:
    """Where one's own words are now, and what became of each point."""
    if (held := held_now()) is None:
        return redirect(url_for("contributions.find"))
    return _own_page(held)


@blueprint.post("/mit-svar/hvor")
@allows(Act.JUDGE_FEEDBACK)
def judge() -> ResponseReturnValue:
    """Say whether it was an answer."""
    if (held := held_now()) is None:
        return redirect(url_for("contributions.find"), 303)
    answered, form = "yes" in request.form, VerdictForm()
    if not answered and not form.validate():
        return _own_page(held, form), 422
    contribution = contributions.own(held)
    judge_feedback(current_actor(), contribution, answered, form.missing.data or "", now=clock.arrival())
    flash(_("Tak. Det er godt at vide.") if answered else _("Tak. Vi svarer på det, du mangler."), "success")
    return redirect(url_for(".track"), 303)


def _own_page(held: int, form: VerdictForm | None = None) -> str:
    page = own_page(current_actor(), held, clock.arrival())
    policy.require(current_actor(), Act.TRACK_CONTRIBUTION, page.contribution, clock.arrival())
    return render_template(
        "feedback/track.html",
        own=page,
        project=page.contribution.project,
        form=form or VerdictForm(formdata=None),
    )


# -- everybody's ------------------------------------------------------------------------------------------------------


@blueprint.get("/projekter/<slug>/beslutning")
@allows(Act.READ_PROJECT)
def decision(slug: str) -> ResponseReturnValue:
    """The decision as everybody reads it: documents, weighing, reasons, votes and how to complain (RP-26, RP-27)."""
    project = decisions.project_of(slug)
    if policy.refusal(current_actor(), Act.READ_PROJECT, project, clock.now()) is not None:
        raise NotFound
    final = decisions.final_step(project)
    reported = project.round is not None and project.round.reported_at is not None
    return render_template(
        "feedback/decision.html",
        project=project,
        phase=_phase(project),
        final=final,
        steps=[step for step in project.steps if step is not final],
        complaint=decisions.complaint_words(final),
        weighing=decisions.weighing(project.id) if reported else [],
        reported=reported,
        follow_ups=decisions.follow_ups(project.id),
        agenda_days={step.id: decisions.agenda_days(step) for step in project.steps},
        corrections=decisions.corrections_of(project.id),
        deviations=deviations(project.id) if final is not None else [],
        verdicts=queries.verdicts(project.id),
        early=decisions.early_of(project),
    )


# -- the planner's: telling -------------------------------------------------------------------------------------------


@blueprint.get("/arbejde/projekter/<slug>/besked")
@allows(Act.READ_CASE)
def end(slug: str) -> ResponseReturnValue:
    """Feedback to all, replies, follow-up and the end of the case, on one page."""
    return _end_page(_case(slug))


@blueprint.post("/arbejde/projekter/<slug>/besked")
@allows(Act.PUBLISH_FEEDBACK)
def send(slug: str) -> ResponseReturnValue:
    """[Send til alle]."""
    told = publish_feedback(current_actor(), decisions.project_of(slug), now=clock.arrival())
    flash(_("Beskeden er på vej til alle %(num)s.", num=told), "success")
    return redirect(url_for(".end", slug=slug), 303)


@blueprint.get("/arbejde/projekter/<slug>/besked/print")
@allows(Act.SEND_LETTER)
def paper(slug: str) -> ResponseReturnValue:
    """The letters on paper, one to a sheet, with the addresses."""
    project = _case(slug, Act.READ_CONTACT)
    waiting = letters.waiting_for_print(project.id, limit=200)
    return render_template(
        "feedback/print.html",
        project=project,
        phase=_phase(project),
        sheets=[(letter, letters.read_in_full(letter)) for letter in waiting],
    )


@blueprint.post("/arbejde/projekter/<slug>/besked/print")
@allows(Act.SEND_LETTER)
def posted(slug: str) -> ResponseReturnValue:
    """The letters that were shown were printed and posted."""
    project = decisions.project_of(slug)
    printed = [queries.letter_of(project, key) for key in request.form.getlist("letter", type=whole)]
    count = post_letters(current_actor(), project, printed, now=clock.arrival())
    told = ngettext(
        "Det er skrevet ned, at %(num)s brev er sendt.", "Det er skrevet ned, at %(num)s breve er sendt.", count
    )
    flash(told, "success")
    return redirect(url_for(".end", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/besked/brev/<int:key>")
@allows(Act.SEND_LETTER)
def again(slug: str, key: int) -> ResponseReturnValue:
    """Try a letter again."""
    project = decisions.project_of(slug)
    try_again(current_actor(), project, queries.letter_of(project, key), now=clock.arrival())
    flash(_("Vi prøver at sende brevet igen."), "success")
    return redirect(url_for(".end", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/besked/kode/<int:key>")
@allows(Act.SEND_LETTER)
def unreachable(slug: str, key: int) -> ResponseReturnValue:
    """Nobody can be reached there; the feedback lies at the code."""
    project = decisions.project_of(slug)
    leave_at_code(current_actor(), queries.told_of(project, key), now=clock.arrival())
    flash(_("Svaret ligger ved koden."), "success")
    return redirect(url_for(".end", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/besked/svar/<int:number>")
@allows(Act.REOPEN_ANSWER)
def reopen(slug: str, number: int) -> ResponseReturnValue:
    """Answer what somebody found missing."""
    project = _case(slug)
    verdict, form = queries.verdict_of(project, number), ReplyForm(prefix=f"r{number}-")
    if not form.validate():
        return _end_page(project, replying=(number, form)), 422
    reopen_answer(current_actor(), verdict, form.words.data or "", now=clock.arrival())
    flash(_("Svaret er sendt."), "success")
    return redirect(url_for(".end", slug=slug), 303)


# -- the planner's: what follows, and the end -------------------------------------------------------------------------


@blueprint.post("/arbejde/projekter/<slug>/opfoelgning")
@allows(Act.PLAN_FOLLOW_UP)
def follow_up(slug: str) -> ResponseReturnValue:
    """Plan what is to be done."""
    project, form = _case(slug), FollowUpForm()
    form.offer(queries.answers_offered(project.id))
    if not form.validate():
        return _end_page(project, planning=form), 422
    plan_follow_up(
        current_actor(),
        project,
        form.words.data or "",
        form.owner.data or "",
        form.due_on.data,
        queries.answer_of(project, form.answer.data) if form.answer.data else None,
        now=clock.arrival(),
    )
    flash(_("Opfølgningen er skrevet ind. Den står på sagens side, til den er gjort."), "success")
    return redirect(url_for(".end", slug=slug, _anchor="opfoelgning"), 303)


@blueprint.post("/arbejde/projekter/<slug>/opfoelgning/<int:key>/gjort")
@allows(Act.PLAN_FOLLOW_UP)
def done(slug: str, key: int) -> ResponseReturnValue:
    """It is done."""
    project = decisions.project_of(slug)
    finish_follow_up(current_actor(), decisions.follow_up_of(project, key), now=clock.arrival())
    flash(_("Godt. Det er gjort."), "success")
    return redirect(url_for(".end", slug=slug, _anchor="opfoelgning"), 303)


@blueprint.post("/arbejde/projekter/<slug>/opfoelgning/<int:key>/videre")
@allows(Act.PLAN_FOLLOW_UP)
def hand_over(slug: str, key: int) -> ResponseReturnValue:
    """Somebody else has it now."""
    project, form = _case(slug), HandOverForm(prefix=f"h{key}-")
    action = decisions.follow_up_of(project, key)
    if not form.validate():
        return _end_page(project, handing=(key, form)), 422
    hand_over_follow_up(current_actor(), action, form.to.data or "", now=clock.arrival())
    flash(_("Det er skrevet ned, hvem der har det nu."), "success")
    return redirect(url_for(".end", slug=slug, _anchor="opfoelgning"), 303)


@blueprint.post("/arbejde/projekter/<slug>/afslut")
@allows(Act.CLOSE_PROJECT)
def close(slug: str) -> ResponseReturnValue:
    """Close the case; "ingen opfølgning" can be said in the same act."""
    project, form = decisions.project_of(slug), CloseForm()
    if not form.validate():
        return _end_page(project), 422
    if form.nothing_follows.data:
        no_follow_up(current_actor(), project, now=clock.arrival())
    close_project(current_actor(), project, now=clock.arrival())
    flash(_("Sagen er afsluttet."), "success")
    return redirect(url_for(".end", slug=slug), 303)


@blueprint.post("/arbejde/projekter/<slug>/forsinket/<kind>")
@allows(Act.EXPLAIN_DELAY)
def delayed(slug: str, kind: str) -> ResponseReturnValue:
    """Explain why promises are late, and give a new day."""
    project, of = _case(slug), next((one for one in BINDING if one.value == kind), None)
    if of is None:
        raise NotFound
    form = DelayForm(prefix=f"{of.value}-")
    if not form.validate() or not form.check(dates.local_day(clock.arrival())):
        return _end_page(project, explaining=(of, form)), 422
    number = explain_delay(current_actor(), project, of, form.new_on.data, form.reason.data or "", now=clock.arrival())
    flash(ngettext("%(num)s får besked om den nye dato.", "%(num)s får besked om den nye dato.", number), "success")
    return redirect(url_for(".end", slug=slug, _anchor="forsinket"), 303)


@blueprint.post("/arbejde/projekter/<slug>/laering")
@allows(Act.WRITE_LESSON)
def learn(slug: str) -> ResponseReturnValue:
    """Write down what the case taught."""
    project, form = _case(slug), LessonForm()
    if not form.validate():
        return _end_page(project, learning=form), 422
    write_lesson(
        current_actor(),
        project,
        asked_early=bool(form.asked_early.data),
        reached=bool(form.reached.data),
        mattered=bool(form.mattered.data),
        words=form.words.data or "",
        now=clock.arrival(),
    )
    flash(_("Tak. Det står i læringsloggen nu."), "success")
    return redirect(url_for(".end", slug=slug, _anchor="laering"), 303)


@blueprint.get("/arbejde/laering")
@allows(Act.READ_DESK)
def lessons() -> ResponseReturnValue:
    """What earlier cases taught, by words and by case type."""
    policy.require(current_actor(), Act.READ_DESK, None, clock.arrival())
    words = request.args.get("q", "").strip()[:100]
    case_type = next((one for one in CaseType if one.value == request.args.get("sagstype")), None)
    page = max(request.args.get("side", 1, type=whole), 1)
    rows = queries.lessons(words, case_type, most=queries.LESSONS + 1, skip=(page - 1) * queries.LESSONS)
    shown = rows[: queries.LESSONS]

    def here(kind: CaseType | None, side: int | None = None) -> str:
        return url_for(".lessons", q=words or None, sagstype=kind.value if kind else None, side=side)

    return render_template(
        "feedback/lessons.html",
        lessons=[(one, decisions.early_of(one.project)) for one in shown],
        words=words,
        types=[(_("Alle sagstyper"), here(None)), *((_(danish(one)), here(one)) for one in CaseType)],
        type_here=here(case_type),
        case_type=case_type,
        older=here(case_type, page + 1) if len(rows) > queries.LESSONS else None,
    )


def _case(slug: str, act: Act = Act.READ_CASE) -> Project:
    project = decisions.project_of(slug)
    policy.require(current_actor(), act, project, clock.arrival())
    return project


def _phase(project: Project) -> Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


#: What can be done on the page of the end, each only by those who may.
_ON_THE_PAGE = (
    Act.PUBLISH_FEEDBACK,
    Act.SEND_LETTER,
    Act.REOPEN_ANSWER,
    Act.PLAN_FOLLOW_UP,
    Act.CLOSE_PROJECT,
    Act.WRITE_LESSON,
    Act.EXPLAIN_DELAY,
)


def _end_page(
    project: Project,
    planning: FollowUpForm | None = None,
    replying: tuple[int, ReplyForm] | None = None,
    handing: tuple[int, HandOverForm] | None = None,
    learning: LessonForm | None = None,
    explaining: tuple[PromiseKind, DelayForm] | None = None,
) -> str:
    now, phase = clock.arrival(), _phase(project)
    if planning is None:
        planning = FollowUpForm(formdata=None)
        planning.offer(queries.answers_offered(project.id))
    telling = queries.telling(project)
    missing = queries.missing_answers(project.id)
    actions = decisions.follow_ups(project.id)
    gaps = queries.closing_gaps(project, now)
    weighed = project.level is not Level.ORIENTATION
    replies: dict[int, Any] = {
        one.contribution.number: ReplyForm(
            formdata=None, prefix=f"r{one.contribution.number}-", data={"words": one.reply}
        )
        for one in missing
    }
    handovers: dict[int, Any] = {one.id: HandOverForm(formdata=None, prefix=f"h{one.id}-") for one in actions}
    replies |= {replying[0]: replying[1]} if replying is not None else {}
    handovers |= {handing[0]: handing[1]} if handing is not None else {}
    late = late_in(project.id, dates.local_day(now))
    delays: dict[PromiseKind, Any] = {
        one.kind: DelayForm(formdata=None, prefix=f"{one.kind.value}-", data={"new_on": one.new_on}) for one in late
    }
    delays |= {explaining[0]: explaining[1]} if explaining is not None else {}
    decided = phase is Phase.DECIDED
    return render_template(
        "feedback/end.html",
        project=project,
        phase=phase,
        today=dates.local_day(now),
        weighed=weighed,
        decided=decided,
        telling=telling,
        lacking=lacking(project) if decided else (),
        preview=preview(telling.first, project, now) if decided and telling.first and telling.untold else None,
        undelivered=queries.undelivered(project.id),
        verdicts=queries.verdicts(project.id),
        missing=missing,
        replies=replies,
        actions=actions,
        handovers=handovers,
        planning=planning,
        late=late,
        delays=delays,
        lesson=queries.lesson_of(project.id),
        learning=learning or LessonForm(formdata=None, obj=queries.lesson_of(project.id)),
        gaps=[gap for gap in gaps if gap.key != queries.NO_FOLLOW_UP],
        asks_follow_up=any(gap.key == queries.NO_FOLLOW_UP for gap in gaps),
        closing=CloseForm(formdata=None, data={"nothing_follows": True}),
        may={act.value: policy.refusal(current_actor(), act, project, now) is None for act in _ON_THE_PAGE},
    )
