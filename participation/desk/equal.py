"""Equal treatment: points that ask for the same and were advised differently, mended or explained."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.answers.compare import is_compared
from participation.answers.explain import alike_of, differences, explain_difference
from participation.desk import queries
from participation.desk.forms import DifferenceForm
from participation.desk.views import blueprint
from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules import phases, policy
from participation.rules.acts import Act

_EQUAL = "/arbejde/projekter/<slug>/lige"


@blueprint.get(_EQUAL)
@allows(Act.EXPLAIN_DIFFERENCE)
def equal(slug: str) -> ResponseReturnValue:
    """The groups of points that ask for the same and wait for the same recommendation, or for the reason why not."""
    return _page(_case(slug))


@blueprint.post(f"{_EQUAL}/<int:key>")
@allows(Act.EXPLAIN_DIFFERENCE)
def explain(slug: str, key: int) -> ResponseReturnValue:
    """Explain the difference for a whole group."""
    project = _case(slug)
    form, alike = DifferenceForm(prefix=f"g{key}-"), alike_of(project, key)
    if alike is None:
        abort(404)
    if not form.validate():
        return _page(project, (key, form)), 422
    explain_difference(current_actor(), alike, form.words.data or "", now=clock.arrival())
    flash(_("Forskellen er forklaret. Begrundelsen er gemt som notat i sagen."), "success")
    return redirect(url_for(".equal", slug=slug), 303)


def _case(slug: str) -> Project:
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.EXPLAIN_DIFFERENCE, project, clock.arrival())
    return project


def _page(project: Project, wrong: tuple[int, DifferenceForm] | None = None) -> str:
    found, total = differences(project)
    forms = {
        one.alike.id: DifferenceForm(
            formdata=None, prefix=f"g{one.alike.id}-", data={"words": one.note.words if one.note else ""}
        )
        for one in found
    }
    if wrong is not None:
        forms[wrong[0]] = wrong[1]
    now = clock.arrival()
    return render_template(
        "desk/equal.html",
        project=project,
        phase=phases.phase(project.round, now) if project.round is not None else None,
        differences=found,
        total=total,
        forms=forms,
        wrong=wrong[1] if wrong is not None else None,
        is_compared=is_compared(project),
    )
