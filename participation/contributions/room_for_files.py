"""More room in the body of a request where files may come along; every other request keeps the house's limit."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])

#: Bytes. Far more than is taken in, so that who sends too large a film reads about it on a page that keeps the words;
#: of each file no more is kept on the way in than a file may have (`files.Coming`).
ROOM = 1024 * 1024 * 1024


def takes_files(view: View) -> View:
    """Mark a view as a door that files come through."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def room_for_files(endpoint: str | None, values: object) -> None:
    """Make the room before anything reads the body."""
    if getattr(current_app.view_functions.get(endpoint or ""), "takes_files", False):
        request.max_content_length = ROOM
