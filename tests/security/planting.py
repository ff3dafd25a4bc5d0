"""Payloads in every column that holds words, in a copy of the practice municipality: as if all doors had let them in.

Which columns hold words is read from the models. One that is neither planted nor on the list `NO_WORDS` fails the test.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from participation.foundation.db import Base, db

#: Columns that hold no words of anybody, and why. A word of it is a table, or a table and a column.
NO_WORDS = {
    "keys, hashes and marks of our own": """
        budget ended_session seal pulse file.sha256 file.media_type letter.kind letter.dedupe letter.subject_key
        letter.channel letter.language letter.salt letter.digest person.password_hash person.language setting.key
        project.slug rule_change.rule approval.token_hash approval.digest follow.language
        call_back.language talk_booking.language account.language account_link.token_hash account_link.language
        saved_draft.seed saved_draft.token_hash saved_draft.purpose saved_draft.address
        saved_draft.language workspace.seed workspace.cvr workspace_member.seed workspace_member.token_hash
        workspace_member.language import_batch.sha256
        import_batch.state invitation.token_hash run contribution.key contribution.words_hash contribution.language
        contribution.code_hash contribution.token_hash theme.key document dropped_file.batch dropped_file.sha256
        feedback.channel support contact.salt contact.cvr round.legal_basis step.complaint clock_alarm""",
    "ids, numbers and plain facts: the log and the worker": "log job theme_edit.operation scan",
    "typed values that a form gives as numbers, dates or choices": """
        rule_change.facts round.rule step.complaint_rule contribution.signs contribution.geometry
        place_version.geometry
        project_map.edges town_map notice.was notice.became
        import_batch.mapping campaign.evidence campaign.own theme_edit.before theme_edit.after white_paper.since
        town_map.edges placement staged_placement point_passage""",
    "what was sent, composed from the other columns; tried by composing it again": "letter.snapshot",
}
#: Where an address stands, so a payload stands alone.
ADDRESSES = re.compile(r"(^|_)url$|was_address")
#: Settings that only whoever installs can set.
INSTALLED = {"stylesheet_url", "logo_url", "was_checked_on", "practice"}
MARK = re.compile(r"q(\d{5})q")


@dataclass
class Planted:
    """What was planted where.

    Attributes:
        texts: what stands behind each mark. column: in which column, as ``table.column``.
    """

    payloads: list[str]
    texts: dict[int, str] = field(default_factory=dict)
    column: dict[int, str] = field(default_factory=dict)

    def text(self, column: str, old: str = "") -> str:
        """The next payload behind a mark of its own; what stood there follows, for the offsets into it."""
        at = len(self.texts)
        self.texts[at], self.column[at] = self.payloads[at % len(self.payloads)], column
        if column == "file.name":  # cleaned on its way in, by files.shown_name
            self.texts[at] = " ".join(self.texts[at].split())
        if ADDRESSES.search(column):
            return f"javascript:marker='{at}'" if at % 2 else f"https://example.org/{self.marked(at)}"
        return self.marked(at) + (f"\n\n{old}" if column == "text.words" else "")

    def marked(self, at: int) -> str:
        """The payload behind its mark."""
        return f"q{at:05}q{self.texts[at]}"


def columns() -> tuple[list[sa.Column[Any]], list[str]]:
    """The columns that hold words; and those on the list that no model has any more."""
    listed = {word for words in NO_WORDS.values() for word in words.split()}
    kept, met = [], set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            holds = isinstance(column.type, sa.String | sa.JSON) and not isinstance(column.type, sa.Enum)
            named = {table.name, f"{table.name}.{column.name}"} & listed
            met |= named
            if holds and not named and not column.foreign_keys:
                kept.append(column)
    return kept, sorted(listed - met)


def plant(payloads: list[str]) -> Planted:
    """Put a payload into every cell of every column that holds words. An app context is open; SQLite only."""
    planted = Planted(payloads)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("BEGIN")
        for column in columns()[0]:
            _plant(connection, column, planted)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
        connection.exec_driver_sql("BEGIN")
    return planted


def _plant(connection: sa.Connection, column: sa.Column[Any], planted: Planted) -> None:
    table, name = column.table, f"{column.table.name}.{column.name}"
    keys = list(table.primary_key.columns)
    for row in connection.execute(sa.select(column, *keys)).all():
        old, *key = row
        if table.name == "setting" and key[0] in INSTALLED:
            continue
        new = _in_json(old, f"setting.{key[0]}" if table.name == "setting" else name, planted, table.name == "setting")
        if new != old:
            same = sa.and_(*(one == value for one, value in zip(keys, key, strict=True)))
            connection.execute(sa.update(table).where(same).values({column: new}))


def _in_json(old: Any, name: str, planted: Planted, everything: bool) -> Any:
    """A text becomes a planted one; within JSON, what is prose does: it has a blank in it."""
    if isinstance(old, str):
        return planted.text(name, old)
    if isinstance(old, dict):
        return {key: _inner(one, name, planted) for key, one in old.items()}
    if isinstance(old, list):
        return [_inner(one, name, planted) for one in old]
    return old


def _inner(old: Any, name: str, planted: Planted) -> Any:
    if isinstance(old, str):
        return planted.text(name) if " " in old and not old.startswith("participation.") else old
    return _in_json(old, name, planted, everything=False)


def marks_in(page: str) -> Iterator[int]:
    """The marks that stand on a page."""
    return (int(found[1]) for found in MARK.finditer(page))
