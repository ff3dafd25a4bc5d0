"""The citizens' doors: write, ask, comment, support, the receipt, and one's own page."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, refresh
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict

from participation.contributions import (
    away_views,
    draft_views,
    export_views,
    handling_views,
    import_views,
    intake_views,
    ladder_views,
    offer_views,
    private_views,
    queries,
    sender_views,
    split_views,
    sweep_views,
)
from participation.contributions.after import after_deadline
from participation.contributions.ask import ask_question
from participation.contributions.comment import comment_contribution
from participation.contributions.correct import correct_contribution
from participation.contributions.forms import LABELS, OwnForm, WriteForm
from participation.contributions.room_for_files import room_for_files, takes_files
from participation.contributions.save_draft import save_draft
from participation.contributions.shown import shown_words
from participation.contributions.submit import kind_sent_in, submit_contribution
from participation.contributions.support import support_contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import budgets, clock, codes
from participation.foundation.forms import csrf
from participation.foundation.permission import allows
from participation.foundation.personal import cpr_numbers
from participation.people.actor import current_actor, held_now, hold
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.levels import Level
from participation.rules.plain import LANGUAGES

blueprint = Blueprint("contributions", __name__)
blueprint.url_value_preprocessor(room_for_files)
for doors in (
    away_views,
    draft_views,
    intake_views,
    import_views,
    export_views,
    handling_views,
    ladder_views,
    offer_views,
    private_views,
    sender_views,
    split_views,
    sweep_views,
):
    blueprint.register_blueprint(doors.blueprint)


@blueprint.get("/projekter/<slug>/svar")
@allows(Act.SUBMIT_CONTRIBUTION)
def write(slug: str) -> ResponseReturnValue:
    """The form of a citizen."""
    round_ = queries.round_of(slug)
    if round_.level is Level.ORIENTATION:
        return redirect(url_for(".ask", slug=slug, afsnit=request.args.getlist("afsnit")))
    now = clock.arrival()
    if (no := policy.refusal(current_actor(), Act.SUBMIT_CONTRIBUTION, round_, now)) is not None:
        return _closed(round_, no)
    return _form(round_, _opened(round_, f"write:{round_.id}", kind_sent_in(round_)))


@blueprint.post("/projekter/<slug>/svar")
@allows(Act.SUBMIT_CONTRIBUTION)
@csrf.exempt
@takes_files
def submit(slug: str) -> ResponseReturnValue:
    """Take in what the citizen wrote, then show the receipt."""
    round_ = queries.round_to_send_in(slug)
    form = WriteForm(_came_in(), purpose=f"write:{round_.id}", kind=kind_sent_in(round_), project_id=round_.project_id)
    if "gem" in request.form:
        return _save(round_, form)
    if status := _stays(form, round_):
        return _form(round_, form), status
    contribution = submit_contribution(current_actor(), round_, form.sent(clock.arrival()), now=clock.arrival())
    hold(contribution.id)
    return redirect(url_for(".receipt"), 303)


@blueprint.get("/projekter/<slug>/spoerg")
@allows(Act.ASK_QUESTION)
def ask(slug: str) -> ResponseReturnValue:
    """The form for a question."""
    round_ = queries.round_of(slug)
    if (no := policy.refusal(current_actor(), Act.ASK_QUESTION, round_, clock.arrival())) is not None:
        return _closed(round_, no)
    return _form(round_, _opened(round_, f"ask:{round_.id}", Kind.QUESTION))


@blueprint.post("/projekter/<slug>/spoerg")
@allows(Act.ASK_QUESTION)
@csrf.exempt
@takes_files
def send_question(slug: str) -> ResponseReturnValue:
    """Take in a question, then show the receipt."""
    round_ = queries.round_to_send_in(slug)
    form = WriteForm(_came_in(), purpose=f"ask:{round_.id}", kind=Kind.QUESTION, project_id=round_.project_id)
    if "gem" in request.form:
        return _save(round_, form)
    if status := _stays(form, round_):
        return _form(round_, form), status
    contribution = ask_question(current_actor(), round_, form.sent(clock.arrival()), now=clock.arrival())
    hold(contribution.id)
    return redirect(url_for(".receipt"), 303)


@blueprint.get("/projekter/<slug>/forslag/<int:number>/kommentar")
@allows(Act.COMMENT_CONTRIBUTION)
def write_comment(slug: str, number: int) -> ResponseReturnValue:
    """The form for a comment on a proposal."""
    proposal = queries.proposal(slug, number)
    policy.require(current_actor(), Act.COMMENT_CONTRIBUTION, proposal, clock.arrival())
    purpose = f"comment:{proposal.id}"
    form = WriteForm(draft_views.begun(purpose), purpose=purpose, kind=Kind.COMMENT)
    return _form(queries.round_of(slug), form, proposal=proposal)


@blueprint.post("/projekter/<slug>/forslag/<int:number>/kommentar")
@allows(Act.COMMENT_CONTRIBUTION)
@csrf.exempt
@takes_files
def comment(slug: str, number: int) -> ResponseReturnValue:
    """Take in a comment on a proposal, then show the receipt."""
    proposal = queries.proposal(slug, number)
    form = WriteForm(_came_in(), purpose=f"comment:{proposal.id}", kind=Kind.COMMENT)
    if "gem" in request.form:
        return _save(queries.round_of(slug), form, proposal)
    if status := _stays(form, queries.round_of(slug)):
        return _form(queries.round_of(slug), form, proposal=proposal), status
    sent = form.sent(clock.arrival())
    contribution = comment_contribution(current_actor(), proposal, sent, now=clock.arrival())
    hold(contribution.id)
    return redirect(url_for(".receipt"), 303)


@blueprint.post("/projekter/<slug>/forslag/<int:number>/stoet")
@allows(Act.SUPPORT_CONTRIBUTION)
def support(slug: str, number: int) -> ResponseReturnValue:
    """Support a proposal once."""
    session.setdefault("visitor", secrets.token_hex(16))
    new = support_contribution(current_actor(), queries.proposal(slug, number), session["visitor"], now=clock.arrival())
    flash(_("Tak. Du støtter nu forslaget.") if new else _("Du støtter allerede forslaget."), "success")
    return redirect(f"/projekter/{slug}/hoeringssvar/{number}", 303)


@blueprint.get("/kvittering")
@allows(Act.TRACK_CONTRIBUTION)
def receipt() -> ResponseReturnValue:
    """The receipt: number, arrival to the second, code, and what happens next."""
    if (held := held_now()) is None:
        return redirect(url_for(".find"))
    contribution = queries.for_receipt(held)
    policy.require(current_actor(), Act.TRACK_CONTRIBUTION, contribution, clock.arrival())
    return render_template(
        "contributions/receipt.html",
        contribution=contribution,
        promises=queries.promises_of(contribution),
        code=codes.show_code(codes.tracking_code(contribution.id, contribution.code_version)),
        phase=contribution.phase(clock.arrival()),
        number_found=any(cpr_numbers(text.words) for text in contribution.standing),
        may_correct=policy.refusal(current_actor(), Act.CORRECT_CONTRIBUTION, contribution, clock.arrival()) is None,
    )


@blueprint.get("/mit-svar")
@allows(Act.READ_PUBLIC)
def find() -> ResponseReturnValue:
    """Where a code is entered."""
    return render_template("contributions/find.html", typed="", wrong="")


@blueprint.post("/mit-svar")
@allows(Act.READ_PUBLIC)
def show() -> ResponseReturnValue:
    """Look a code up; the answer to an unknown one is always the same, and guessing has a budget per address."""
    typed = request.form.get("code", "")[:200]
    if not budgets.spend(f"code:{request.remote_addr}", 30, clock.HOUR, clock.now()):
        wrong = _("Du har prøvet mange koder. Vent en time, eller ring til os, så hjælper vi.")
        return render_template("contributions/find.html", typed=typed, wrong=wrong), 429
    contribution = queries.by_code(typed)
    if contribution is None:
        wrong = _("Vi kender ikke den kode. Se efter på din kvittering. Den har 16 bogstaver og tal.")
        return render_template("contributions/find.html", typed=typed, wrong=wrong), 422
    hold(contribution.id)
    return redirect(url_for("feedback.track"), 303)


@blueprint.get("/l/<token>")
@allows(Act.READ_PUBLIC)
def follow_link(token: str) -> ResponseReturnValue:
    """The link in a letter: keeps the contribution in the session and leaves the token out of the next address."""
    contribution = (
        queries.by_token(token) if budgets.spend(f"link:{request.remote_addr}", 60, clock.HOUR, clock.now()) else None
    )
    if contribution is None:
        wrong = _("Linket virker ikke. Skriv koden fra din kvittering i stedet.")
        return render_template("contributions/find.html", typed="", wrong=wrong), 404
    hold(contribution.id)
    return redirect(url_for("feedback.track"), 303)


@blueprint.get("/mit-svar/ret")
@allows(Act.CORRECT_CONTRIBUTION)
def edit() -> ResponseReturnValue:
    """The form to correct one's own words before the deadline."""
    contribution = _own()
    policy.require(current_actor(), Act.CORRECT_CONTRIBUTION, contribution, clock.arrival())
    return _own_form(contribution, OwnForm(own=contribution))


