"""The doors to the sample that a planner reads blind: draw, place one point after the other, see the agreement."""

from babel.numbers import format_decimal
from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.foundation import clock
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.agreement import FEWEST
from participation.themes import sample
from participation.themes.forms import ChoiceForm, DrawForm, choices_of
from participation.themes.model import Sample
from participation.themes.tree import standing
from participation.themes.views import BOARD, blueprint, case_of, phase_of

SAMPLE = f"{BOARD}/stikproeve"


@blueprint.get(SAMPLE)
@allows(Act.READ_SAMPLE)
def read_sample(slug: str) -> ResponseReturnValue:
    """The next point to place; else what was agreed the last time, and the way to a new sample."""
    project = case_of(slug, Act.READ_SAMPLE)
    begun = sample.under_way(current_actor(), project)
    return _point_page(project, begun) if begun is not None else _start_page(project)


@blueprint.post(SAMPLE)
@allows(Act.READ_SAMPLE)
def draw_sample(slug: str) -> ResponseReturnValue:
    """Draw points."""
    project, form = case_of(slug, Act.READ_SAMPLE), DrawForm()
    if not form.validate():
        return _start_page(project, form), 422
    sample.draw_sample(current_actor(), project, form.size.data, now=clock.arrival())
    return redirect(url_for(".read_sample", slug=slug), 303)


@blueprint.post(f"{SAMPLE}/<int:point>")
@allows(Act.READ_SAMPLE)
def place_sampled(slug: str, point: int) -> ResponseReturnValue:
    """Say where a point belongs, and go on to the next."""
    project = case_of(slug, Act.READ_SAMPLE)
    begun = _begun(project)
    form = ChoiceForm(_uppers(project))
    if not form.validate():
        return _point_page(project, begun, form), 422
    try:
        sample.choose(current_actor(), begun, point, form.theme.data or None, now=clock.arrival())
    except LookupError:
        abort(404)
    return redirect(url_for(".read_sample", slug=slug), 303)


@blueprint.post(f"{SAMPLE}/stop")
@allows(Act.READ_SAMPLE)
def stop_sample(slug: str) -> ResponseReturnValue:
    """End the sample here."""
    project = case_of(slug, Act.READ_SAMPLE)
    sample.stop(current_actor(), _begun(project), now=clock.arrival())
    return redirect(url_for(".read_sample", slug=slug), 303)


def _rows(read: sample.Read) -> list[tuple[str, int]]:
    """The bars: where person and machine agree least comes first."""
    f1 = read.found.f1
    titles = ((read.titles.get(key, "") if key is not None else _("Intet af emnerne"), f1[key]) for key in f1)
    return [(title, round(100 * share)) for title, share in sorted(titles, key=lambda one: one[1])]


def _kappa(read: sample.Read) -> str:
    kappa = read.found.kappa
    return "" if kappa is None else format_decimal(kappa, "0.00", locale=get_locale() or "da")


def _begun(project: Project) -> Sample:
    begun = sample.under_way(current_actor(), project)
    if begun is None:
        abort(404)
    return begun


def _uppers(project: Project) -> list[tuple[int, str]]:
    return [(one.value, str(one.label)) for one in choices_of(standing(project.id), upper=True)]


def _point_page(project: Project, begun: Sample, form: ChoiceForm | None = None) -> str:
    row = sample.next_point(begun)
    return render_template(
        "themes/sample_point.html",
        project=project,
        phase=phase_of(project),
        row=row,
        many=len(begun.points),
        form=form or ChoiceForm(_uppers(project), formdata=None),
    )


def _start_page(project: Project, form: DrawForm | None = None) -> str:
    read = sample.latest(project)
    return render_template(
        "themes/sample.html",
        project=project,
        phase=phase_of(project),
        read=read,
        rows=_rows(read) if read is not None else [],
        fewest=FEWEST,
        kappa=_kappa(read) if read is not None else "",
        form=form or DrawForm(formdata=None),
    )
