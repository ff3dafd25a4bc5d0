"""Full-text search over contributions, points and answers, kept in step by the database's own notes.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: What changes the words, the covers or the sender of a contribution: table, on what, whose it is.
NOTED = (
    ("text", "INSERT", "NEW.contribution_id"),
    ("point", "INSERT", "NEW.contribution_id"),
    ("point", "UPDATE", "NEW.contribution_id"),
    ("mask", "INSERT", "NEW.contribution_id"),
    ("mask", "UPDATE", "NEW.contribution_id"),
    ("mask", "DELETE", "OLD.contribution_id"),
    ("contact", "UPDATE", "NEW.contribution_id"),
    ("contact", "DELETE", "OLD.contribution_id"),
    ("attachment", "UPDATE", "NEW.contribution_id"),
)
#: Of a contribution itself only what the search reads; a count or a date is none of it.
OWN = ("organisation", "cleared_reason", "is_masked")
#: The expressions that PostgreSQL keeps an index over; the search asks for them in the same words.
LEXEMES = {
    "words": "array_to_tsvector(string_to_array(trim(search_entry.words), ' '))",
    "all": "array_to_tsvector(string_to_array(trim(search_entry.words || ' ' || search_entry.sender), ' '))",
}
FTS = """CREATE VIRTUAL TABLE search_words USING fts5(
    scope, words, sender, content='search_entry', content_rowid='id', detail='column', prefix='3',
    tokenize='unicode61 remove_diacritics 0'
)"""


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=30), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_search_entry_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_contribution_id", "search_entry", ["contribution_id"])
    op.create_table(
        "search_stale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_stale")),
    )
    op.create_index("ix_search_stale_contribution_id", "search_stale", ["contribution_id"])
    op.create_index("ix_search_stale_answer_id", "search_stale", ["answer_id"])
    for statement in _kept_in_step(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute("INSERT INTO search_stale (contribution_id) SELECT id FROM contribution ORDER BY id")
    op.execute("INSERT INTO search_stale (answer_id) SELECT id FROM answer ORDER BY id")


def downgrade() -> None:
    for statement in _let_go(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("search_stale")
    op.drop_table("search_entry")


def _kept_in_step(dialect: str) -> list[str]:
    notes = [(table, verb, f"(contribution_id) VALUES ({whose})") for table, verb, whose in NOTED]
    notes += [("answer", verb, "(answer_id) VALUES (NEW.id)") for verb in ("INSERT", "UPDATE")]
    notes.append(("answer", "DELETE", "(answer_id) VALUES (OLD.id)"))
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in OWN)
    own = "(contribution_id) VALUES (NEW.id)"
    if dialect == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in OWN)
        return [
            FTS,
            "CREATE TRIGGER search_entry_in AFTER INSERT ON search_entry BEGIN "
            "INSERT INTO search_words (rowid, scope, words, sender) "
            "VALUES (NEW.id, NEW.scope, NEW.words, NEW.sender); END",
            "CREATE TRIGGER search_entry_out AFTER DELETE ON search_entry BEGIN "
            "INSERT INTO search_words (search_words, rowid, scope, words, sender) "
            "VALUES ('delete', OLD.id, OLD.scope, OLD.words, OLD.sender); END",
            *(
                f"CREATE TRIGGER {_name(table, verb)} AFTER {verb} ON {table} BEGIN INSERT INTO search_stale {what}; END"
                for table, verb, what in notes
            ),
            f"CREATE TRIGGER {_name('contribution', 'UPDATE')} AFTER UPDATE ON contribution WHEN {changed} "
            f"BEGIN INSERT INTO search_stale {own}; END",
        ]
    made = []
    for table, verb, what in [*notes, ("contribution", "UPDATE", own)]:
        back, when = ("OLD" if verb == "DELETE" else "NEW"), f"WHEN ({changed})" if table == "contribution" else ""
        name = _name(table, verb)
        made += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO search_stale {what}; RETURN {back}; END $$",
            f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()",
        ]
    lexemes = [f"CREATE INDEX search_words_{name} ON search_entry USING gin ({one})" for name, one in LEXEMES.items()]
    return [*lexemes, *made]


def _let_go(dialect: str) -> list[str]:
    tables = [
        *NOTED,
        *(("answer", verb, "") for verb in ("INSERT", "UPDATE", "DELETE")),
        ("contribution", "UPDATE", ""),
    ]
    names = [(_name(table, verb), table) for table, verb, _whose in tables]
    if dialect == "sqlite":
        return [*(f"DROP TRIGGER {name}" for name, _table in names), "DROP TABLE search_words"]
    return [f"DROP {thing}" for name, table in names for thing in (f"TRIGGER {name} ON {table}", f"FUNCTION {name}()")]


def _name(table: str, verb: str) -> str:
    return f"{table}_noted_on_{verb.lower()}"
