"""What is private can be covered: masks beside the words, and files that are looked at before they are shown.

Revision: 0004, after 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _pointing(name: str, table: str, to: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}"))


def _added() -> tuple[tuple[str, sa.Column[Any]], ...]:
    return (
        ("attachment", sa.Column("held_back", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("attachment", _pointing("cleared_by_id", "attachment", "person")),
        ("attachment", sa.Column("about", sa.JSON(), nullable=False, server_default="{}")),
        ("attachment", _pointing("public_file_id", "attachment", "file")),
        ("attachment", sa.Column("published_at", UtcDateTime())),
        ("contribution", sa.Column("cleared_reason", sa.String(length=40))),
        ("contribution", sa.Column("is_masked", sa.Boolean(), nullable=False, server_default=sa.false())),
    )


def upgrade() -> None:
    op.create_table(
        "mask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("left", sa.Double(), nullable=True),
        sa.Column("top", sa.Double(), nullable=True),
        sa.Column("right", sa.Double(), nullable=True),
        sa.Column("bottom", sa.Double(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(attachment_id IS NULL) OR (page > 0)", name=op.f("ck_mask_area_has_page")),
        sa.CheckConstraint(
            "(text_id IS NOT NULL AND attachment_id IS NULL AND field IS NULL)"
            " OR (text_id IS NULL AND attachment_id IS NOT NULL AND field IS NULL)"
            " OR (text_id IS NULL AND attachment_id IS NULL AND field IS NOT NULL)",
            name=op.f("ck_mask_covers_one_thing"),
        ),
        sa.CheckConstraint(
            '(text_id IS NULL) OR (0 <= "start" AND "start" < "end")', name=op.f("ck_mask_start_before_end")
        ),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_mask_attachment_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_mask_contribution_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_mask_lifted_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_mask_made_by_id")),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_mask_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask")),
    )
    op.create_index("ix_mask_contribution_id", "mask", ["contribution_id"])
    op.create_index("ix_mask_text_id", "mask", ["text_id"])

    # Columns are added and dropped one by one: rebuilding a table that others point at would break their rows.
    for name, column in _added():
        op.add_column(name, column, inline_references=True)


def downgrade() -> None:
    for name, column in reversed(_added()):
        op.drop_column(name, column.name)
    op.drop_table("mask")
