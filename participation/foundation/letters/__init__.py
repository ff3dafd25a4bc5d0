"""Letters: owed in the act's own transaction, written and delivered by the worker, never twice once confirmed.

The words lie in ``templates/letters/<kind>.txt``: a first line ``Subject: …``, then the body. A code or a one-time link
is never stored: a fact names who provides it, and the copy that is kept has a mark in its place.
"""

from participation.foundation.letters.composing import (
    Composed,
    Secret,
    appointment,
    exact_copy,
    for_others,
    preview,
    provider,
    read_in_full,
)
from participation.foundation.letters.delivering import file_away, mark_printed, send_again
from participation.foundation.letters.looking import Backlog, backlog, failed, letters_of, waiting_for_print
from participation.foundation.letters.owing import Owed, owe, owe_many

__all__ = [
    "Backlog",
    "Composed",
    "Owed",
    "Secret",
    "appointment",
    "backlog",
    "exact_copy",
    "failed",
    "file_away",
    "for_others",
    "letters_of",
    "mark_printed",
    "owe",
    "owe_many",
    "preview",
    "provider",
    "read_in_full",
    "send_again",
    "waiting_for_print",
]
