"""The planner's doors to a project's map, and the administrator's to the municipality's."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from wtforms import FileField, ValidationError

from participation.foundation import clock
from participation.foundation.forms import StaffForm
from participation.foundation.maps import MOST_BYTES, Unreadable, read_map
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.projects import queries
from participation.projects.draw_map import draw_map, draw_town_map, erase_map, erase_town_map
from participation.projects.model import Project, town_map
from participation.projects.views import blueprint
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.phases import Phase, phase

town = Blueprint("town", __name__)


class MapForm(StaffForm):
    """A file with a map."""

    file = FileField(_l("Kort"), description=_l("GeoJSON i grader (WGS84). Højst 2 MB."))

    def validate_file(self, field: FileField) -> None:
        """A map is read whole, and one line says what is wrong with it."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Vælg en fil med kortet."))
        try:
            self.features = read_map(field.data.stream.read(MOST_BYTES + 1))
        except Unreadable as no:
            raise ValidationError(_(no.words)) from no


@blueprint.route("/<slug>/kort", methods=["GET", "POST"])
@allows(Act.EDIT_PROJECT)
def map_(slug: str) -> ResponseReturnValue:
    """Give the project a map, and see the one it has."""
    found = queries.whole(slug)
    policy.require(current_actor(), Act.EDIT_PROJECT, found, clock.now())
    form = MapForm()
    if form.validate_on_submit():
        draw_map(current_actor(), found, form.features, now=clock.arrival())
        flash(_("Kortet er gemt."), "success")
        return redirect(url_for(".map_", slug=slug), 303)
    page = render_template(
        "projects/map.html",
        project=found,
        phase=phase(found.round, clock.now()) if found.round else Phase.DRAFT,
        form=form,
        map=found.own_map,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/<slug>/kort/fjern")
@allows(Act.EDIT_PROJECT)
def take_map_away(slug: str) -> ResponseReturnValue:
    """Take the map away."""
    erase_map(current_actor(), queries.whole(slug), now=clock.arrival())
    flash(_("Kortet er fjernet."), "success")
    return redirect(url_for(".map_", slug=slug), 303)


@blueprint.get("/<slug>/kort.svg")
@allows(Act.READ_CASE)
def map_picture(slug: str) -> ResponseReturnValue:
    """The map as a picture, also of a draft."""
    found = queries.whole(slug)
    policy.require(current_actor(), Act.READ_CASE, found, clock.now())
    return picture(found)


def picture(project: Project) -> Response:
    """A project's own map as a picture.

    Raises:
        NotFound: it has none.
    """
    return drawn_picture(project.own_map)


def drawn_picture(drawn: Any) -> Response:
    """A map as a picture.

    Raises:
        NotFound: there is none.
    """
    if drawn is None:
        raise NotFound
    return Response(render_template("projects/map.xml", map=drawn), mimetype="image/svg+xml")


@town.route("/arbejde/opsaetning/kort", methods=["GET", "POST"])
@allows(Act.EDIT_MUNICIPALITY)
def set_up() -> ResponseReturnValue:
    """Give the municipality its outline, once, and see the one it has."""
    policy.require(current_actor(), Act.EDIT_MUNICIPALITY, None, clock.now())
    form = MapForm()
    if form.validate_on_submit():
        draw_town_map(current_actor(), form.features, now=clock.arrival())
        flash(_("Kortet er gemt."), "success")
        return redirect(url_for(".set_up"), 303)
    return render_template("projects/town_map.html", form=form, map=town_map()), 422 if form.errors else 200


@town.post("/arbejde/opsaetning/kort/fjern")
@allows(Act.EDIT_MUNICIPALITY)
def take_away() -> ResponseReturnValue:
    """Take the municipality's outline away."""
    erase_town_map(current_actor(), now=clock.arrival())
    flash(_("Kortet er fjernet."), "success")
    return redirect(url_for(".set_up"), 303)


@town.get("/kommunekort.svg")
@allows(Act.READ_PUBLIC)
def town_picture() -> ResponseReturnValue:
    """The municipality's outline as a picture, for everybody."""
    return drawn_picture(town_map())
