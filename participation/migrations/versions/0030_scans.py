"""What the virus scanner has looked at, and what it found.

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("threat", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_scan")),
    )


def downgrade() -> None:
    op.drop_table("scan")
