"""The doors to the material by paragraphs: one is edited where it stands; and all changes in one table."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.answers.change import draft_change
from participation.answers.queries import changes_of
from participation.desk import queries
from participation.desk.forms import ChangeForm
from participation.desk.views import blueprint
from participation.foundation import clock
from participation.foundation.forms import listed, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Passage, Project
from participation.rules import phases, policy
from participation.rules.acts import Act

_CHANGES = "/arbejde/projekter/<slug>/aendringer"
#: Letters of a search that are read.
_LONGEST = 100


@blueprint.get(f"{_CHANGES}/tabel")
@allows(Act.DRAFT_CHANGE)
def changes_table(slug: str) -> ResponseReturnValue:
    """All proposed changes in one table, to read through and print."""
    project = _case(slug)
    about = dict(queries.answer_choices(project))
    rows = [(one, [about[each.id] for each in one.answers if each.id in about]) for one in changes_of(project.id)]
    return render_template("desk/changes_table.html", project=project, phase=_phase(project), rows=rows)


@blueprint.get(f"{_CHANGES}/afsnit")
@allows(Act.DRAFT_CHANGE)
def passages(slug: str) -> ResponseReturnValue:
    """The paragraphs of the material, to choose one from."""
    project, typed = _case(slug), request.args.get("q", "")[:_LONGEST].strip()
    page = queries.passages_in(project, typed, request.args.get("side", 1, type=whole))
    return render_template("desk/passages.html", project=project, phase=_phase(project), page=page, typed=typed)


@blueprint.get(f"{_CHANGES}/afsnit/<int:key>")
@allows(Act.DRAFT_CHANGE)
def passage(slug: str, key: int) -> ResponseReturnValue:
    """One paragraph as it stands, to be edited."""
    project = _case(slug)
    found = queries.passage_of(project, key)
    form = _form(project, formdata=None, data={"place": _place(found), "after": found.words})
    form.answers.data = queries.own_answer_ids(project, request.args.get("punkt", type=whole))
    return _passage(project, found, form)


@blueprint.post(f"{_CHANGES}/afsnit/<int:key>")
@allows(Act.DRAFT_CHANGE)
def edit_passage(slug: str, key: int) -> ResponseReturnValue:
    """Keep the paragraph as edited, as a change from what stood there."""
    project = _case(slug)
    found = queries.passage_of(project, key)
    form = _form(project)
    form.before.data = found.words
    if not form.validate():
        return _passage(project, found, form), 422
    if (form.after.data or "").split() == found.words.split():
        form.after.errors = [_("Teksten er, som den var. Ret den, før du gemmer.")]
        return _passage(project, found, form), 422
    draft_change(
        current_actor(),
        project,
        None,
        place=form.place.data or "",
        before=found.words,
        after=form.after.data or "",
        cause=form.cause.data,
        answer_ids=form.answers.data or [],
        now=clock.arrival(),
    )
    flash(_("Gemt."), "success")
    return redirect(url_for(".changes", slug=slug), 303)


def _case(slug: str) -> Project:
    project = queries.project_of(slug)
    policy.require(current_actor(), Act.DRAFT_CHANGE, project, clock.arrival())
    return project


def _phase(project: Project) -> phases.Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


def _form(project: Project, **given: object) -> ChangeForm:
    form = ChangeForm(**given)
    form.answers.choices = listed(queries.answer_choices(project))
    return form


def _place(found: Passage) -> str:
    """Where it stands, as a reader would look it up."""
    return ", ".join(part for part in (found.heading, found.material.title) if part)[:160]


def _passage(project: Project, found: Passage, form: ChangeForm) -> str:
    return render_template("desk/passage.html", project=project, phase=_phase(project), passage=found, form=form)
