"""The doors to the register of breakdowns."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField, TimeField, ValidationError, validators
from wtforms.widgets import CheckboxInput, ListWidget

from participation.foundation import clock
from participation.foundation.db import get_or_404
from participation.foundation.forms import DayField, StaffForm, Wrong, stripped
from participation.foundation.forms import no_odd_characters as plain
from participation.foundation.model import Outage
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects import outage as register
from participation.projects.views import blueprint
from participation.rules import dates, policy
from participation.rules.acts import Act

_needed = validators.InputRequired(_l("Udfyld feltet."))


class OutageForm(StaffForm):
    """A breakdown: from, to, what, and which rounds."""

    from_day = DayField(_l("Fra dag"), [_needed])
    from_time = TimeField(_l("Fra kl."), [_needed])
    to_day = DayField(
        _l("Til dag"), [validators.Optional()], description=_l("Lad feltet stå tomt, hvis det varer ved.")
    )
    to_time = TimeField(_l("Til kl."), [validators.Optional()])
    words = TextAreaField(
        _l("Hvad skete der?"),
        [_needed, validators.Length(max=1000), plain],
        filters=[stripped],
        description=_l("Alle kan læse det på de sider, det gælder."),
    )
    rounds = SelectMultipleField(
        _l("Hvilke høringer?"),
        coerce=int,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        description=_l("Vælger du ingen, gælder det alle, der var åbne."),
    )

    def validate_from_time(self, field: TimeField) -> None:
        """A time that the clock really shows that day."""
        _moment(self.from_day.data, field.data)

    def validate_to_time(self, field: TimeField) -> None:
        """A time that the clock really shows that day."""
        _moment(self.to_day.data, field.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Of the end both the day and the time, or neither; an empty field is not asked by itself."""
        fine = super().validate(extra_validators)
        if fine and bool(self.to_day.data) != (self.to_time.data is not None):
            self.to_time.errors = [_("Skriv både dag og klokkeslæt, eller lad begge stå tomme.")]
            return False
        return fine

    @property
    def begins_at(self) -> datetime:
        """When it began, in UTC."""
        return dates.local_moment(self.from_day.data, self.from_time.data)

    @property
    def ends_at(self) -> datetime | None:
        """When it ended, in UTC."""
        return _moment(self.to_day.data, self.to_time.data)


class SettleForm(StaffForm):
    """What it was that the installation noticed."""

    words = TextAreaField(_l("Hvad skete der?"), [validators.Length(max=1000), plain], filters=[stripped])


def _moment(day: Any, at: Any) -> datetime | None:
    if day is None or at is None:
        return None
    try:
        return dates.local_moment(day, at)
    except dates.NoSuchTime as error:
        raise ValidationError(str(error)) from error


@blueprint.route("/nedbrud", methods=["GET", "POST"])
@allows(Act.REGISTER_OUTAGE)
def outages() -> ResponseReturnValue:
    """The register, and a form to write one down."""
    actor, now = current_actor(), clock.arrival()
    policy.require(actor, Act.REGISTER_OUTAGE, None, now)
    form, rounds = OutageForm(), {one.id: one for one in register.open_rounds(now - _LOOK_BACK)}
    form.rounds.choices = [(key, one.project.title) for key, one in rounds.items()]
    also = []
    if form.validate_on_submit():
        chosen = [rounds[key] for key in form.rounds.data or []]
        try:
            register.register_outage(actor, form.begins_at, form.ends_at, form.words.data or "", chosen, now=now)
            flash(_("Nedbruddet er skrevet ind, og det står på de sider, det gælder."), "success")
            return redirect(url_for(".outages"), 303)
        except Wrong as wrong:
            also = [_(wrong.words)]
    found = [(one, register.when(one), register.concerned_rounds(one)) for one in register.outages()]
    page = render_template("projects/outages.html", form=form, also=also, outages=found)
    return page, 422 if form.is_submitted() else 200


_LOOK_BACK = dates.DAY * 30


@blueprint.post("/nedbrud/<int:key>/<answer>")
@allows(Act.SETTLE_OUTAGE)
def settle(key: int, answer: str) -> ResponseReturnValue:
    """Say that a noticed silence was a breakdown, or that it was none."""
    form, outage, now = SettleForm(), get_or_404(Outage, key), clock.arrival()
    confirmed = answer == "bekraeft"
    ends_at = now if confirmed and outage.ends_at is None else None
    register.settle_outage(current_actor(), outage, confirmed, form.words.data or "", ends_at=ends_at, now=now)
    flash(
        _("Nedbruddet er bekræftet og fortalt.") if confirmed else _("Afvist. Det står ikke på nogen side."), "success"
    )
    return redirect(url_for(".outages"), 303)
