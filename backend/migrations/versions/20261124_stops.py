"""until when something stops, and what is known of people who can't be reached"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "stops"
down_revision: str | None = "audit_log"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("senders", sa.Column("paused_until", TIME, nullable=True))
    op.add_column("stop_orders", sa.Column("until", TIME, nullable=True))
    for at in ("marketing_paused_until", "undeliverable_at"):
        op.add_column("recipients", sa.Column(at, TIME, nullable=True))
    for n in ("marketing_pauses", "undeliverable_count"):
        op.add_column(
            "recipients", sa.Column(n, sa.Integer(), nullable=False, server_default="0")
        )
    op.create_table(
        "barred_countries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("waba_id", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "waba_id", "country", name="pk_barred_countries"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name="fk_barred_countries_workspace_id",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("barred_countries")
    for n in ("undeliverable_count", "marketing_pauses"):
        op.drop_column("recipients", n)
    for at in ("undeliverable_at", "marketing_paused_until"):
        op.drop_column("recipients", at)
    op.drop_column("stop_orders", "until")
    op.drop_column("senders", "paused_until")
