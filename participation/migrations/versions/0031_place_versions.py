"""Where a contribution pointed before it was corrected.

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime
from participation.foundation.log import append_only_ddl

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "place_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("material_place", sa.String(length=160), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("geometry", sa.JSON(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_place_version_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_version")),
        sa.UniqueConstraint("contribution_id", "version", name=op.f("uq_place_version_contribution_id")),
    )
    for statement in append_only_ddl("place_version", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("place_version")
