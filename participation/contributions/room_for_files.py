"""More room in the body of a request where files may come along; every other request keeps the house's limit."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from participation.contributions.attach import MOST_FILES
from participation.foundation.files import MOST_BYTES

View = TypeVar("View", bound=Callable[..., Any])

#: Bytes: the files and four megabytes of words.
ROOM = MOST_FILES * MOST_BYTES + 4 * 1024 * 1024


def takes_files(view: View) -> View:
    """Mark a view as a door that files come through."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def room_for_files(endpoint: str | None, values: object) -> None:
    """Make the room before anything reads the body."""
    if getattr(current_app.view_functions.get(endpoint or ""), "takes_files", False):
        request.max_content_length = ROOM
