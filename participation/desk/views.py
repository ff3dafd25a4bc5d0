"""The staff's doors: the workbench, the table svar for svar, questions, changes and the gate before the report."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from participation.answers.approve import approve_answer
from participation.answers.change import draft_change, retire_change
from participation.answers.draft import Conflict, Draft, draft_answers
from participation.answers.gates import gates, in_place
from participation.answers.model import Answer
from participation.answers.question import answer_question
from participation.answers.resume import write_resume
from participation.contributions.overlap import compare_anew
from participation.contributions.shown import shown_words
from participation.desk import queries
from participation.desk.forms import ChangeForm, QuestionForm, RecuseForm, RowForm, TiesForm, row_of
from participation.foundation import clock, log
from participation.foundation.forms import listed, number_in, whole
from participation.foundation.permission import allows
from participation.people import queries as people
from participation.people.actor import current_actor
from participation.people.recuse import recuse, recused_in
from participation.people.tell_ties import tell_ties, ties_of
from participation.projects.model import Project
from participation.queue.queries import has_tasks
from participation.rules import dates, phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState, ApprovalRule, Role, TieKind
from participation.rules.plain import mark
from participation.rules.policy import Actor

blueprint = Blueprint("desk", __name__)

_CHOOSE = mark("Dine egne ord står i felterne. Gem for at vælge dem, eller gå til siden igen for at beholde de andre.")


@blueprint.get("/arbejde")
@allows(Act.READ_DESK)
def home() -> ResponseReturnValue:
    """The workbench: what is late, what is due, and what waits for me."""
    actor, now = current_actor(), clock.arrival()
    policy.require(actor, Act.READ_DESK, None, now)
    if not (actor.has(Role.PLANNER) or actor.has(Role.LEADER)):
        for role, place in ((Role.CLERK, "/arbejde/moeder"), (Role.COUNCILLOR, "/arbejde/raad")):
            if actor.has(role):
                return redirect(place)
    return render_template(
        "desk/home.html",
        matters=queries.matters(actor, now),
        approvals=queries.approvals_for(actor),
        has_tasks=has_tasks(actor),
        today=dates.local_day(now),
    )


@blueprint.get("/arbejde/projekter/<slug>/svar")
@allows(Act.DRAFT_ANSWER)
def table(slug: str) -> ResponseReturnValue:
    """Svar for svar: each contribution with its resumé, remarks and recommendation, edited in place."""
    project = _case(slug, Act.DRAFT_ANSWER)
    page = queries.table(project, request.args.get("side", 1, type=whole))
    return _table(project, page, _forms(page))


@blueprint.post("/arbejde/projekter/<slug>/svar")
@allows(Act.DRAFT_ANSWER)
def save(slug: str) -> ResponseReturnValue:
    """Keep every row of the page in one act; a wrong row keeps all of them unsaved with what was typed."""
    project = _case(slug, Act.DRAFT_ANSWER)
    page = queries.table(project, request.args.get("side", 1, type=whole))
    forms = _forms(page, request.form)
    _copy(page, forms)
    if not _all_valid(forms):
        return _table(project, page, forms), 422
    drafts = [_draft(row, forms[row.key]) for row in page.rows if row.key in forms]
    resumes = [
        (row.contribution, forms[row.key].resume.data)
        for row in page.rows
        if row.is_first and row.key in forms and forms[row.key].resume.data != row.resume
    ]
    try:
        draft_answers(current_actor(), project, drafts, now=clock.arrival())
    except Conflict as conflict:
        theirs = {answer.contribution_id or answer.point_id: answer for answer in conflict.answers}
        _seen(page.rows, forms, conflict)
        return _table(project, page, forms, theirs=theirs, also=[_(conflict.words), _(_CHOOSE)]), 409
    for contribution, words in resumes:
        write_resume(current_actor(), contribution, words or "", now=clock.arrival())
    flash(_("Gemt."), "success")
    return redirect(url_for(".table", slug=slug, side=page.page if page.page > 1 else None), 303)


@blueprint.post("/arbejde/projekter/<slug>/svar/godkend")
@allows(Act.APPROVE_ANSWER)
def approve(slug: str) -> ResponseReturnValue:
    """The leader approves the answers of the page just as they were read; one that was changed since is left out."""
    project = _case(slug, Act.APPROVE_ANSWER)
    pairs = (pair.partition(":") for pair in request.form.getlist("read"))
    read = {number_in(key): number_in(version) for key, _colon, version in pairs}
    approved = 0
    for key, version in read.items():
        if key is None:
            continue
        answer = queries.answer_of(project, key)
        if answer.is_complete and answer.version == version:
            approve_answer(current_actor(), answer, now=clock.arrival())
            approved += 1
    flash(ngettext("%(num)s svar er godkendt.", "%(num)s svar er godkendt.", approved), "success")
    if approved < len(read):
        flash(_("Noget var rettet imens eller ikke færdigt. Det er ikke godkendt. Læs det igen."), "warn")
    for name, door in (("emne", ".topic"), ("punkt", ".point")):
        if (key := request.form.get(name, type=whole)) is not None:
            return redirect(url_for(door, slug=slug, key=key), 303)
    return redirect(url_for(".table", slug=slug, side=request.form.get("side", type=whole)), 303)


@blueprint.get("/arbejde/projekter/<slug>/svar/<int:number>")
@allows(Act.DRAFT_ANSWER)
def contribution(slug: str, number: int) -> ResponseReturnValue:
    """One contribution in full: words with their points, sender, notes, history and the answer."""
    project = _case(slug, Act.DRAFT_ANSWER)
    log.record_apart(Act.READ_CONTACT, current_actor(), project, at=clock.now(), project_id=project.id, number=number)
    return _contribution(project, number)


@blueprint.post("/arbejde/projekter/<slug>/svar/<int:number>")
@allows(Act.DRAFT_ANSWER)
def save_one(slug: str, number: int) -> ResponseReturnValue:
    """Keep the answer of one contribution."""
    project = _case(slug, Act.DRAFT_ANSWER)
    found = queries.contribution_of(project, number)
    rows = queries.rows_of(found, queries.answers_of(project.id, [found.id]))
    forms = _forms(queries.Page(rows, 1, 1, 1), request.form)
    if not _all_valid(forms):
        return _contribution(project, number, forms), 422
    resume = next(iter(forms.values())).resume.data or ""
    try:
        draft_answers(current_actor(), project, [_draft(row, forms[row.key]) for row in rows], now=clock.arrival())
    except Conflict as conflict:
        _seen(rows, forms, conflict)
        said = [f"{_('Din kollegas udgave')}: {one.words}" for one in conflict.answers]
        return _contribution(project, number, forms, also=[_(conflict.words), *said, _(_CHOOSE)]), 409
    write_resume(current_actor(), found, resume, now=clock.arrival())
    flash(_("Gemt."), "success")
    following = queries.beside(project, number)[1] if "next" in request.form else None
    return redirect(url_for(".contribution", slug=slug, number=following or number), 303)


@blueprint.get("/arbejde/projekter/<slug>/spoergsmaal")
@allows(Act.ANSWER_QUESTION)
def questions(slug: str) -> ResponseReturnValue:
    """The questions, the unanswered first with the date that was promised."""
    project = _case(slug, Act.ANSWER_QUESTION)
    return _questions(project)


@blueprint.post("/arbejde/projekter/<slug>/spoergsmaal/<int:number>")
@allows(Act.ANSWER_QUESTION)
def answer(slug: str, number: int) -> ResponseReturnValue:
    """Answer one question."""
    project = _case(slug, Act.ANSWER_QUESTION)
    form = QuestionForm(prefix=f"q{number}-")
    if not form.validate():
        return _questions(project, wrong=(number, form)), 422
    question = queries.question_of(project, number)
    answer_question(
        current_actor(), question, form.words.data or "", publish=bool(form.publish.data), now=clock.arrival()
    )
    flash(_("Svaret er sendt."), "success")
    return redirect(url_for(".questions", slug=slug), 303)


@blueprint.get("/arbejde/projekter/<slug>/aendringer")
@allows(Act.DRAFT_CHANGE)
def changes(slug: str) -> ResponseReturnValue:
    """The proposed changes in the material."""
    return _changes(_case(slug, Act.DRAFT_CHANGE))


@blueprint.post("/arbejde/projekter/<slug>/aendringer")
@allows(Act.DRAFT_CHANGE)
def add_change(slug: str) -> ResponseReturnValue:
    """Write a new change."""
    project = _case(slug, Act.DRAFT_CHANGE)
    return _keep_change(project, None)


@blueprint.post("/arbejde/projekter/<slug>/aendringer/<int:key>")
@allows(Act.DRAFT_CHANGE)
def edit_change(slug: str, key: int) -> ResponseReturnValue:
    """Keep a new wording of a change."""
    project = _case(slug, Act.DRAFT_CHANGE)
    return _keep_change(project, queries.change_of(project, key))


@blueprint.post("/arbejde/projekter/<slug>/aendringer/<int:key>/fjern")
@allows(Act.DRAFT_CHANGE)
def drop_change(slug: str, key: int) -> ResponseReturnValue:
    """Take a change out."""
    project = _case(slug, Act.DRAFT_CHANGE)
    retire_change(current_actor(), queries.change_of(project, key), now=clock.arrival())
    flash(_("Ændringen er taget ud. Den står stadig i sagens log."), "success")
    return redirect(url_for(".changes", slug=slug), 303)


@blueprint.get("/arbejde/projekter/<slug>/klar")
@allows(Act.DRAFT_ANSWER)
def ready(slug: str) -> ResponseReturnValue:
    """Er sagen klar? Everything that is missing, in words, with a way to mend it."""
    project = _case(slug, Act.DRAFT_ANSWER)
    missing = gates(project, dates.local_day(clock.arrival()))
    return render_template(
        "desk/ready.html", project=project, phase=_phase(project), missing=missing, in_place=in_place(missing)
    )


@blueprint.get("/arbejde/projekter/<slug>/inhabil")
@allows(Act.RECUSE)
def stand_aside(slug: str) -> ResponseReturnValue:
    """Where somebody says "jeg kan være inhabil i denne sag"."""
    project = _known(slug)
    policy.require(current_actor(), Act.RECUSE, None, clock.arrival())
    return render_template(
        "desk/recuse.html",
        project=project,
        form=_recuse_form(project),
        recused=recused_in(project.id),
    )


@blueprint.post("/arbejde/projekter/<slug>/inhabil")
@allows(Act.RECUSE)
def declare_partial(slug: str) -> ResponseReturnValue:
    """Stand aside, and name who takes over."""
    project = _known(slug)
    form = _recuse_form(project)
    if not form.validate():
        return render_template("desk/recuse.html", project=project, form=form, recused=recused_in(project.id)), 422
    substitute = people.person(form.substitute.data) if form.substitute.data else None
    recuse(current_actor(), project, substitute, now=clock.arrival())
    flash(_("Tak, fordi du siger det. Du kan ikke længere arbejde i denne sag."), "success")
    return redirect(url_for(".home"), 303)


@blueprint.get("/arbejde/tilknytninger")
@allows(Act.TELL_TIES)
def ties() -> ResponseReturnValue:
    """Where somebody tells what they are tied to, so that they are warned in time."""
    policy.require(current_actor(), Act.TELL_TIES, None, clock.arrival())
    told = ties_of(current_actor().person_id)
    lines = {kind: "\n".join(tie.words for tie in told if tie.kind is kind) for kind in TieKind}
    form = TiesForm(
        formdata=None,
        data={"addresses": lines[TieKind.ADDRESS], "organisations": lines[TieKind.ORGANISATION]},
    )
    return render_template("desk/ties.html", form=form)


@blueprint.post("/arbejde/tilknytninger")
@allows(Act.TELL_TIES)
def keep_ties() -> ResponseReturnValue:
    """Keep what somebody is tied to."""
    form = TiesForm()
    if not form.validate():
        return render_template("desk/ties.html", form=form), 422
    addresses, organisations = (form[name].data or "" for name in ("addresses", "organisations"))
    tell_ties(current_actor(), addresses.splitlines(), organisations.splitlines(), now=clock.arrival())
    compare_anew(current_actor().person_id)
    flash(_("Gemt. Vi siger til, hvis nogen af dem skriver i en af dine sager."), "success")
    return redirect(url_for(".ties"), 303)


def _known(slug: str) -> Project:
    """A project that is public, or a draft that this person may read: its title is nobody else's."""
    project, now = queries.project_of(slug), clock.arrival()
    if policy.refusal(current_actor(), Act.READ_PROJECT, project, now) is not None:
        policy.require(current_actor(), Act.READ_CASE, project, now)
    return project


