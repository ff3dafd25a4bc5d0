"""The doors to the rule table, which all staff may read, and to what an administrator keeps of it."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.foundation import clock
from participation.foundation.forms import Wrong
from participation.foundation.permission import allows
from participation.foundation.settings import settings
from participation.people.actor import current_actor
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.statutes import queries
from participation.statutes.amend import amend_rule
from participation.statutes.close import keep_closing_days
from participation.statutes.forms import ClosingDaysForm, form_of, written

blueprint = Blueprint("statutes", __name__, url_prefix="/arbejde")


@blueprint.get("/regler")
@allows(Act.READ_DESK)
def rules() -> ResponseReturnValue:
    """The whole rule table: what is asked, from which source, and how sure it is."""
    policy.require(current_actor(), Act.READ_DESK, None, clock.now())
    today = dates.local_day(clock.now())
    return render_template(
        "statutes/rules.html",
        bases=queries.bases(today).values(),
        complaints=queries.complaints(today).values(),
        coming=queries.coming(),
        name_of=lambda key: queries.row(key).name,
        earliest=lambda days: dates.earliest_last_day(today, days),
        today=today,
        may_amend=policy.refusal(current_actor(), Act.AMEND_RULE, None, clock.now()) is None,
    )


@blueprint.route("/regler/<key>", methods=["GET", "POST"])
@allows(Act.AMEND_RULE)
def rule(key: str) -> ResponseReturnValue:
    """One row, and what was changed in it."""
    policy.require(current_actor(), Act.AMEND_RULE, None, clock.now())
    row = queries.row(key)
    form = form_of(row, dates.local_day(clock.now()))
    if form.validate_on_submit():
        try:
            made = amend_rule(
                current_actor(), key, form.values, form.from_day.data, form.reason.data, now=clock.arrival()
            )
        except Wrong as wrong:
            return _rule_page(row, form, [_(wrong.words)]), 422
        flash(_("Reglen er gemt. Den gælder fra %(day)s.", day=clock.day(made.from_day)), "success")
        return redirect(url_for(".rules"), 303)
    return _rule_page(row, form), 422 if form.is_submitted() else 200


def _rule_page(row: Any, form: Any, also: list[str] | None = None) -> str:
    return render_template(
        "statutes/rule.html", row=row, form=form, also=also or [], changes=queries.changes_of(row.key)
    )


@blueprint.route("/opsaetning/lukkedage", methods=["GET", "POST"])
@allows(Act.EDIT_CLOSING_DAYS)
def closing_days() -> ResponseReturnValue:
    """When the town hall is closed."""
    policy.require(current_actor(), Act.EDIT_CLOSING_DAYS, None, clock.now())
    kept = settings().get(clock.CLOSING_DAYS) or {"every_year": clock.OPTIONAL_DAYS, "own": []}
    form = ClosingDaysForm(data={"every_year": kept["every_year"], "own": written(kept["own"])})
    if form.validate_on_submit():
        keep_closing_days(current_actor(), form.every_year.data or [], form.days, now=clock.arrival())
        flash(_("Lukkedagene er gemt. De gælder for de datoer, vi lover fra nu af."), "success")
        return redirect(url_for(".closing_days"), 303)
    page = render_template("statutes/closing_days.html", form=form, closed=_coming_year())
    return page, 422 if form.is_submitted() else 200


def _coming_year() -> list[date]:
    """The days of the coming year on which nobody answers, weekends aside."""
    today = dates.local_day(clock.now())
    days = (today + timedelta(days=n) for n in range(366))
    return [day for day in days if day.weekday() < 5 and clock.closed(day)]
