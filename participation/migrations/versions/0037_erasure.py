"""A sender may ask to have their name and address erased.

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("erasure_asked_at", UtcDateTime(), nullable=True))
    op.add_column("contact", sa.Column("erasure_refused_at", UtcDateTime(), nullable=True))
    op.add_column("contact", sa.Column("erasure_answer", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("erasure_answer", "erasure_refused_at", "erasure_asked_at"):
        op.drop_column("contact", name)
