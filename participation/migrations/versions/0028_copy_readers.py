"""A written authority, and those who take part besides the sender.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("is_accompanied", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "copy_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=11), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("authority_file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["authority_file_id"], ["file.id"], name=op.f("fk_copy_reader_authority_file_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_copy_reader_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_reader")),
    )
    op.create_index(op.f("ix_copy_reader_contact_id"), "copy_reader", ["contact_id"])


def downgrade() -> None:
    op.drop_table("copy_reader")
    op.drop_column("contact", "is_accompanied")
