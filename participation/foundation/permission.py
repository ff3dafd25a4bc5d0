"""The verb's first line and the view's declaration: both ask the one policy."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from participation.foundation.db import begin_write
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.policy import Actor

View = TypeVar("View", bound=Callable[..., Any])


def require(actor: Actor, act: Act, thing: Any, now: datetime) -> None:
    """Take the write lock, then let the actor through, or not. The first line of every verb.

    Raises:
        NotAllowed: the policy says no.
    """
    begin_write()
    policy.require(actor, act, thing, now)


def allows(*acts: Act) -> Callable[[View], View]:
    """Declare which acts a view is the door to. The URL-map test reads it; the roof asks staff acts for a sign-in."""

    def declare(view: View) -> View:
        view.acts = acts  # type: ignore[attr-defined]
        view.act = acts[0]  # type: ignore[attr-defined]
        return view

    return declare
