"""The page for a table at the library, a stand or a meeting: it works without a connection too (RP-06, RP-14).

The page and its parts are kept in the browser by a small worker of their own; what is written down is kept there too,
each with a key made in the browser, and is sent when the connection is back. With the same key it counts once.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from participation.contributions import desk_queries as queries
from participation.contributions.desk_forms import AwayForm
from participation.contributions.register import register_contribution
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.people.municipality import municipality
from participation.rules import phases, policy
from participation.rules.acts import Act

blueprint = Blueprint("away", __name__)


@blueprint.get("/arbejde/projekter/<slug>/ude")
@allows(Act.REGISTER_CONTRIBUTION)
def page(slug: str) -> ResponseReturnValue:
    """The page itself; the browser keeps it."""
    project = _case(slug)
    return render_template(
        "contributions/away.html",
        project=project,
        phase=phases.phase(project.round, clock.arrival()),
        form=AwayForm(level=project.round.level),
        who=current_actor().person_id,
        refused=policy.refusal(current_actor(), Act.REGISTER_CONTRIBUTION, project.round, clock.arrival()),
    )


@blueprint.get("/arbejde/projekter/<slug>/ude/arbejder.js")
@allows(Act.REGISTER_CONTRIBUTION)
def worker(slug: str) -> ResponseReturnValue:
    """What keeps the page in the browser: exactly this page and what it is made of, and nothing else of the house."""
    project, look = _case(slug), municipality()
    own = [one for one in (look.stylesheet_url, look.logo_url) if one.startswith("/")]
    script = render_template("contributions/away.js", page=url_for(".page", slug=project.slug), own=own)
    response = Response(script, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for(".page", slug=project.slug)
    return response


@blueprint.get("/arbejde/projekter/<slug>/ude/klar.json")
@allows(Act.REGISTER_CONTRIBUTION)
def ready(slug: str) -> ResponseReturnValue:
    """Who is signed in now, and the mark with which they may send: the kept page may be of yesterday."""
    _case(slug)
    return jsonify(who=current_actor().person_id, csrf_token=generate_csrf())


@blueprint.post("/arbejde/projekter/<slug>/ude")
@allows(Act.REGISTER_CONTRIBUTION)
def receive(slug: str) -> ResponseReturnValue:
    """Register one that was written down; the same key gives the same number. A CPR number is told first (RE-26)."""
    project, now = _case(slug), clock.arrival()
    form = AwayForm(level=project.round.level)
    if not form.validate_on_submit() or not form.check_day(now):
        return jsonify(why=" ".join(dict.fromkeys(str(one) for many in form.errors.values() for one in many))), 422
    if not form.anyway.data and (found := form.numbers_found()):
        return jsonify(why=_told(found), anyway=True), 422
    one = register_contribution(current_actor(), project.round, form.sent(now), now=now)
    address = url_for("contributions.handling.show", slug=slug, number=one.number)
    return jsonify(number=one.number, code=queries.code_of(one), address=address)


def _told(lines: list[int]) -> str:
    return _(
        "Der står noget, der ligner et CPR-nummer i linje %(line)s. Ret det, eller send det alligevel."
        " Så viser vi det ikke.",
        line=", ".join(map(str, lines)),
    )


def _case(slug: str) -> Any:
    """The case, also when it takes nothing in any more: what lies in the browser can still be read there."""
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project