def _case(slug: str, act: Act) -> Project:
    """The project, once the policy lets this person work on it."""
    project = queries.project_of(slug)
    policy.require(current_actor(), act, project, clock.arrival())
    return project


def _phase(project: Project) -> phases.Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


def _forms(page: queries.Page, typed: MultiDict[str, str] | None = None) -> dict[str, RowForm]:
    """A form for each row, filled with what was typed or with what is kept."""
    forms = {}
    for row in page.rows:
        form = RowForm(
            typed if typed is not None and f"{row.key}-version" in typed else None,
            prefix=f"{row.key}-",
            data=row_of(row.answer, row.resume),
        )
        if typed is not None:
            form.complete()
        forms[row.key] = form
    return forms


def _all_valid(forms: dict[str, RowForm]) -> bool:
    """Check every row, so that each wrong field is marked at once."""
    checked = [form.validate() for form in forms.values()]
    return all(checked)


def _copy(page: queries.Page, forms: dict[str, RowForm]) -> None:
    """[Samme svar som nr. …]: rows without an answer of their own take the one they name."""
    by_number = {row.contribution.number: forms[row.key] for row in page.rows if row.is_first}
    for form in forms.values():
        other = by_number.get(form.same_as.data) if form.same_as.data else None
        if other is not None and other is not form and not form.words.data:
            form.copy_from(other)


