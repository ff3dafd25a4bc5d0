"""One act on many marked contributions, and which of them it has come to.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(act = 'contribution:hide') = (reason IS NOT NULL)", name=op.f("ck_sweep_hiding_has_reason")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sweep_project_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_sweep_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_sweep_confirmed_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_sweep_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    op.create_index(op.f("ix_sweep_project_id"), "sweep", ["project_id"])
    op.create_table(
        "swept",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweep.id"], name=op.f("fk_swept_sweep_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_swept_contribution_id")),
        sa.ForeignKeyConstraint(["step_id"], ["moderation.id"], name=op.f("fk_swept_step_id")),
        sa.PrimaryKeyConstraint("sweep_id", "contribution_id", name=op.f("pk_swept")),
    )
    op.create_index(op.f("ix_swept_step_id"), "swept", ["step_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_swept_step_id"), table_name="swept")
    op.drop_table("swept")
    op.drop_index(op.f("ix_sweep_project_id"), table_name="sweep")
    op.drop_table("sweep")
