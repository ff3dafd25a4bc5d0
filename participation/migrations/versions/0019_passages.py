"""Paragraphs of the material, and the points that are near them.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_passage_material_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    op.create_index("ix_passage_material_id", "passage", ["material_id"])
    op.create_table(
        "point_passage",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("shared", sa.JSON(), nullable=False),
        sa.Column("pointed_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passage.id"], name=op.f("fk_point_passage_passage_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_point_passage_point_id")),
        sa.PrimaryKeyConstraint("point_id", "passage_id", name=op.f("pk_point_passage")),
    )
    op.create_index("ix_point_passage_passage_id", "point_passage", ["passage_id"])
    op.create_table(
        "material_reading",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("seen_material_id", sa.Integer(), nullable=False),
        sa.Column("seen_point_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_material_reading_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_material_reading")),
    )


def downgrade() -> None:
    op.drop_table("material_reading")
    op.drop_table("point_passage")
    op.drop_table("passage")
