"""the pace outlives the drain, and numbers of one account wait together"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "pace"
down_revision: str | None = "daily_limits"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "sender_drains", sa.Column("share", sa.Float(), server_default="1", nullable=False)
    )
    op.add_column(
        "sender_drains", sa.Column("braked_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("sender_drains", "braked_until")
    op.drop_column("sender_drains", "share")
