"""The doors to who sent it: the owner of the e-mail by the receipt's link, who gets copies, the planner (T1, T3)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions import queries
from participation.contributions.copy_letters import by_token, stop_copies
from participation.contributions.desk_forms import EraseForm
from participation.contributions.dispute import confirm_email, dispute_contribution, verify_sender
from participation.contributions.erase import ask_erasure, erase_sender, refuse_erasure
from participation.contributions.handling_views import back, found, page
from participation.foundation import budgets, clock
from participation.foundation.forms import Wrong, csrf
from participation.foundation.permission import allows
from participation.people.actor import current_actor, held_now, hold, holding
from participation.rules import policy
from participation.rules.acts import Act

blueprint = Blueprint("sender", __name__)


@blueprint.get("/l/<token>/e-mail")
@allows(Act.READ_PUBLIC)
def vouch(token: str) -> ResponseReturnValue:
    """Is it your e-mail, and have you sent it? Nothing happens before a button is pressed."""
    try:
        contribution = _by_link(token)
    except NotFound:
        wrong = _("Linket virker ikke. Kopiér hele linket fra mailen, eller skriv koden, der står i den.")
        return render_template("contributions/find.html", typed="", wrong=wrong), 404
    return render_template("contributions/vouch.html", contribution=contribution, token=token)


@blueprint.post("/l/<token>/e-mail")
@allows(Act.CONFIRM_EMAIL)
@csrf.exempt
def confirm(token: str) -> ResponseReturnValue:
    """Yes, it is my e-mail."""
    contribution = _by_link(token)
    confirm_email(holding(contribution.id), contribution, now=clock.arrival())
    hold(contribution.id)
    flash(_("Tak. Din e-mail er bekræftet."), "success")
    return redirect(url_for("feedback.track"), 303)


@blueprint.post("/l/<token>/ikke-mig")
@allows(Act.DISPUTE_CONTRIBUTION)
@csrf.exempt
def dispute(token: str) -> ResponseReturnValue:
    """I have not sent this."""
    contribution = _by_link(token)
    dispute_contribution(holding(contribution.id), contribution, now=clock.arrival())
    return redirect(url_for(".vouch", token=token), 303)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/<int:number>/kontrolleret")
@allows(Act.VERIFY_SENDER)
def verify(slug: str, number: int) -> ResponseReturnValue:
    """The planner knows who it is."""
    _project, one = found(slug, number)
    verify_sender(current_actor(), one, now=clock.arrival())
    return back(slug, number, _("Det er skrevet ned, at du ved, hvem afsenderen er."))


@blueprint.post("/mit-svar/slet-navn")
@allows(Act.ASK_ERASURE)
def ask_to_be_erased() -> ResponseReturnValue:
    """Ask to have one's own name and address erased."""
    held = held_now()
    contribution = queries.own(held) if held is not None else None
    policy.require(current_actor(), Act.ASK_ERASURE, contribution, clock.arrival())
    assert contribution is not None
    ask_erasure(current_actor(), contribution, now=clock.arrival())
    flash(_("Tak. Vi svarer inden for en måned."), "success")
    return redirect(url_for("feedback.track"), 303)


@blueprint.post("/arbejde/projekter/<slug>/indbakke/<int:number>/slet-navn")
@allows(Act.ERASE_PERSON)
def answer_erasure(slug: str, number: int) -> ResponseReturnValue:
    """Erase the name and address as asked, or say why they must be kept."""
    project, one = found(slug, number)
    form = EraseForm(prefix="erase")
    if not form.validate_on_submit():
        return page(project, one, erase=form), 422
    if form.erase.data:
        erase_sender(current_actor(), one, now=clock.arrival())
        return back(slug, number, _("Navn og adresse er slettet."))
    try:
        refuse_erasure(current_actor(), one, form.words.data or "", now=clock.arrival())
    except Wrong as no:
        form.words.errors = [_(no.words)]
        return page(project, one, erase=form), 422
    return back(slug, number, _("Svaret er sendt."))


@blueprint.get("/kopi/<int:reader_id>/<token>")
@allows(Act.READ_PUBLIC)
def copies(reader_id: int, token: str) -> ResponseReturnValue:
    """The page behind the link of a copy: say no to more. Opening it changes nothing."""
    return render_template("contributions/copies.html", reader=_reader(reader_id, token), token=token)


@blueprint.post("/kopi/<int:reader_id>/<token>")
@allows(Act.STOP_COPIES)
@csrf.exempt
def no_copies(reader_id: int, token: str) -> ResponseReturnValue:
    """Get no more copies."""
    stop_copies(current_actor(), _reader(reader_id, token), now=clock.arrival())
    return redirect(url_for(".copies", reader_id=reader_id, token=token), 303)


def _reader(reader_id: int, token: str) -> Any:
    if (found := by_token(reader_id, token)) is None:
        raise NotFound
    return found


def _by_link(token: str) -> Any:
    fine = budgets.spend(f"link:{request.remote_addr}", 60, clock.HOUR, clock.now())
    contribution = queries.by_token(token) if fine else None
    if contribution is None:
        raise NotFound
    return contribution
