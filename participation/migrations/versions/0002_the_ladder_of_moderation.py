"""The ladder of moderation: its steps with their appeals, flags, disputed senders, and what was hidden before.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("appealed_at", UtcDateTime(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("(rung = 'block') = (until IS NOT NULL)", name=op.f("ck_moderation_block_has_end")),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name=op.f("ck_moderation_answer_has_result")),
        sa.CheckConstraint(
            "answered_at IS NULL OR appealed_at IS NOT NULL", name=op.f("ck_moderation_answer_has_appeal")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_moderation_answered_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_moderation_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_moderation_confirmed_by_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_moderation_contribution_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_moderation_ended_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_moderation_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_project_id"), ["project_id"], unique=False)

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("verified_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_contact_verified_by_id"), "person", ["verified_by_id"], ["id"])

    # Not rebuilt: others point at it.
    op.add_column("contribution", sa.Column("signs", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("contribution", sa.Column("disputed_at", UtcDateTime(), nullable=True))
    op.add_column("contribution", sa.Column("edit_asked_at", UtcDateTime(), nullable=True))

    # When it was hidden stands in the log alone; the step is dated by the arrival, and nobody waits for a second yes.
    op.execute(
        "INSERT INTO moderation (contribution_id, project_id, rung, reason, words, at, confirmed_at, appeal, answer) "
        "SELECT id, project_id, 'hide', hidden_reason, hidden_words, received_at, received_at, '', '' "
        "FROM contribution WHERE handling = 'hidden'"
    )


def downgrade() -> None:
    op.drop_column("contribution", "edit_asked_at")
    op.drop_column("contribution", "disputed_at")
    op.drop_column("contribution", "signs")

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_contact_verified_by_id"), type_="foreignkey")
        batch_op.drop_column("verified_by_id")
        batch_op.drop_column("verified_at")

    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_project_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_contribution_id"))

    op.drop_table("moderation")
