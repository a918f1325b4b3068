"""how many people a portfolio reaches in 24 hours"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "daily_limits"
down_revision: str | None = "retention"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("senders", sa.Column("business_id", sa.String(), nullable=True))
    for table in ("schedules", "lanes"):
        op.add_column(
            table,
            sa.Column("daily_limit", sa.String(), server_default="spread", nullable=False),
        )
    op.create_table(
        "portfolios",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_portfolios_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_portfolios")),
    )
    op.create_table(
        "people_reached",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "portfolio"],
            ["portfolios.workspace_id", "portfolios.key"],
            name=op.f("fk_people_reached_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "portfolio", "recipient_id", name=op.f("pk_people_reached")
        ),
    )
    op.create_index(
        "ix_people_reached_counted_at",
        "people_reached",
        ["workspace_id", "portfolio", "counted_at"],
    )
    op.create_table(
        "daily_waits",
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "sender_id"],
            ["senders.workspace_id", "senders.id"],
            name=op.f("fk_daily_waits_workspace_id_sender_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_daily_waits")),
    )


def downgrade() -> None:
    op.drop_table("daily_waits")
    op.drop_table("people_reached")
    op.drop_table("portfolios")
    for table in ("lanes", "schedules"):
        op.drop_column(table, "daily_limit")
    op.drop_column("senders", "business_id")