def _draft(row: queries.Row, form: RowForm) -> Draft:
    return form.draft(row.point if row.point is not None else row.contribution, row.answer)


def _seen(rows: Sequence[queries.Row], forms: dict[str, RowForm], conflict: Conflict) -> None:
    """The planner has now seen a colleague's versions: to save once more is a choice, and loses nothing."""
    for row in rows:
        for other in conflict.answers:
            if (row.point is not None and other.point_id == row.point.id) or (
                row.point is None and other.contribution_id == row.contribution.id
            ):
                forms[row.key].newer(other.version)


def _table(project: Project, page: queries.Page, forms: dict[str, RowForm], **also: object) -> str:
    return render_template(
        "desk/table.html",
        project=project,
        phase=_phase(project),
        page=page,
        forms=forms,
        to_approve=_to_approve(project, page),
        **{"theirs": {}, "also": [], **also},
    )


def _to_approve(project: Project, page: queries.Page) -> list[str]:
    """The answers of the page that wait for this leader, each with the version that is shown."""
    answers = {row.answer.id: row.answer for row in page.rows if row.answer is not None}
    waiting = [one for one in answers.values() if waits_for(current_actor(), project, one)]
    return [f"{answer.id}:{answer.version}" for answer in waiting]


def waits_for(actor: Actor, project: Project, answer: Answer | None) -> bool:
    """Whether an answer waits for this leader's approval, by the department's setting (RE-42)."""
    return (
        project.department.approval is ApprovalRule.ANSWER
        and answer is not None
        and answer.is_complete
        and answer.state is not AnswerState.APPROVED
        and policy.refusal(actor, Act.APPROVE_ANSWER, project, clock.arrival()) is None
    )


