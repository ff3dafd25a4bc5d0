"""The map of a project, that places are shown on.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_map",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("edges", sa.JSON(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_map_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_map")),
    )


def downgrade() -> None:
    op.drop_table("project_map")
