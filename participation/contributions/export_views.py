"""The staff's doors to everything of a case at once: a sheet for Excel, and JSON that keeps every word as it was."""

from collections.abc import Iterator

from flask import Blueprint, Response, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import desk_queries as queries
from participation.contributions.export import COLUMNS, contribution_rows, place_features
from participation.contributions.point_out import place_of
from participation.foundation import clock, exports, log
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.words import danish

blueprint = Blueprint("export", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke")


@blueprint.get("/alle.json")
@allows(Act.READ_CASE)
def as_json(slug: str) -> ResponseReturnValue:
    """Every contribution with its words exactly as they stand, and the fingerprint of every file.

    It holds the originals behind what is covered, so only those who may read them get it, and that is in the log.
    """
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    policy.require(current_actor(), Act.READ_ORIGINAL, project, clock.arrival())
    log.record_apart(Act.READ_ORIGINAL, current_actor(), project, at=clock.arrival(), project_id=project.id)
    rows = exports.json_rows(COLUMNS, contribution_rows(project.id), net=False)
    return _download(rows, "application/json", f"{slug}.json")


@blueprint.get("/alle.csv")
@allows(Act.READ_CASE)
def as_csv(slug: str) -> ResponseReturnValue:
    """The same as a sheet that opens in Excel, in which no cell can act as a formula."""
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    found = contribution_rows(project.id, covered=True)
    header = (_("Nr."), _("Slags"), _("Modtaget"), _("Frist"), _("Kom ind ved"), _("Skrevet som"), _("For eller imod"),
              _("Forening"), _("Behandling"), _("Skrevet for en anden"), _("Har bisidder"), _("Ordene"), _("Behov"),
              _("Ønske"), _("Alternativ"), _("Kan bidrage med"), _("Afsnit"), _("Filer"))  # fmt: skip
    yes_no = {True: _("ja"), False: _("nej")}
    rows = (
        (number, _(danish(kind)), at, _(danish(arrival)), _(danish(channel)), _(danish(capacity)),
         _(danish(stance)), body, _(danish(handling)), yes_no[proxy], yes_no[companion], *said,
         "; ".join(place_of(one["words"], one["number"], one["material"]) for one in about),
         ", ".join(file["name"] for file in files))
        for number, kind, at, arrival, channel, capacity, stance, body, handling, proxy, companion, *said, about, files
        in found
    )  # fmt: skip
    return _download(exports.csv_rows(header, rows), "text/csv", f"{slug}.csv")


@blueprint.get("/alle.geojson")
@allows(Act.READ_CASE)
def as_geojson(slug: str) -> ResponseReturnValue:
    """Every place on the map that is not covered, for the municipality's own map tool."""
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return _download(exports.geojson(place_features(project.id)), "application/geo+json", f"{slug}.geojson")


def _download(pieces: Iterator[str], media_type: str, name: str) -> Response:
    response = Response(stream_with_context(pieces), mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
