"""The staff's doors to the themes: the board, one theme with its points, the bin, campaigns and the history."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions.shown import masks_on
from participation.foundation import clock, markup
from participation.foundation.forms import whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects.model import Project
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import Stance
from participation.themes import edit, letters, queries
from participation.themes import place as _place  # noqa: F401 - registers the worker's look for new points
from participation.themes.charts import WIDE, Charts, charts
from participation.themes.forms import (
    GroupForm,
    IntoForm,
    MergeForm,
    MoveForm,
    NewForm,
    PointsForm,
    TitleForm,
    UnderForm,
    choices_of,
)
from participation.themes.model import Theme
from participation.themes.senders import senders
from participation.themes.told import OPERATIONS, firmness, run_told, sureness
from participation.themes.tree import COVERED, Tree, standing, tree

blueprint = Blueprint("themes", __name__)
blueprint.add_app_template_filter(senders, "senders")
blueprint.add_app_template_filter(firmness, "firmness")
blueprint.add_app_template_filter(sureness, "sureness")

BOARD: Final = "/arbejde/projekter/<slug>/emner"
THEME = f"{BOARD}/<int:key>"


@blueprint.get(BOARD)
@allows(Act.READ_CONTACT)
def board(slug: str) -> ResponseReturnValue:
    """Hovedemner as columns with their topics as cards, and how far a run has come."""
    project = case_of(slug)
    if request.args.get("kun") == "fremgang":
        return render_template("themes/_progress.html", project=project, run=queries.progress(project), alone=True)
    return board_page(project)


@blueprint.get(THEME)
@allows(Act.READ_CONTACT)
def theme(slug: str, key: int) -> ResponseReturnValue:
    """One theme: its points in the words of their senders, why they are here, and what can be done."""
    project = case_of(slug)
    return theme_page(project, queries.theme_of(project, key))


@blueprint.get(f"{BOARD}/uden")
@allows(Act.READ_CONTACT)
def nowhere(slug: str) -> ResponseReturnValue:
    """The points that have no theme yet: a plain list where there are few."""
    return list_page(case_of(slug), "uden")


@blueprint.get(f"{BOARD}/alene")
@allows(Act.READ_CONTACT)
def alone(slug: str) -> ResponseReturnValue:
    """The points that stand alone, so that a count does not drown them."""
    return list_page(case_of(slug), "alene")


@blueprint.get(f"{BOARD}/foerst")
@allows(Act.READ_CONTACT)
def asked(slug: str) -> ResponseReturnValue:
    """The points that a planner should place first, since they teach the machine most."""
    return list_page(case_of(slug), "foerst")


@blueprint.get(f"{BOARD}/historik")
@allows(Act.READ_CONTACT)
def history(slug: str) -> ResponseReturnValue:
    """Who did what to the themes, the latest first."""
    project = case_of(slug)
    rows = queries.history(project, request.args.get("foer", type=whole))
    return render_template(
        "themes/history.html", project=project, phase=phase_of(project), rows=rows, operations=OPERATIONS,
        more=rows[-1].edit.id if len(rows) == queries.PAGE else None,
    )  # fmt: skip


@blueprint.get("/arbejde/projekter/<slug>/kampagner")
@allows(Act.READ_CONTACT)
def campaigns(slug: str) -> ResponseReturnValue:
    """Letters that many have sent: who is alike, how much, and what each sender added."""
    project, page = case_of(slug), max(1, request.args.get("side", 1, type=whole))
    found, total, pages = letters.campaigns(project, page)
    return render_template(
        "themes/campaigns.html", project=project, phase=phase_of(project), letters=found, total=total, page=page,
        pages=pages, most=letters.MEMBERS,
    )  # fmt: skip


# -- shared -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """A point with its letter around it, the point's own words marked."""

    row: queries.Row
    letter: Any
    twins: Sequence[queries.Row] = ()


def case_of(slug: str, act: Act = Act.READ_CONTACT) -> Project:
    """The project, once the policy lets this person read or change it."""
    project = queries.project_of(slug)
    policy.require(current_actor(), act, project, clock.arrival())
    return project


def phase_of(project: Project) -> phases.Phase | None:
    return phases.phase(project.round, clock.arrival()) if project.round is not None else None


def _may_edit(project: Project) -> bool:
    return policy.refusal(current_actor(), Act.EDIT_THEMES, project, clock.arrival()) is None


def _shown(page: queries.Page) -> list[_Shown]:
    """Each point with the letter it stands in; a letter is shown by the text that the point is a stretch of."""
    shown = []
    for row in page.rows:
        first = row.point.spans[0].text if row.point.spans else None
        spans = [(span.start, span.end, row.point.position) for span in row.point.spans if span.text is first]
        whole = first is None or any(start == 0 and end == len(first.words) for start, end, _number in spans)
        letter = None
        if first is not None and not whole:
            letter = markup.marked(masks_on(row.contribution).blanked(first.id, 0, first.words, COVERED), spans)
        shown.append(_Shown(row, letter))
    return shown


