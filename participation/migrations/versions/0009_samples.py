"""A sample of points that a person places without seeing where the machine has put them.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_sample_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sample_project_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_sample_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index("ix_sample_project_id", "sample", ["project_id"])
    op.create_table(
        "sample_point",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("machine_theme_id", sa.Integer(), nullable=False),
        sa.Column("chosen_theme_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["chosen_theme_id"], ["theme.id"], name=op.f("fk_sample_point_chosen_theme_id")),
        sa.ForeignKeyConstraint(["machine_theme_id"], ["theme.id"], name=op.f("fk_sample_point_machine_theme_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_sample_point_point_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_point_sample_id")),
        sa.PrimaryKeyConstraint("sample_id", "point_id", name=op.f("pk_sample_point")),
    )


def downgrade() -> None:
    op.drop_table("sample_point")
    op.drop_table("sample")
