"""What was handed over to the case system.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("owed_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["white_paper.id"], name=op.f("fk_case_package_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_package")),
        sa.UniqueConstraint("paper_id", name=op.f("uq_case_package_paper_id")),
    )


def downgrade() -> None:
    op.drop_table("case_package")
