"""An answer that says nothing is taken back and hides no other; many points are answered in one act, and undone.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TAKE_BACK = """
UPDATE answer SET state = 'withdrawn'
WHERE recommendation IS NULL AND trim(words) = '' AND trim(reason) = '' AND trim(alternative) = ''
AND trim(professional_reason) = '' AND trim(passed_on_to) = ''
"""


def upgrade() -> None:
    op.add_column("batch_point", sa.Column("before_version", sa.Integer(), nullable=True))
    op.add_column("batch_point", sa.Column("stays", sa.Boolean(), nullable=True))
    op.execute(_TAKE_BACK)


def downgrade() -> None:
    op.execute("UPDATE answer SET state = 'draft' WHERE state = 'withdrawn'")
    op.drop_column("batch_point", "stays")
    op.drop_column("batch_point", "before_version")
