"""The municipality's outline.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "town_map",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edges", sa.JSON(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_map")),
    )


def downgrade() -> None:
    op.drop_table("town_map")
