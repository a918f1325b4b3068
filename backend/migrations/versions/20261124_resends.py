"""resending what stays in doubt, by the schedule's own rule"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "resends"
down_revision: str | None = "stops"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("resend_after_s", sa.Integer(), nullable=True))
    op.create_table(
        "callback_minutes",
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", "minute", name="pk_callback_minutes"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "sender_id"],
            ["senders.workspace_id", "senders.id"],
            name="fk_callback_minutes_workspace_id_sender_id",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("callback_minutes")
    op.drop_column("schedules", "resend_after_s")
