"""What pages sum up over a case, kept for each state of it.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sum",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", name=op.f("pk_sum")),
    )
    op.drop_index("ix_placement_theme_id", "placement")
    op.create_index("ix_placement_theme_sureness", "placement", ["theme_id", "sureness"])


def downgrade() -> None:
    op.drop_index("ix_placement_theme_sureness", "placement")
    op.create_index("ix_placement_theme_id", "placement", ["theme_id"])
    op.drop_table("sum")
