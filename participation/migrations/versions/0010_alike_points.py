"""Points that ask for the same, and why they are advised differently where they are.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparison",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("seen_point_id", sa.Integer(), nullable=False),
        sa.Column("compared_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_comparison_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_comparison")),
    )
    op.create_table(
        "alike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_alike_note_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_alike_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alike")),
    )
    op.create_index("ix_alike_project_id", "alike", ["project_id"])
    op.create_table(
        "alike_point",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("alike_id", sa.Integer(), nullable=False),
        sa.Column("explained_as", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["alike_id"], ["alike.id"], name=op.f("fk_alike_point_alike_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_alike_point_point_id")),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_alike_point")),
    )
    op.create_index("ix_alike_point_alike_id", "alike_point", ["alike_id"])


def downgrade() -> None:
    op.drop_table("alike_point")
    op.drop_table("alike")
    op.drop_table("comparison")
