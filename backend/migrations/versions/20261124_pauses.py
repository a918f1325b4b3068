"""what paused came from, and who paused it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = 'pauses'
down_revision: str | None = 'dispatch_guard'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = (("schedules", "paused_from"), ("occurrences", "paused_from"), ("occurrences", "paused_by"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.String(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
