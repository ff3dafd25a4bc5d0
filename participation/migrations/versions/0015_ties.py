"""Where people of the municipality live and are members, and whom they share something with.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tie_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
    )
    op.create_index("ix_tie_person_id", "tie", ["person_id"])
    op.create_table(
        "overlap",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("shared", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_overlap_contribution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_overlap_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_overlap_project_id")),
        sa.PrimaryKeyConstraint("person_id", "contribution_id", name=op.f("pk_overlap")),
    )
    op.create_index("ix_overlap_contribution_id", "overlap", ["contribution_id"])
    op.create_index("ix_overlap_person", "overlap", ["person_id", "project_id"])
    op.create_table(
        "overlap_seen",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_overlap_seen_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_overlap_seen")),
    )


def downgrade() -> None:
    op.drop_table("overlap_seen")
    op.drop_table("overlap")
    op.drop_table("tie")
