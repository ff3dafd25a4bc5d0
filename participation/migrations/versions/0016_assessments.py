"""Professional assessments that somebody outside the case is asked for, by a link and until a day.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from participation.foundation.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("code_version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (words = '')", name=op.f("ck_assessment_answer_has_words")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_assessment_project_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_assessment_asked_by_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_assessment_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_assessment_token_hash")),
    )
    op.create_index("ix_assessment_project_id", "assessment", ["project_id"])
    op.create_index("ix_assessment_due_on", "assessment", ["due_on"])
    op.create_table(
        "assessment_point",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_point_assessment_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_assessment_point_point_id")),
        sa.PrimaryKeyConstraint("assessment_id", "point_id", name=op.f("pk_assessment_point")),
    )
    op.create_index("ix_assessment_point_point_id", "assessment_point", ["point_id"])


def downgrade() -> None:
    op.drop_table("assessment_point")
    op.drop_table("assessment")