@blueprint.post("/mit-svar/ret")
@allows(Act.CORRECT_CONTRIBUTION)
def correct() -> ResponseReturnValue:
    """Keep the corrected words as a new version."""
    contribution = _own()
    form = OwnForm(request.form, own=contribution)
    if form.works_on_map(contribution.project, request.form):
        return _own_form(contribution, form)
    if not form.validate():
        return _own_form(contribution, form), 422
    if form.tell_first.data and (found := form.numbers_found()) and not _is_hurried(contribution.round):
        return _own_form(contribution, form, found), 422
    apart = None if form.is_question else form.apart
    changed = correct_contribution(
        current_actor(), contribution, form.words.data, apart=apart, where=form.where, now=clock.arrival()
    )
    if changed:
        flash(_("Tak. Vi har gemt din rettelse. Det første, du skrev, er også gemt."), "success")
    else:
        flash(_("Du har ikke ændret noget. Alt står, som det var."), "info")
    return redirect(url_for("feedback.track"), 303)


@blueprint.post("/mit-svar/traek-tilbage")
@allows(Act.WITHDRAW_CONTRIBUTION)
def withdraw() -> ResponseReturnValue:
    """Take one's own contribution back."""
    withdraw_contribution(current_actor(), _own(), now=clock.arrival())
    flash(_("Du har trukket det tilbage. Vi viser det ikke mere."), "success")
    return redirect(url_for("feedback.track"), 303)