def _contribution(
    project: Project, number: int, forms: dict[str, RowForm] | None = None, also: list[str] | None = None
) -> str:
    found = queries.contribution_of(project, number)
    rows = queries.rows_of(found, queries.answers_of(project.id, [found.id]))
    before, after = queries.beside(project, number)
    return render_template(
        "desk/contribution.html",
        project=project,
        phase=_phase(project),
        contribution=found,
        as_shown=shown_words(found) if found.is_masked else found.words,
        rows=rows,
        forms=forms or _forms(queries.Page(rows, 1, 1, 1)),
        notes=queries.notes_of(found),
        history=log.entries_of(found, limit=100),
        before=before,
        after=after,
        also=also or [],
    )


def _questions(project: Project, wrong: tuple[int, QuestionForm] | None = None) -> str:
    found = queries.questions(project)
    forms = {
        question.number: QuestionForm(
            formdata=None, prefix=f"q{question.number}-", data={"words": kept.words if kept else "", "publish": True}
        )
        for question, kept, _promise in found
    }
    if wrong is not None:
        forms[wrong[0]] = wrong[1]
    return render_template("desk/questions.html", project=project, phase=_phase(project), questions=found, forms=forms)


def _keep_change(project: Project, change: object) -> ResponseReturnValue:
    form = ChangeForm(prefix=f"a{change.id}-" if change is not None else "")  # type: ignore[attr-defined]
    form.answers.choices = listed(queries.answer_choices(project))
    if not form.validate():
        return _changes(project, wrong=(change, form)), 422
    draft_change(
        current_actor(),
        project,
        change,  # type: ignore[arg-type]
        place=form.place.data or "",
        before=form.before.data or "",
        after=form.after.data or "",
        cause=form.cause.data,
        answer_ids=form.answers.data or [],
        now=clock.arrival(),
    )
    flash(_("Gemt."), "success")
    return redirect(url_for(".changes", slug=project.slug), 303)


