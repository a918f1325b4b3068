"""hold an occurrence when too many of its first messages fail"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import online

revision: str = "breaker"
down_revision: str | None = "pace"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("breaker", postgresql.JSONB(none_as_null=True), nullable=True)
    )
    op.add_column("occurrences", sa.Column("trusted_at", sa.DateTime(timezone=True), nullable=True))
    online.create_index(
        "ix_consent_events_opt_outs",
        "consent_events",
        ["workspace_id", "at"],
        postgresql_where=sa.text("value = 'opted_out'"),
    )


def downgrade() -> None:
    online.drop_index("ix_consent_events_opt_outs", "consent_events")
    op.drop_column("occurrences", "trusted_at")
    op.drop_column("workspaces", "breaker")
