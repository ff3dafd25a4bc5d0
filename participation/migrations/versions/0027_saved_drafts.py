"""What somebody has begun to write and not sent.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_saved_draft_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_draft")),
        sa.UniqueConstraint("seed", name=op.f("uq_saved_draft_seed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_saved_draft_token_hash")),
    )
    op.create_index(op.f("ix_saved_draft_round_id"), "saved_draft", ["round_id"])
    op.create_index(op.f("ix_saved_draft_expires_at"), "saved_draft", ["expires_at"])


def downgrade() -> None:
    op.drop_table("saved_draft")
