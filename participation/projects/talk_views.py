"""The planner's doors to talks by appointment: offer times, see who comes, cancel, and say how it went (RP-15)."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.exceptions import NotFound
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from participation.foundation import clock
from participation.foundation.db import get_or_404
from participation.foundation.forms import StaffForm, choices, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects import queries, talk
from participation.projects.model import TalkBooking, TalkSlot
from participation.projects.views import blueprint
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.kinds import TalkWay
from participation.rules.phases import Phase, phase


class OfferForm(StaffForm):
    """Times of one day, one after the other."""

    day = DateField(_l("Dag"), [InputRequired(_l("Skriv dagen som en dato."))])
    begins = TimeField(_l("Fra kl."), [InputRequired(_l("Skriv, hvornår den første tid begynder."))])
    ends = TimeField(_l("Til kl."), [InputRequired(_l("Skriv, hvornår den sidste tid slutter."))])
    minutes = IntegerField(
        _l("Minutter til hver"), [NumberRange(5, 240, _l("Skriv et tal fra 5 til 240."))], default=20
    )
    way = SelectField(_l("Hvordan"), coerce=TalkWay, default=TalkWay.PHONE)
    place = StringField(
        _l("Sted eller link"),
        [Length(max=300), plain],
        filters=[stripped],
        description=_l("Adressen eller linket til videomødet. Ved telefon må det stå tomt."),
    )

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.way.choices = choices(TalkWay)
        self.times: list[tuple[datetime, datetime]] = []

    def validate_place(self, field: StringField) -> None:
        """Where one meets, unless it is by phone."""
        if self.way.data in (TalkWay.PLACE, TalkWay.VIDEO) and not field.data:
            raise ValidationError(_("Skriv stedet eller linket, så borgeren kan finde dig."))

    def validate_ends(self, field: TimeField) -> None:
        """At least one time, and not too many."""
        if not (self.day.data and self.begins.data and field.data and self.minutes.data):
            return
        try:
            starts, ends = (dates.local_moment(self.day.data, at) for at in (self.begins.data, field.data))
        except dates.NoSuchTime as error:
            raise ValidationError(str(error)) from error
        each = timedelta(minutes=max(5, self.minutes.data))
        self.times = [(starts + each * at, starts + each * (at + 1)) for at in range(int((ends - starts) / each))]
        if not self.times:
            raise ValidationError(_("Der er ikke plads til en tid. Ret klokkeslættet eller antallet af minutter."))
        if len(self.times) > talk.MOST:
            raise ValidationError(_("Det er mange tider på én gang. Tag højst %(most)s.", most=talk.MOST))
        if self.times[-1][0] <= clock.arrival():
            raise ValidationError(_("De tider er gået. Vælg en dag, der kommer."))


class CancelTalkForm(StaffForm):
    """Why a time is cancelled; whoever booked it reads it."""

    words = TextAreaField(
        _l("Hvorfor?"),
        [InputRequired(_l("Skriv hvorfor. Den, der har tiden, får det at vide.")), Length(max=1000), plain],
        filters=[stripped],
    )


@blueprint.route("/<slug>/samtaler", methods=["GET", "POST"])
@allows(Act.OFFER_TALKS)
def talks(slug: str) -> ResponseReturnValue:
    """Offer times, and see who has taken them."""
    found, form = _case(slug), OfferForm()
    if form.validate_on_submit():
        new = talk.offer_talks(current_actor(), found, form.times, form.way.data, form.place.data, now=clock.arrival())
        flash(ngettext("%(num)s ny tid kan tages nu.", "%(num)s nye tider kan tages nu.", new), "success")
        return redirect(url_for(".talks", slug=slug), 303)
    now = clock.arrival()
    page = render_template(
        "projects/talks.html",
        project=found,
        phase=phase(found.round, now) if found.round else Phase.DRAFT,
        form=form,
        slots=[one for one in talk.slots_of(found, now=now) if one.cancelled_at is None],
        to_ring=talk.to_ring(found),
        now=now,
    )
    return page, 422 if form.errors else 200


@blueprint.route("/<slug>/samtaler/<int:key>/aflys", methods=["GET", "POST"])
@allows(Act.CANCEL_TALK)
def cancel_talk(slug: str, key: int) -> ResponseReturnValue:
    """Take a time back, with a reason."""
    found, slot, form = _case(slug), get_or_404(TalkSlot, key), CancelTalkForm()
    if slot.project_id != found.id or slot.cancelled_at is not None:
        raise NotFound
    if form.validate_on_submit():
        to_ring = talk.cancel_talk(current_actor(), slot, form.words.data, now=clock.arrival())
        flash(_("Tiden er aflyst."), "success")
        if to_ring is not None:
            flash(_("Ring selv: vedkommende gav ingen mailadresse. Nummeret står her på siden."), "warn")
        return redirect(url_for(".talks", slug=slug), 303)
    now = clock.arrival()
    page = render_template(
        "projects/talk_cancel.html",
        project=found,
        phase=phase(found.round, now) if found.round else Phase.DRAFT,
        form=form,
        slot=slot,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/<slug>/samtaler/<int:key>/<any(holdt,udeblevet,ringet):how>")
@allows(Act.SETTLE_TALK)
def settle_talk(slug: str, key: int, how: str) -> ResponseReturnValue:
    """Say how a talk went."""
    found, booking = _case(slug), get_or_404(TalkBooking, key)
    if booking.slot.project_id != found.id or not booking.name:
        raise NotFound
    talk.settle_talk(current_actor(), booking, held=how == "holdt", now=clock.arrival())
    flash(_("Godt. Navn og nummer er slettet."), "success")
    return redirect(url_for(".talks", slug=slug), 303)


def _case(slug: str) -> Any:
    found = queries.whole(slug)
    policy.require(current_actor(), Act.OFFER_TALKS, found, clock.arrival())
    policy.require(current_actor(), Act.READ_CONTACT, found, clock.arrival())
    return found
