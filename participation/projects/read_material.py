"""What a piece of material says, in words: what was typed, or what a file holds."""

from participation.foundation import files
from participation.foundation.documents import Unreadable, read_document
from participation.foundation.files import Stored
from participation.projects.model import Material


def words_of(material: Material) -> str:
    """The words of a piece; empty for a picture, a link, and what cannot be read.

    A file is read by a child process that may take seconds, so nothing is asked for this on a page.
    """
    if material.file is None:
        return material.words
    try:
        with files.open_(material.file.sha256) as file:
            return read_document(material.file.name, file.read()).words
    except (Unreadable, FileNotFoundError):
        return ""


def barriers_in(stored: Stored) -> tuple[str, ...]:
    """What keeps some people from a file that was just laid out: advice for the planner, and never a gate."""
    try:
        with files.open_(stored.sha256) as file:
            return read_document(stored.name, file.read()).barriers
    except Unreadable:
        return ()
