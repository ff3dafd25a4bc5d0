"""Times for a talk, and who comes.

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("talks_until", UtcDateTime(), nullable=True))
    op.create_table(
        "talk_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_talk_slot_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_slot")),
    )
    op.create_index(op.f("ix_talk_slot_project_id"), "talk_slot", ["project_id"])
    op.create_index(op.f("ix_talk_slot_starts_at"), "talk_slot", ["starts_at"])
    op.create_table(
        "talk_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("holds_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("companion", sa.String(length=160), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["slot_id"], ["talk_slot.id"], name=op.f("fk_talk_booking_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_booking")),
        sa.UniqueConstraint("holds_id", name=op.f("uq_talk_booking_holds_id")),
    )
    op.create_index(op.f("ix_talk_booking_slot_id"), "talk_booking", ["slot_id"])


def downgrade() -> None:
    op.drop_table("talk_booking")
    op.drop_table("talk_slot")
    op.drop_column("project", "talks_until")
