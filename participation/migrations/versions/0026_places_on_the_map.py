"""Where on the map a contribution points.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contribution", sa.Column("geometry", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("contribution", "geometry")
