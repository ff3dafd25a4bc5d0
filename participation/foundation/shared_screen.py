"""A screen that many share, at a library or a counter: the browser itself remembers that it is one (SK-12)."""

from flask import request

#: Kept in the browser of the screen, apart from the session, which goes with each person.
COOKIE = "faelles_skaerm"


def is_shared_screen() -> bool:
    """Whether this request comes from a screen that many share."""
    return request.cookies.get(COOKIE) == "1"
