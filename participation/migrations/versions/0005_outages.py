"""The installation feels its pulse: outages, the rounds they concern, and alarms of the clock.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ticks", sa.Float(), nullable=False),
        sa.Column("boot", sa.String(length=40), nullable=False),
        sa.Column("drift", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pulse")),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("noticed", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR begins_at < ends_at", name=op.f("ck_outage_begins_before_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index(op.f("ix_outage_begins_at"), "outage", ["begins_at"])
    op.create_table(
        "clock_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("against", sa.String(length=20), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_alarm")),
    )
    op.create_table(
        "outage_round",
        sa.Column("outage_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_round_outage_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_outage_round_round_id")),
        sa.PrimaryKeyConstraint("outage_id", "round_id", name=op.f("pk_outage_round")),
    )


def downgrade() -> None:
    op.drop_table("outage_round")
    op.drop_table("clock_alarm")
    op.drop_index(op.f("ix_outage_begins_at"), table_name="outage")
    op.drop_table("outage")
    op.drop_table("pulse")
