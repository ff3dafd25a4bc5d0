"""The doors to who sent it: the owner of the e-mail by the receipt's link, and the planner (T1, T3)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions import queries
from participation.contributions.dispute import confirm_email, dispute_contribution, verify_sender
from participation.contributions.handling_views import back, found
from participation.foundation import budgets, clock
from participation.foundation.forms import csrf
from participation.foundation.permission import allows
from participation.people.actor import current_actor, hold, holding
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


def _by_link(token: str) -> Any:
    fine = budgets.spend(f"link:{request.remote_addr}", 60, clock.HOUR, clock.now())
    contribution = queries.by_token(token) if fine else None
    if contribution is None:
        raise NotFound
    return contribution
