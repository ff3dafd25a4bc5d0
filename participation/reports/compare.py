"""What changed from one version of a white paper to the next, told by number."""

from participation.reports.paper import Entry, Paper, Reply

#: What changed, as ``wording.since`` tells it, and the numbers it concerns.
Since = tuple[tuple[str, tuple[int, ...]], ...]


def compare(before: Paper, after: Paper, *, was_withdrawn: bool = False) -> Since:
    """What is new in ``after``; both with their entries and in the same rendition.

    Args:
        was_withdrawn: the version before was withdrawn, since something private was found in it.
    """
    old = {entry.number: entry for entry in before.entries}
    new = {entry.number: entry for entry in after.entries}
    both = sorted(old.keys() & new.keys())
    found = {
        "new": [number for number in sorted(new) if number not in old],
        "withdrawn": [number for number in both if not _gone(old[number]) and _gone(new[number])],
        "hidden": [number for number in both if _is_hidden(new[number]) and not _is_hidden(old[number])],
        "shown": [number for number in both if _is_hidden(old[number]) and not _is_hidden(new[number])],
        "recommendation": [number for number in both if _advice(old[number]) != _advice(new[number])],
        "reply": [
            number
            for number in both
            if _advice(old[number]) == _advice(new[number]) and _remarks(old[number]) != _remarks(new[number])
        ],
    }
    told = [(what, tuple(numbers)) for what, numbers in found.items() if numbers]
    plain = {
        "withdrawn_version": was_withdrawn,
        "changes": before.changes != after.changes,
        "overall": before.overall != after.overall,
        "form": before.form != after.form,
        "facts": (before.facts, before.invited, before.meetings) != (after.facts, after.invited, after.meetings),
    }
    return (*told, *((what, ()) for what, is_so in plain.items() if is_so))


def _gone(entry: Entry) -> bool:
    return entry.section == "withdrawn"


def _is_hidden(entry: Entry) -> bool:
    return entry.hidden_reason is not None


def _replies(entry: Entry) -> list[Reply | None]:
    return [row.reply for row in entry.rows]


def _advice(entry: Entry) -> list[object]:
    return [reply and reply.recommendation for reply in _replies(entry)]


def _remarks(entry: Entry) -> list[object]:
    return [reply and (reply.words, reply.reason, reply.alternative) for reply in _replies(entry)]