def _changes(project: Project, wrong: tuple[object, ChangeForm] | None = None) -> str:
    from participation.answers.queries import changes_of

    choices = listed(queries.answer_choices(project))
    forms: dict[object, ChangeForm] = {}
    for change in [*changes_of(project.id), None]:
        form = ChangeForm(formdata=None, prefix=f"a{change.id}-" if change else "", obj=change)
        form.answers.choices = choices
        form.answers.data = [one.id for one in change.answers] if change else []
        forms[change] = form
    if wrong is not None:
        forms[wrong[0]] = wrong[1]
    return render_template("desk/changes.html", project=project, phase=_phase(project), forms=forms)


def _recuse_form(project: Project) -> RecuseForm:
    form = RecuseForm()
    actor = current_actor()
    others = [one for one in people.colleagues(project.department_id) if one.id != actor.person_id]
    form.substitute.choices = listed([(0, _("Det ved jeg ikke endnu")), *((one.id, one.name) for one in others)])
    return form


from participation.desk import blocks as _blocks  # noqa: E402, F401 - the doors to text blocks
from participation.desk import equal as _equal  # noqa: E402, F401 - the doors to equal treatment
from participation.desk import passages as _passages  # noqa: E402, F401 - the doors to the material by paragraphs
from participation.desk import room as _room  # noqa: E402, F401 - the doors of the reading room
from participation.desk import topics as _topics  # noqa: E402, F401 - the doors to the answers by topic
