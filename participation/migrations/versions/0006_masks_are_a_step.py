"""A mask is a step on the ladder, so that its sender can ask us to look at it again; what was covered before as well.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    step = sa.Column("step_id", sa.Integer(), sa.ForeignKey("moderation.id", name="fk_mask_step_id"))
    op.add_column("mask", step, inline_references=True)
    op.create_index("ix_mask_step_id", "mask", ["step_id"])

    # One act covered for one reason at one moment; a CPR number is no step.
    op.execute(
        "INSERT INTO moderation (contribution_id, project_id, rung, reason, words, at, by_id, appeal, answer) "
        "SELECT mask.contribution_id, contribution.project_id, 'mask', mask.reason, max(mask.words), mask.made_at, "
        "mask.made_by_id, '', '' FROM mask JOIN contribution ON contribution.id = mask.contribution_id "
        "WHERE mask.reason <> 'cpr' AND mask.lifted_at IS NULL "
        "GROUP BY mask.contribution_id, contribution.project_id, mask.reason, mask.made_at, mask.made_by_id"
    )
    op.execute(
        "UPDATE mask SET step_id = (SELECT max(moderation.id) FROM moderation WHERE moderation.rung = 'mask' "
        "AND moderation.contribution_id = mask.contribution_id AND moderation.reason = mask.reason "
        "AND moderation.at = mask.made_at) WHERE lifted_at IS NULL AND reason <> 'cpr'"
    )


def downgrade() -> None:
    op.drop_index("ix_mask_step_id", table_name="mask")
    op.drop_column("mask", "step_id")
    op.execute("DELETE FROM moderation WHERE rung = 'mask'")
