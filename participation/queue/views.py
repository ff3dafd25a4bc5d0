"""The staff's doors to the work of many: the search and the queue of a case, and what lies with me in all cases."""

from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.foundation import clock
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.queue import queries
from participation.queue.forms import ActForm, FilterForm, NameForm
from participation.queue.model import Found
from participation.queue.queries import case_of
from participation.queue.save import drop_filter, save_filter
from participation.queue.search import search as search_in
from participation.queue.wanted import Wanted
from participation.rules import dates, phases, policy
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
        phase=phase_of(project, now),
        typed=typed,
        chosen=chosen if chosen in KINDS else "",
        hits=search_in(project, typed, kind, sender=may_see, below=below),
        may_see=may_see,
    )


@blueprint.get("/arbejde/mine")
@allows(Act.READ_DESK)
def mine() -> ResponseReturnValue:
    """What was handed to me and waits for its answer, over all cases, the first due first."""
    actor, now = current_actor(), clock.arrival()
    policy.require(actor, Act.READ_DESK, None, now)
    late, today = "forsinket" in request.args, dates.local_day(now)
    page = queries.mine(actor, today, late=late, after=_place(request.args.get("efter", "")))
    return render_template("queue/mine.html", page=page, late=late, today=today)


@blueprint.get("/arbejde/projekter/<slug>/koe")
@allows(Act.READ_CONTACT)
def queue(slug: str) -> ResponseReturnValue:
    """The points of a case, narrowed by a filter; the ticked ones or all of them can be handed out in one act."""
    return queue_page(working_on(slug))


@blueprint.post("/arbejde/projekter/<slug>/koe/gem")
@allows(Act.READ_CONTACT)
def save(slug: str) -> ResponseReturnValue:
    """Keep the filter under a name."""
    project, form, wanted = working_on(slug), NameForm(), Wanted.of(request.args)
    if not form.validate_on_submit():
        return queue_page(project, name=form), 422
    save_filter(current_actor(), project, form.name.data or "", wanted, now=clock.arrival())
    flash(_("Filteret er gemt. Du finder det øverst i køen."), "success")
    return redirect(url_for(".queue", slug=slug, **wanted.args), 303)


@blueprint.post("/arbejde/projekter/<slug>/koe/gemt/<int:key>/fjern")
@allows(Act.READ_CONTACT)
def drop(slug: str, key: int) -> ResponseReturnValue:
    """Drop a filter of one's own."""
    project, actor = working_on(slug), current_actor()
    drop_filter(actor, project, queries.saved_filter(actor, project, key), now=clock.arrival())
    flash(_("Filteret er fjernet."), "success")
    return redirect(url_for(".queue", slug=slug), 303)


def working_on(slug: str) -> Project:
    """The case, for those who may see who sent what in it."""
    project = case_of(slug)
    policy.require(current_actor(), Act.READ_CONTACT, project, clock.arrival())
    return project


def phase_of(project: Project, now: datetime) -> phases.Phase | None:
    """The phase of a case, for the head of its pages."""
    return phases.phase(project.round, now) if project.round is not None else None


def queue_page(project: Project, *, name: NameForm | None = None, act: ActForm | None = None) -> str:
    """A page of the queue; ``name`` and ``act`` are forms that were sent and are wrong."""
    actor, now, wanted = current_actor(), clock.arrival(), Wanted.of(request.args)
    today, holders = dates.local_day(now), queries.who_may_hold(project)
    after, before = (request.args.get(word, type=whole) for word in ("efter", "foer"))
    return render_template(
        "queue/queue.html",
        project=project,
        phase=phase_of(project, now),
        page=queries.queue(project, wanted, today, after=after, before=before),
        wanted=wanted,
        filter=FilterForm.filled(wanted, project, holders),
        name=name or NameForm(formdata=None),
        act=act or ActForm.for_case(project, holders),
        saved=[(kept, Wanted.of(kept.wanted)) for kept in queries.saved_filters(actor, project)],
        batches=queries.batches(project),
        today=today,
    )


def _place(words: str) -> tuple[date, int] | None:
    """Where a page begins that is ordered by day and point."""
    day, _dot, point = words.partition(".")
    try:
        return date.fromisoformat(day), whole(point)
    except ValueError:
        return None


from participation.queue import batch_views as _batch_views  # noqa: E402, F401 - the doors to acts on many
from participation.queue import expert_views as _expert_views  # noqa: E402, F401 - and to assessments
