"""What happens next to a contribution, in words and dates: on the receipt and in the letter."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from participation.contributions.model import Promise
from participation.foundation import clock
from participation.rules.kinds import PromiseKind


def what_happens(promises: Iterable[Promise]) -> list[tuple[str, str]]:
    """The steps from "Vi læser" to the feedback, each with its date; what hangs on politics is only expected."""
    steps = [(_("Vi læser det, du har skrevet"), "")]
    for promise in promises:
        due = promise.moved_to or promise.due_on
        if promise.kind is PromiseKind.QUESTION_ANSWER:
            steps.append((_("Du får svar"), _("senest %(day)s", day=clock.day(due))))
        elif promise.kind is PromiseKind.REPORT:
            steps.append((_("Vi tager stilling til det"), _("forventet %(day)s", day=clock.day(due))))
        elif promise.kind is PromiseKind.DECISION:
            steps.append((_("Der bliver taget en beslutning"), _("forventet %(day)s", day=clock.day(due))))
        elif due is not None:
            steps.append((_("Du får besked om, hvordan det blev brugt"), _("senest %(day)s", day=clock.day(due))))
        else:
            steps.append(
                (
                    _("Du får besked om, hvordan det blev brugt"),
                    after_decision(promise.days_after or 0),
                )
            )
    return steps


def after_decision(days: int) -> str:
    """How many working days after the decision everybody is told; for a line that has no date yet."""
    return str(
        ngettext("senest %(num)s arbejdsdag efter beslutningen", "senest %(num)s arbejdsdage efter beslutningen", days)
    )
