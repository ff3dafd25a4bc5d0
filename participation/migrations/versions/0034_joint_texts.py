"""Texts that are developed together with citizens, version by version.

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime
from participation.foundation.log import append_only_ddl

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("final", sa.Integer(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (final IS NULL)", name=op.f("ck_joint_text_closed_has_final")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_joint_text_project_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_joint_text_round_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_joint_text_opened_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_joint_text_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_text")),
    )
    op.create_index(op.f("ix_joint_text_project_id"), "joint_text", ["project_id"])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("joint_text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["joint_text_id"], ["joint_text.id"], name=op.f("fk_revision_joint_text_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_revision_contribution_id")),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_revision_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_revision_contribution_id")),
        sa.UniqueConstraint("joint_text_id", "number", name=op.f("uq_revision_joint_text_id")),
    )
    dialect = op.get_bind().dialect.name
    for statement in append_only_ddl("revision", dialect):
        op.execute(statement)
    # The versions of a workspace are deleted with it, and never changed.
    op.execute(
        "CREATE TRIGGER workspace_version_no_update BEFORE UPDATE ON workspace_version "
        + (
            "BEGIN SELECT RAISE(ABORT, 'workspace_version only grows'); END"
            if dialect == "sqlite"
            else "FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
    )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON workspace_version"
    op.execute(f"DROP TRIGGER workspace_version_no_update{on}")
    op.drop_table("revision")
    op.drop_table("joint_text")
