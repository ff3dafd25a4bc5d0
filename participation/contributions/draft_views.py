"""The doors to what somebody has begun to write: keep it, its link, the way back, and throwing it away."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from participation.contributions.forms import DraftLinkForm, WriteForm
from participation.contributions.model import SavedDraft
from participation.contributions.save_draft import DAYS, delete_draft, draft_by_token, draft_with, link, mail_draft
from participation.foundation import budgets, clock, markup
from participation.foundation.db import once
from participation.foundation.forms import OLD_KEY, SENT_FROM_ELSEWHERE, fresh_key, read_key, same_origin
from participation.foundation.permission import allows
from participation.foundation.shared_screen import is_shared_screen
from participation.people.actor import current_actor
from participation.rules.acts import Act

blueprint = Blueprint("drafts", __name__)

#: How many drafts a browser goes on with at the same time.
MOST = 5
#: How many drafts may come from one address in an hour, and how many letters with a link.
SAVED, MAILED = 120, 10
_NOT_KEPT = frozenset({"key", "website", "files", "authority_file", "tell_first"})


@blueprint.get("/kladde")
@allows(Act.READ_PUBLIC)
def saved() -> ResponseReturnValue:
    """The draft is kept: its link, until when, and the way on."""
    draft = _latest()
    return (
        _page(draft, DraftLinkForm(email="".join(draft.fields.get("email", [])[:1]))) if draft is not None else _gone()
    )


@blueprint.get("/kladde/<token>")
@allows(Act.READ_PUBLIC)
def resume(token: str) -> ResponseReturnValue:
    """The link of a draft: keeps it in the session, and leaves the token out of the next address."""
    within = budgets.spend(f"draft:{request.remote_addr}", 60, clock.HOUR, clock.now())
    draft = draft_by_token(token, now=clock.now()) if within else None
    if draft is None:
        return _gone()
    remember(draft)
    return redirect(draft.address, 303)


@blueprint.post("/kladde/link")
@allows(Act.SAVE_DRAFT)
def send_link() -> ResponseReturnValue:
    """Send the link to its writer."""
    draft, form, now = _latest(), DraftLinkForm(), clock.arrival()
    if draft is None:
        return _gone()
    if not form.validate_on_submit():
        return _page(draft, form), 422
    if not budgets.spend(f"draft-link:{request.remote_addr}", MAILED, clock.HOUR, now):
        form.email.errors = [_("Der er sendt mange links herfra. Skriv linket ned, eller prøv igen om en time.")]
        return _page(draft, form), 429
    mail_draft(current_actor(), draft, form.email.data, str(get_locale() or "da"), now=now)
    flash(_("Vi har sendt linket. Se i din indbakke om lidt."), "success")
    return redirect(url_for(".saved"), 303)


@blueprint.post("/kladde/slet")
@allows(Act.DELETE_DRAFT)
def throw_away() -> ResponseReturnValue:
    """Delete the draft that this session looks at."""
    draft = _latest(request.form.get("purpose"))
    if draft is None:
        return _gone()
    purpose, address, title = draft.purpose, draft.address, draft.round.project.title
    delete_draft(current_actor(), draft, now=clock.arrival())
    session["drafts"] = {key: seed for key, seed in session.get("drafts", {}).items() if key != purpose}
    return render_template("contributions/draft_deleted.html", purpose=purpose, address=address, title=title)


def begun(purpose: str) -> MultiDict[str, str] | None:
    """What this session has typed into a form before, to fill it with; nothing where it has kept no draft."""
    draft = held_draft(purpose)
    return MultiDict(draft.fields) if draft is not None else None


def held_draft(purpose: str) -> SavedDraft | None:
    """The draft of a form that this session goes on with; no question to the database where it has none."""
    seed = session.get("drafts", {}).get(purpose)
    if seed is None:
        return None
    return once(f"draft:{purpose}", lambda: draft_with(seed, purpose, now=clock.now()))


def remember(draft: SavedDraft) -> None:
    """Go on with this draft in this session; the latest stands last."""
    others = {key: seed for key, seed in session.get("drafts", {}).items() if key != draft.purpose}
    session["drafts"] = dict([*others.items()][1 - MOST :]) | {draft.purpose: draft.seed}


def what_to_keep(form: WriteForm) -> dict[str, list[str]]:
    """The fields as they were typed; what stands in the way is said in the form's errors."""
    typed = {field.name: request.form.getlist(field.name) for field in form if field.name not in _NOT_KEPT}
    typed = {name: values for name, values in typed.items() if any(value.strip() for value in values)}
    for field in form:
        if no := next(filter(None, map(markup.refuse, typed.get(field.name, []))), None):
            field.errors = [no]
    if not markup.visible(form.words.data or "").strip() and not form.apart:
        form.words.errors = [_("Skriv noget først. Så gemmer vi det.")]
    if is_shared_screen():
        form.key.errors = [_("Denne skærm er fælles. Derfor gemmer vi ingen kladde her. Dine ord står her endnu.")]
    elif read_key(form.key.data or "", form.purpose) is None:
        form.key.data, form.key.errors = fresh_key(form.purpose), [str(OLD_KEY)]
    elif not same_origin():
        form.key.errors = [str(SENT_FROM_ELSEWHERE)]
    elif not form.errors and not budgets.spend(f"save:{request.remote_addr}", SAVED, clock.HOUR, clock.arrival()):
        form.key.errors = [_("Der er gemt mange kladder herfra. Dine ord står her. Send dem nu, eller vent en time.")]
    return typed


def _latest(purpose: str | None = None) -> SavedDraft | None:
    """The draft that this session has kept or opened last, or the one of a form."""
    purposes = [key for key in session.get("drafts", {}) if purpose in (None, key)]
    return held_draft(purposes[-1]) if purposes else None


def _page(draft: SavedDraft, form: DraftLinkForm) -> str:
    return render_template("contributions/draft.html", draft=draft, link=link(draft), form=form)


def _gone() -> ResponseReturnValue:
    return render_template("contributions/draft_gone.html", days=DAYS), 404
