"""login tries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = 'login_tries'
down_revision: str | None = 'walls'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('login_tries',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('waits', sa.Integer(), nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_tries'))
    )
    op.create_index(op.f('ix_login_tries_since'), 'login_tries', ['since'], unique=False)
    # Keys are found by how they begin, and their secrets compared in constant time.
    op.create_unique_constraint(op.f('uq_api_keys_prefix'), 'api_keys', ['prefix'])


def downgrade() -> None:
    op.drop_constraint(op.f('uq_api_keys_prefix'), 'api_keys', type_='unique')
    op.drop_index(op.f('ix_login_tries_since'), table_name='login_tries')
    op.drop_table('login_tries')
