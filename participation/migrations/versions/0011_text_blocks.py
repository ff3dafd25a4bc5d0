"""Text blocks, points that are near each other, and the unit behind a professional assessment.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: A version kept only what the log has a digest of; now it keeps all that an answer says.
_KEPT = (
    ("alternative", sa.Text()),
    ("professional_reason", sa.Text()),
    ("assessed_by", sa.String(length=160)),
    ("passed_on_to", sa.String(length=160)),
)


def upgrade() -> None:
    op.add_column("answer", sa.Column("assessed_by", sa.String(length=160), nullable=False, server_default=""))
    for name, kind in _KEPT:
        op.add_column("answer_version", sa.Column(name, kind, nullable=False, server_default=""))
    op.create_table(
        "near_point",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("near_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["near_id"], ["point.id"], name=op.f("fk_near_point_near_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_near_point_point_id")),
        sa.PrimaryKeyConstraint("point_id", "near_id", name=op.f("pk_near_point")),
    )
    op.create_index("ix_near_point_near_id", "near_point", ["near_id"])
    op.create_table(
        "text_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_text_block_department_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_text_block_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_block")),
    )
    op.create_index("ix_text_block_department_id", "text_block", ["department_id"])


def downgrade() -> None:
    op.drop_table("text_block")
    op.drop_table("near_point")
    for name, _kind in reversed(_KEPT):
        op.drop_column("answer_version", name)
    op.drop_column("answer", "assessed_by")
