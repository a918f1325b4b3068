"""dispatch guard"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "dispatch_guard"
down_revision: str | None = "invitations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "dispatch_guard",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("ticks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "superseded", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False
        ),
        sa.Column("home", sa.String(), nullable=True),
        sa.Column("high_water", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_for", sa.String(), nullable=True),
        sa.Column("held_detail", sa.String(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubt_before", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("is_only", name=op.f("ck_dispatch_guard_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_dispatch_guard")),
    )
    op.create_table(
        "clock_readings",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("database_ahead_s", sa.Float(), nullable=False),
        sa.Column("provider_ahead_s", sa.Float(), nullable=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_clock_readings")),
    )
    op.execute("INSERT INTO dispatch_guard DEFAULT VALUES")


def downgrade() -> None:
    op.drop_table("clock_readings")
    op.drop_table("dispatch_guard")
