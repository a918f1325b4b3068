"""deleting the deliveries of what ended long ago"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import online

revision: str = "retention"
down_revision: str | None = "resends"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# One definition for all readers: what is cancelled counts so at once, and what was deleted by
# its age still counts, together with what callbacks changed while it was being deleted.
_SHOWN = """
CREATE OR REPLACE VIEW shown_counts WITH (security_invoker = true) AS
SELECT occurrence_id, status, sum(n)::bigint AS n FROM (
  SELECT c.occurrence_id,
         CASE WHEN c.status = 'scheduled' AND l.state = 'cancelled'
              THEN 'cancelled' ELSE c.status END AS status,
         c.n
    FROM delivery_counts c
    LEFT JOIN lanes l ON l.occurrence_id = c.occurrence_id
  UNION ALL
  SELECT o.id, kept.key, kept.value::int
    FROM occurrences o CROSS JOIN LATERAL jsonb_each_text(o.kept_counts) AS kept
   WHERE o.kept_counts IS NOT NULL) counted
 GROUP BY 1, 2
HAVING sum(n) <> 0
"""
_BEFORE = """
CREATE OR REPLACE VIEW shown_counts WITH (security_invoker = true) AS
SELECT c.occurrence_id,
       CASE WHEN c.status = 'scheduled' AND l.state = 'cancelled'
            THEN 'cancelled' ELSE c.status END AS status,
       sum(c.n)::bigint AS n
  FROM delivery_counts c
  LEFT JOIN lanes l ON l.occurrence_id = c.occurrence_id
 GROUP BY 1, 2
HAVING sum(c.n) <> 0
"""


def upgrade() -> None:
    op.add_column(
        "workspaces",
        sa.Column("retention_days", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.add_column(
        "occurrences",
        sa.Column("kept_counts", postgresql.JSONB(none_as_null=True), nullable=True),
    )
    op.add_column(
        "occurrences", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(_SHOWN)
    online.create_index(
        "ix_deliveries_direct",
        "deliveries",
        ["workspace_id", "id"],
        postgresql_where=sa.text("schedule_id IS NULL"),
    )


def downgrade() -> None:
    online.drop_index("ix_deliveries_direct", "deliveries")
    op.execute(_BEFORE)
    op.drop_column("occurrences", "forgotten_at")
    op.drop_column("occurrences", "kept_counts")
    op.drop_column("workspaces", "retention_days")
