"""Where the members of a body write together, and who approved what it sent.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not rebuilt: others point at it.
    op.add_column("contribution", sa.Column("approver_count", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "approver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_approver_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approver")),
    )
    op.create_index(op.f("ix_approver_contribution_id"), "approver", ["contribution_id"])
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=160), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(sent_at IS NULL) = (contribution_id IS NULL)", name=op.f("ck_workspace_sent_is_kept")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_workspace_contribution_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_workspace_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
        sa.UniqueConstraint("seed", name=op.f("uq_workspace_seed")),
    )
    op.create_index(op.f("ix_workspace_round_id"), "workspace", ["round_id"])
    op.create_table(
        "workspace_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_workspace_member_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_member")),
        sa.UniqueConstraint("seed", name=op.f("uq_workspace_member_seed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_workspace_member_token_hash")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("uq_workspace_member_workspace_id")),
    )
    op.create_table(
        "workspace_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_workspace_version_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_version")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_workspace_version_workspace_id")),
    )
    op.create_table(
        "workspace_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["workspace_version.id"], name=op.f("fk_workspace_opinion_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["workspace_member.id"], name=op.f("fk_workspace_opinion_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_opinion")),
        sa.UniqueConstraint("version_id", "member_id", name=op.f("uq_workspace_opinion_version_id")),
    )
    op.create_index(op.f("ix_workspace_opinion_member_id"), "workspace_opinion", ["member_id"])


def downgrade() -> None:
    for table in ("workspace_opinion", "workspace_version", "workspace_member", "workspace", "approver"):
        op.drop_table(table)
    op.drop_column("contribution", "approver_count")
