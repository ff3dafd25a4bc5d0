"""Who looks at which points, acts on many that can be undone, and filters that planners keep.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_batch_project_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_batch_person_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_batch_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_batch_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index("ix_batch_project_id", "batch", ["project_id"])
    op.create_table(
        "batch_point",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("before_person_id", sa.Integer(), nullable=True),
        sa.Column("before_due_on", sa.Date(), nullable=True),
        sa.Column("before_batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_point_batch_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_batch_point_point_id")),
        sa.ForeignKeyConstraint(["before_person_id"], ["person.id"], name=op.f("fk_batch_point_before_person_id")),
        sa.ForeignKeyConstraint(["before_batch_id"], ["batch.id"], name=op.f("fk_batch_point_before_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "point_id", name=op.f("pk_batch_point")),
    )
    op.create_table(
        "assignment",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_assignment_point_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_assignment_project_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_assignment_batch_id")),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_project_id", "assignment", ["project_id"])
    op.create_index("ix_assignment_batch_id", "assignment", ["batch_id"])
    op.create_index("ix_assignment_person", "assignment", ["person_id", "due_on", "point_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_saved_filter_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "project_id", "name", name=op.f("uq_saved_filter_person_id")),
    )
    op.create_index("ix_saved_filter_project_id", "saved_filter", ["project_id"])


def downgrade() -> None:
    for table in ("saved_filter", "assignment", "batch_point", "batch"):
        op.drop_table(table)
