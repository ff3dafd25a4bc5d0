"""The citizen's doors to a talk by appointment: take a time, its calendar file, and staying away (RP-15)."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.foundation import budgets, clock, letters
from participation.foundation.forms import csrf
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.portal import queries
from participation.portal.forms import BookForm
from participation.projects import talk
from participation.rules import policy
from participation.rules.acts import Act

blueprint = Blueprint("talks", __name__)

#: How many times may be booked from one address in an hour.
BOOKED = 10


@blueprint.get("/projekter/<slug>/tal-med-os")
@allows(Act.BOOK_TALK)
def book(slug: str) -> ResponseReturnValue:
    """The times that are free, and who comes."""
    found = _public(slug)
    policy.require(current_actor(), Act.BOOK_TALK, found, clock.now())
    return _page(found, _form(found, formdata=None))


@blueprint.post("/projekter/<slug>/tal-med-os")
@allows(Act.BOOK_TALK)
@csrf.exempt
def book_talk(slug: str) -> ResponseReturnValue:
    """Take a time."""
    found, now = _public(slug), clock.arrival()
    form = _form(found, formdata=request.form)
    if not form.validate():
        return _page(found, form), 422
    if not budgets.spend(f"book:{request.remote_addr}", BOOKED, clock.HOUR, now):
        form.slot.errors = [_("Der er taget mange tider herfra. Vent en time, eller ring til os.")]
        return _page(found, form), 429
    booking = talk.book_talk(
        current_actor(),
        form.slots[form.slot.data],
        name=form.name.data,
        phone=form.phone.data,
        email=form.email.data,
        companion=form.companion.data,
        about=form.about.data,
        language=str(get_locale() or "da"),
        now=now,
    )
    session["talk"] = booking.id
    return redirect(url_for(".talk_booked", slug=slug), 303)


@blueprint.get("/projekter/<slug>/tal-med-os/tak")
@allows(Act.READ_PROJECT)
def talk_booked(slug: str) -> ResponseReturnValue:
    """The time that was just taken, for whoever took it."""
    found = _public(slug)
    booking = talk.booking_of(session.get("talk"), found)
    if booking is None:
        return redirect(url_for(".book", slug=slug))
    return render_template(
        "portal/talk_booked.html", booking=booking, link=talk.link(booking), path=talk.path(booking), just=True
    )


@blueprint.get("/tid/<int:key>/<token>")
@allows(Act.READ_PUBLIC)
def talk_link(key: int, token: str) -> ResponseReturnValue:
    """The page behind the letter's link. Opening it changes nothing."""
    booking = _booked(key, token)
    return render_template(
        "portal/talk_booked.html", booking=booking, link=talk.link(booking), path=talk.path(booking), just=False
    )


@blueprint.get("/tid/<int:key>/<token>/aftale.ics")
@allows(Act.READ_PUBLIC)
def talk_file(key: int, token: str) -> ResponseReturnValue:
    """The time for one's own calendar."""
    slot = _booked(key, token).slot
    title, now = slot.project.title, clock.now()
    made = letters.appointment(f"talk_booking:{key}", title, slot.starts_at, slot.ends_at, slot.place, now)
    response = Response(made, mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename="aftale.ics")
    return response


@blueprint.post("/tid/<int:key>/<token>")
@allows(Act.LEAVE_TALK)
@csrf.exempt
def leave_talk(key: int, token: str) -> ResponseReturnValue:
    """Say that one does not come."""
    talk.leave_talk(current_actor(), _booked(key, token), now=clock.arrival())
    return redirect(url_for(".talk_link", key=key, token=token), 303)


def _form(found: Any, **given: Any) -> BookForm:
    slots = talk.free_slots(found, now=clock.arrival())
    return BookForm(slots=slots, purpose=f"book:{found.id}", **given)


def _page(found: Any, form: BookForm) -> str:
    return render_template("portal/book.html", project=found, form=form)


def _booked(key: int, token: str) -> Any:
    if (booking := talk.by_token(key, token)) is None:
        raise NotFound
    return booking


def _public(slug: str) -> Any:
    """A project that this reader may see; a draft is as good as not there."""
    found = queries.project(slug)
    if policy.refusal(current_actor(), Act.READ_PROJECT, found, clock.now()) is not None:
        raise NotFound
    return found
