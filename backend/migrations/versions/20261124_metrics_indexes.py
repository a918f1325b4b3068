"""indexes that metrics count by"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "metrics_indexes"
down_revision: str | None = "recipient_search"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_webhook_inbox_quarantined",
        "webhook_inbox",
        ["id"],
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_index(
        "ix_delivery_counts_unconfirmed",
        "delivery_counts",
        ["occurrence_id"],
        postgresql_where=sa.text("status = 'unconfirmed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_counts_unconfirmed", table_name="delivery_counts")
    op.drop_index("ix_webhook_inbox_quarantined", table_name="webhook_inbox")
