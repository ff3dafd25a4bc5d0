"""The staff's doors to the work of many: the search in a case."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from participation.foundation import clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.queue.model import Found
from participation.queue.queries import case_of
from participation.queue.search import search as search_in
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("queue", __name__)

#: What is looked for, by its word in the address.
KINDS = {"": Found.CONTRIBUTION, "punkter": Found.POINT, "vores": Found.ANSWER}
#: Letters of a search that are read.
LONGEST = 200


@blueprint.get("/arbejde/projekter/<slug>/soeg")
@allows(Act.READ_CASE)
def search(slug: str) -> ResponseReturnValue:
    """Contributions, points or our own remarks with the words that were typed, around the words that were found."""
    project, actor, now = case_of(slug), current_actor(), clock.arrival()
    policy.require(actor, Act.READ_CASE, project, now)
    typed, chosen = request.args.get("q", "")[:LONGEST].strip(), request.args.get("slags", "")
    may_see = policy.refusal(actor, Act.READ_CONTACT, project, now) is None
    kind, below = KINDS.get(chosen, Found.CONTRIBUTION), request.args.get("foer", type=whole)
    return render_template(
        "queue/search.html",
        project=project,
        phase=phases.phase(project.round, now) if project.round is not None else None,
        typed=typed,
        chosen=chosen if chosen in KINDS else "",
        hits=search_in(project, typed, kind, sender=may_see, below=below),
        may_see=may_see,
    )
