"""The doors of a citizen's own page: a link instead of a password, what is theirs, the way out (GDPR 15, 17, 20)."""

import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions.save_draft import link as draft_link
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.foundation.shared_screen import is_shared_screen
from participation.people import account as accounts
from participation.people.account import current_account
from participation.people.actor import current_actor, hold
from participation.people.model import Account
from participation.portal import my_page
from participation.portal.forms import LinkForm
from participation.projects.follow import stop_follow
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.plain import LANGUAGES

blueprint = Blueprint("mine", __name__, url_prefix="/min-side")


@blueprint.get("")
@allows(Act.READ_ACCOUNT)
def page() -> ResponseReturnValue:
    """What is mine; or the form for the link, for whoever is not known here."""
    now = clock.now()
    account = None if is_shared_screen() else current_account(now)
    if account is None:
        return render_template("portal/my_sign_in.html", form=LinkForm())
    policy.require(current_actor(), Act.READ_ACCOUNT, account, now)
    mine = my_page.mine(account, now=now)
    return render_template(
        "portal/my_page.html",
        account=account,
        mine=mine,
        phases={one.id: my_page.standing(one, now) for one in mine.contributions},
        draft_link=draft_link,
    )


@blueprint.post("/link")
@allows(Act.ASK_SIGN_IN_LINK)
def send_link() -> ResponseReturnValue:
    """Send the link; the answer is the same for every address."""
    form = LinkForm()
    if is_shared_screen():
        return redirect(url_for(".page"), 303)
    if not form.validate_on_submit():
        return render_template("portal/my_sign_in.html", form=form), 422
    accounts.ask_link(
        current_actor(),
        form.email.data,
        language=str(get_locale() or "da"),
        address=request.remote_addr or "",
        now=clock.arrival(),
    )
    return redirect(url_for(".link_sent"), 303)


@blueprint.get("/link")
@allows(Act.READ_PUBLIC)
def link_sent() -> ResponseReturnValue:
    """Says to look for the letter."""
    return render_template("portal/my_link_sent.html")


@blueprint.get("/ind/<token>")
@allows(Act.ENTER_ACCOUNT)
def door(token: str) -> ResponseReturnValue:
    """The page behind the letter's link. Opening it changes nothing: mail programs look at links too."""
    if is_shared_screen():
        return redirect(url_for(".page"))
    accounts.waiting_link(token, clock.now())
    return render_template("portal/my_door.html", token=token)


@blueprint.post("/ind/<token>")
@allows(Act.ENTER_ACCOUNT)
def enter(token: str) -> ResponseReturnValue:
    """Open one's own page."""
    if is_shared_screen():
        return redirect(url_for(".page"), 303)
    now = clock.arrival()
    account = accounts.enter_account(current_actor(), token, now=now)
    accounts.begin_session(account, now=now)
    session["language"] = account.language
    return redirect(url_for(".page"), 303)


@blueprint.post("/svar/<int:key>")
@allows(Act.READ_ACCOUNT)
def open_own(key: int) -> ResponseReturnValue:
    """Go to the page of one of my own contributions."""
    found = my_page.own_contribution(_account(), key)
    if found is None:
        raise NotFound
    hold(found.id)
    return redirect(url_for("feedback.track"), 303)


@blueprint.post("/foelger/<int:key>/stop")
@allows(Act.EDIT_ACCOUNT)
def stop(key: int) -> ResponseReturnValue:
    """Follow a case no longer."""
    found = my_page.own_follow(_account(), key)
    if found is None:
        raise NotFound
    stop_follow(current_actor(), found, now=clock.arrival())
    flash(_("Vi skriver ikke mere til dig om den sag."), "success")
    return redirect(url_for(".page"), 303)


@blueprint.post("/sprog")
@allows(Act.EDIT_ACCOUNT)
def choose_language() -> ResponseReturnValue:
    """In which language the pages are shown and letters written."""
    language = request.form.get("sprog", "")
    account = _account()
    if language in LANGUAGES:
        accounts.choose_language(current_actor(), account, language, now=clock.arrival())
        my_page.write_in(account, language)
        session["language"] = language
    return redirect(url_for(".page"), 303)


@blueprint.get("/data.json")
@allows(Act.READ_ACCOUNT)
def data() -> ResponseReturnValue:
    """All that is mine, for another program."""
    words = json.dumps(_exported(), ensure_ascii=False, indent=2)
    return _file(words, "application/json", "mine-data.json")


@blueprint.get("/data.txt")
@allows(Act.READ_ACCOUNT)
def readable() -> ResponseReturnValue:
    """The same, to be read by a person."""
    return _file("\n".join(_lines(_exported())) + "\n", "text/plain", "mine-data.txt")


@blueprint.post("/log-ud")
@allows(Act.LEAVE_ACCOUNT)
def leave() -> ResponseReturnValue:
    """Close my page on this device."""
    accounts.leave_account(current_actor(), _account(), now=clock.arrival())
    session.clear()
    return redirect("/", 303)


@blueprint.post("/slet")
@allows(Act.DELETE_ACCOUNT)
def delete() -> ResponseReturnValue:
    """Delete my page."""
    accounts.delete_account(current_actor(), _account(), now=clock.arrival())
    session.clear()
    flash(_("Min side er slettet. Det, du har sendt til en sag, hører til sagen og bliver der."), "success")
    return redirect("/", 303)


def _account() -> Account:
    """The account of this session.

    Raises:
        NotFound: nobody is signed in here; so nobody learns what there is.
    """
    account = None if is_shared_screen() else current_account(clock.now())
    if account is None:
        raise NotFound
    return account


def _exported() -> dict[str, Any]:
    account, now = _account(), clock.now()
    policy.require(current_actor(), Act.READ_ACCOUNT, account, now)
    return my_page.exported(account, now=now)


def _file(words: str, kind: str, name: str) -> Response:
    response = Response(words, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _lines(told: Any, depth: int = 0) -> list[str]:
    """Plain data as lines that a person can read; what lies within stands further in."""
    lead, pairs = "  " * depth, told.items() if isinstance(told, dict) else enumerate(told, start=1)
    lines: list[str] = []
    for name, value in pairs:
        if isinstance(value, dict | list):
            lines += [f"{lead}{name}:", *_lines(value, depth + 1)]
        else:
            lines += [f"{lead}{name}: {'' if value is None else value}"]
    return lines
