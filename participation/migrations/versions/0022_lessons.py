"""What a case taught.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("asked_early", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("mattered", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_lesson_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_lesson")),
    )


def downgrade() -> None:
    op.drop_table("lesson")
