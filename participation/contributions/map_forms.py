"""Where on the map: a citizen sets a point, a line or an area, or chooses a place from a list. Nothing is dragged.

Without JavaScript the map is a button: the browser sends where it was pressed, and the form comes back with the mark
drawn and every word kept. With it, `static/map.js` does the same at once.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, RadioField, SelectField, ValidationError

from participation.foundation import maps
from participation.foundation.forms import listed
from participation.projects.model import Project, Sheet

#: The map stands on the form in two widths, in pixels; the browser shows the one there is room for.
WIDTHS = {"small": 240, "large": 480}
KINDS = (("Point", _l("Et punkt")), ("LineString", _l("En linje")), ("Polygon", _l("Et område")))
#: Buttons that work on the map alone.
UNDO, CLEAR = "undo", "clear"


def set_on_map(geometry: maps.Geometry | None, place: str, drawn: Sheet | None) -> dict[str, str]:
    """What the fields hold of a place that was set before: its name on the list, or its corners; else nothing."""
    if geometry is None or drawn is None:
        return {}
    if (named := drawn.named.get(place)) is not None and maps.thinned(named) == geometry:
        return {"area": place}
    kind, spots = geometry["type"], list(maps.corners(geometry))
    if kind == "Polygon" and len(geometry["coordinates"]) == 1:
        spots = spots[:-1]
    elif kind not in ("Point", "LineString"):
        return {}
    return {"shape": kind, "corners": maps.written(spots)}


class MapFields(Form):
    """The fields of the map; they stand on the form of a project that has one."""

    shape = RadioField(_l("Hvad vil du vise?"), choices=listed(KINDS), default="Point", validate_choice=False)
    corners = HiddenField()
    area = SelectField(_l("Eller vælg et sted på listen"), choices=[], validate_choice=False)
    map: Sheet | None = None
    #: The map was pressed with a key, which says nothing about where.
    nowhere = False
    widths = WIDTHS

    def lay(self, drawn: Sheet | None) -> None:
        """Lay the project's map on the form."""
        self.map = drawn
        names = drawn.names if drawn is not None else []
        self.area.choices = listed([("", _("Intet valgt")), *((name, name) for name in names)])

    @property
    def says_where(self) -> bool:
        """Whether something was set or chosen, or was to be."""
        return bool(self.corners.data or self.area.data or self.nowhere)

    def works_on_map(self, project: Project, sent: Mapping[str, str]) -> bool:
        """Do what a button of the map asks for; whether there was one, so that the form is shown again, not sent."""
        is_pressed = any(f"{name}.x" in sent for name in WIDTHS)
        if is_pressed or self.says_where:  # else nobody reads the map on the way in
            self.lay(project.map)
        if CLEAR in sent:
            self.corners.data = self.area.data = ""
        elif UNDO in sent:
            self.corners.data = " ".join((self.corners.data or "").split()[:-1])
        elif (spot := self._pressed(sent)) is not None:
            before = (self.corners.data or "").split() if self.shape.data in ("LineString", "Polygon") else []
            self.corners.data, self.area.data = " ".join([*before, maps.written([spot])]), ""
        else:
            self.nowhere = is_pressed
            return is_pressed
        return True

    def _pressed(self, sent: Mapping[str, str]) -> maps.Spot | None:
        """Where the map was pressed; by a key it is nowhere, which a browser sends as its top left corner."""
        for name, wide in WIDTHS.items():
            x, y = sent.get(f"{name}.x", ""), sent.get(f"{name}.y", "")
            if self.map is not None and x.isdecimal() and y.isdecimal() and (x, y) != ("0", "0"):
                frame = self.map.frame
                return frame.at(min(int(x), 9999) / wide, min(int(y), 9999) / self.height(name))
        return None

    def height(self, name: str) -> int:
        """How high the map stands on the form, in pixels."""
        assert self.map is not None
        return round(WIDTHS[name] * self.map.frame.high / maps.WIDE)

    @property
    def geometry(self) -> maps.Geometry | None:
        """The place as GeoJSON; what is chosen from the list goes before what was set. None where it cannot be read."""
        if self.area.data and self.map is not None and (found := self.map.named.get(self.area.data)):
            return maps.thinned(found)
        try:
            corners = maps.read_corners(self.corners.data or "")
        except maps.Unreadable:
            return None
        return maps.place(self.shape.data or "Point", corners)

    def validate_corners(self, field: HiddenField) -> None:
        """Corners that lie in Denmark, and not too many."""
        if field.data and not self.area.data:
            try:
                maps.read_corners(field.data)
            except maps.Unreadable as no:
                raise ValidationError(_(no.words)) from no

    def validate_area(self, field: SelectField) -> None:
        """A place that stands on the list."""
        if field.data and (self.map is None or field.data not in self.map.named):
            raise ValidationError(_("Stedet står ikke på listen mere. Vælg et andet, eller skriv det med ord."))

    def told_place(self, words: str) -> dict[str, Any]:
        """What is kept of the place; one that was chosen by name has its name, where nothing else was written."""
        if (geometry := self.geometry) is None:
            return {"place": words}
        longitude, latitude = maps.middle(geometry)
        return {
            "place": words or self.area.data or "",
            "geometry": geometry,
            "latitude": latitude,
            "longitude": longitude,
        }