def _once(shown: Sequence[_Shown]) -> list[_Shown]:
    """Points of a page that say the same, word for word, stand once, each with the others under it."""
    same: dict[str, list[_Shown]] = {}
    for one in shown:
        said = " ".join(re.findall(r"\w+", one.row.words.casefold()))
        same.setdefault(said or f"\n{one.row.point.id}", []).append(one)
    return [replace(first, twins=[one.row for one in others]) for first, *others in same.values()]


def board_page(project: Project, **forms: Any) -> str:
    themes, drawings = tree(project), charts(project)
    every = [node.theme for top in themes.nodes for node in (top, *top.topics)]
    latest, shown = queries.progress(project), queries.shown_run(project)
    return render_template(
        "themes/board.html",
        project=project,
        phase=phase_of(project),
        tree=themes,
        sizes=_sizes(project, themes, drawings),
        charts=drawings,
        wide=WIDE,
        stances=(Stance.FOR, Stance.MIXED, Stance.AGAINST, Stance.NONE),
        titles={theme.id: theme.title for theme in every},
        run=latest,
        shown=shown,
        run_told=run_told(shown) if shown is not None else [],
        may_edit=_may_edit(project),
        last=edit.last_standing(project.id),
        operations=OPERATIONS,
        letters=letters.count(project),
        **{
            "group_form": GroupForm(formdata=None, prefix="saml-"),
            "new_form": NewForm(choices_of(every, upper=True), formdata=None, prefix="nyt-"),
            "merge_form": MergeForm(choices_of(every), formdata=None, prefix="to-"),
            "move_form": MoveForm(every, formdata=None, prefix="flyt-"),
            **forms,
        },
    )


def _sizes(project: Project, themes: Tree, drawings: Charts) -> list[tuple[str, int, str, Mapping[Stance, int]]]:
    """The bars: each theme, the largest first, then what is nowhere yet; with its points by stance."""
    of = drawings.stances
    rows = [
        (
            node.theme.title,
            node.total,
            url_for(".theme", slug=project.slug, key=node.theme.id),
            of.get(node.theme.id, {}),
        )
        for node in themes.by_size
    ]
    if themes.nowhere:
        nowhere = url_for(".nowhere", slug=project.slug)
        rows.append((_("Endnu uden emne"), themes.nowhere, nowhere, of.get(0, {})))
    return rows


def theme_page(project: Project, found: Theme, **forms: Any) -> str:
    themes = standing(project.id)
    unsure = request.args.get("vis") == "usikre"
    page = queries.points_in(found, request.values.get("side", 1, type=whole), unsure=unsure)
    others = choices_of(themes, found.id)
    return render_template(
        "themes/theme.html",
        project=project,
        phase=phase_of(project),
        theme=found,
        titles={theme.id: theme.title for theme in themes},
        topics=[theme for theme in themes if theme.parent_id == found.id],
        page=page,
        shown=_shown(page),
        unsure=unsure,
        run=queries.shown_run(project),
        may_edit=_may_edit(project),
        last=edit.last_standing(project.id),
        operations=OPERATIONS,
        **{
            "points_form": PointsForm(others, formdata=None),
            "title_form": TitleForm(formdata=None, prefix="navn-", data={"title": found.title}),
            "into_form": IntoForm(others, formdata=None, prefix="ind-"),
            "under_form": UnderForm(
                choices_of(themes, found.id, upper=True),
                formdata=None,
                prefix="under-",
                data={"parent": found.parent_id or 0},
            ),
            **forms,
        },
    )


def list_page(project: Project, here: str, form: PointsForm | None = None) -> str:
    """Points from all over the project: ``uden`` those in no theme, ``alene`` those that stand alone, ``foerst``
    those to be placed first."""
    themes, shown = standing(project.id), queries.shown_run(project)
    listed = {"alene": queries.alone, "foerst": queries.asked}.get(here, queries.nowhere)
    page = listed(project, request.values.get("side", 1, type=whole))
    return render_template(
        "themes/list.html",
        here=here,
        project=project,
        phase=phase_of(project),
        titles={theme.id: theme.title for theme in themes},
        page=page,
        shown=_once(_shown(page)) if here == "uden" else _shown(page),
        beside=(shown.facts.get("beside", {}) if shown is not None else {}),
        run=shown,
        may_edit=_may_edit(project),
        points_form=form or PointsForm(choices_of(themes), formdata=None),
    )


from participation.themes import edit_views as _doors  # noqa: E402, F401 - the doors that change something
from participation.themes import sample_views as _sample_doors  # noqa: E402, F401 - the sample that is read blind
