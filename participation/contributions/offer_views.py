"""The officers' door to what people will do themselves: one list, with the way to reach them (RL-06, RL-39)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from participation.contributions import desk_queries as queries
from participation.foundation import clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("offers", __name__)

#: How many stand on one page.
PAGE = 50


@blueprint.get("/arbejde/projekter/<slug>/bidrag")
@allows(Act.READ_CONTACT)
def listed(slug: str) -> ResponseReturnValue:
    """What people have offered to do, by the number of their proposal."""
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CONTACT, project, clock.arrival())
    found = queries.offers(project, request.args.get("efter", 0, type=whole), PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "contributions/offers.html",
        project=project,
        phase=phases.phase(project.round, clock.arrival()) if project.round else None,
        offers=shown,
        after=shown[-1].contribution.number if len(found) > PAGE else None,
    )
