"""Sheets of contributions that staff export from other places: open, guess the columns, read row by row (RP-06)."""

from participation.foundation.documents import Unreadable

from .book import MOST_ROWS, Cell, Sheet, named, read_sheet, text_of
from .columns import NAMES, guess_mapping
from .rows import LONGEST, Row, danish_moment, read_rows

#: The fields that a column can be read as.
FIELDS = tuple(NAMES)

__all__ = [
    "FIELDS", "LONGEST", "MOST_ROWS", "Cell", "Row", "Sheet", "Unreadable",
    "danish_moment", "guess_mapping", "named", "read_rows", "read_sheet", "text_of",
]  # fmt: skip