def _own() -> Any:
    held = held_now()
    contribution = queries.own(held) if held is not None else None
    policy.require(current_actor(), Act.TRACK_CONTRIBUTION, contribution, clock.arrival())
    return contribution


_MORE = (
    "name",
    "show_name",
    "organisation",
    "cvr",
)


def _came_in() -> CombinedMultiDict:
    """The fields and the files."""
    return CombinedMultiDict((request.form, request.files))


def _opened(round_: Any, purpose: str, kind: Kind) -> WriteForm:
    """A form with the paragraphs that were chosen in the material, and what was kept of it before (RP-13)."""
    chosen = request.args.getlist("afsnit")
    if (kept := draft_views.begun(purpose)) is not None:
        kept.setlist("afsnit", list(dict.fromkeys([*kept.getlist("afsnit"), *chosen])))
    return WriteForm(kept, purpose=purpose, kind=kind, project_id=round_.project_id, data={"about": chosen})


def _save(round_: Any, form: WriteForm, proposal: Any = None) -> ResponseReturnValue:
    """Keep what was typed for later, without sending it (RP-13)."""
    typed = draft_views.what_to_keep(form)
    if form.errors:
        return _form(round_, form, proposal), 422
    draft = save_draft(
        current_actor(),
        round_,
        form.kind,
        typed,
        purpose=form.purpose,
        address=request.path,
        seed=session.get("drafts", {}).get(form.purpose),
        language=str(get_locale() or "da"),
        now=clock.arrival(),
    )
    draft_views.remember(draft)
    return redirect(url_for(".drafts.saved"), 303)


def _stays(form: WriteForm, round_: Any) -> int:
    """The status with which the form is shown again, or 0 when it is sent.

    Whoever is about to send what looks like a CPR number is told once, and may mend it (RE-26). Never in the last hour:
    one page more must not cost anybody the deadline. Another language is chosen on the form, so that no word is lost.
    """
    if (language := request.form.get("sprog")) in LANGUAGES:
        session["language"] = language
        refresh()
        return 200
    if form.works_on_map(round_.project, request.form):
        return 200
    if not form.validate():
        return 422
    if "preview" in request.form:
        return 200
    return 422 if form.tell_first.data and form.numbers_found() and not _is_hurried(round_) else 0


def _is_hurried(round_: Any) -> bool:
    """Whether it closes within the hour."""
    closes_at = round_.closes_at
    return closes_at is not None and clock.arrival() < closes_at <= clock.arrival() + clock.HOUR


def _own_form(contribution: Any, form: OwnForm, found: Sequence[tuple[Any, int]] = ()) -> str:
    """The page to correct one's own words, with what looks like a CPR number pointed out."""
    return render_template("contributions/edit.html", contribution=contribution, form=form, found=found)


def _closed(round_: Any, no: policy.Refusal) -> ResponseReturnValue:
    """Nothing is taken in any more: what came of it and whom to ask, where there is something to tell.

    Raises:
        NotAllowed: it has not begun, or the matter is another than time.
    """
    over = after_deadline(round_, clock.arrival()) if no.door is policy.Door.PHASE else None
    if over is None:
        raise policy.NotAllowed(no)
    return render_template("contributions/closed.html", project=round_.project, round=round_, over=over), 409


def _form(round_: Any, form: WriteForm, proposal: Any = None) -> str:
    """The form's page: the influence frame in two lines above it, and what looks like a CPR number pointed out."""
    again = any(form.files.data or ()) or bool(form.authority_file.data)
    form.lay(round_.project.map if form.kind is not Kind.QUESTION else None)
    return render_template(
        "contributions/write.html",
        round=round_,
        project=round_.project,
        form=form,
        label=LABELS[form.kind],
        proposal=proposal,
        proposed=shown_words(proposal) if proposal is not None else "",
        phase=phases.phase(round_, clock.arrival()),
        over=after_deadline(round_, clock.arrival()) if form.kind is not Kind.QUESTION else None,
        arrival=phases.arrival(round_, clock.arrival()),
        found=form.numbers_found(),
        told=form.details_found(),
        preview="preview" in request.form and not form.errors,
        open_more=again
        or form.takes_side
        or form.says_more
        or form.has_company
        or any(form[name].errors or form[name].data for name in _MORE),
        again=again,
        kept=draft_views.held_draft(form.purpose),
    )
