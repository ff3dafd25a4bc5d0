"""An address for every door of the house: where the practice municipality has one, else with what would fit there."""

import re
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from participation.foundation.db import SettledFlask
from participation.rules.kinds import Role
from tests.walk import WALKERS, Walk, _Links

#: The case of the practice municipality that has come to its end.
TOLD = "boernepolitik"
#: What stands in an address where nobody has a better example.
FITS = {"slug": "ny-skolevej-ved-engparken", "token": "x" * 22, "format_": "pdf", "filename": "favicon.svg"}


#: Who walks, and how many pages of one kind they look at.
MEETS = {Role.VISITOR: 4, Role.PLANNER: 4, Role.CLERK: 1, Role.ADMINISTRATOR: 1}
#: Where else than at the front page somebody begins.
START = dict.fromkeys(WALKERS, (f"/arbejde/projekter/{TOLD}", f"/projekter/{TOLD}"))


def examples(app: SettledFlask) -> dict[str, dict[Role, str]]:
    """Endpoint → role → an address that stands in a link of a page which the role sees; downloads too.

    Nearly all pages are the visitor's or the planner's, so they see more cases than the others; who is not on the
    list is led by the others' addresses.
    """
    found: dict[str, dict[Role, str]] = {}
    for role, each in MEETS.items():
        walk = Walk(app, role, each=each).go(*START.get(role, ()))
        for stop in walk.stops:
            for path in [stop.path, *walk._links(stop.path, _Links(stop.html).found)]:
                if endpoint := _endpoint(app, path):
                    found.setdefault(endpoint, {}).setdefault(role, path)
    return found


def filled(rule: Rule) -> str:
    """The rule's address with something in every place."""
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda name: FITS.get(name[1], "1"), rule.rule)


def _endpoint(app: SettledFlask, path: str) -> str | None:
    try:
        return app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0]
    except HTTPException:
        return None
