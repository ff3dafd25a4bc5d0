"""The rule table is dated data, and a round keeps the rule it was announced under.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime
from participation.foundation.log import append_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_rule_change_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
    )
    op.create_index("ix_rule_change_rule_from", "rule_change", ["rule", "from_day"])
    for statement in append_only_ddl("rule_change", op.get_bind().dialect.name):
        op.execute(statement)
    op.add_column("round", sa.Column("rule", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("step", sa.Column("complaint_rule", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("step", "complaint_rule")
    op.drop_column("round", "rule")
    op.drop_index("ix_rule_change_rule_from", table_name="rule_change")
    op.drop_table("rule_change")
