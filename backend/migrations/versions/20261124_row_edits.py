"""edits on their way to rows"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "row_edits"
down_revision: str | None = "metrics_indexes"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What an edit has not reached yet is shown as it will be: see app/repositories/row_edits.py.
_SHOWN = """
CREATE OR REPLACE VIEW shown_deliveries AS
SELECT d.*,
       CASE WHEN d.status = 'scheduled' AND l.state = 'cancelled'
            THEN 'cancelled' ELSE d.status END AS shown_status,
       CASE WHEN d.status = 'scheduled' AND l.state = 'cancelled'
            THEN 'cancelled' ELSE d.reason END AS shown_reason{more}
  FROM deliveries d
  LEFT JOIN lanes l ON l.occurrence_id = d.occurrence_id AND l.sender_id = d.sender_id{joined}
"""
_MORE = """,
       CASE WHEN d.attempts = 0 THEN coalesce(e.due_at, d.due_at)
            ELSE d.due_at END AS shown_due_at,
       CASE WHEN e.occurrence_id IS NULL THEN d.reference
            ELSE e.reference END AS shown_reference,
       CASE WHEN e.occurrence_id IS NULL THEN d.metadata
            ELSE e.metadata END AS shown_metadata"""
_JOINED = """
  LEFT JOIN row_edits e ON e.occurrence_id = d.occurrence_id AND d.id > e.turned_to
   AND d.status = 'scheduled'"""


def upgrade() -> None:
    op.create_table(
        "row_edits",
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_after_s", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("turned_to", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "occurrence_id"],
            ["occurrences.workspace_id", "occurrences.id"],
            name=op.f("fk_row_edits_workspace_id_occurrence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_row_edits")),
    )
    op.execute(_SHOWN.format(more=_MORE, joined=_JOINED))


def downgrade() -> None:
    op.execute("DROP VIEW shown_deliveries")
    op.execute(_SHOWN.format(more="", joined=""))
    op.drop_table("row_edits")
