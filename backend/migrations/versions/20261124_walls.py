"""walls between workspaces

The walls themselves are brought up to date after every upgrade, by ``migrations/walls.py``: the
rules are the same for the tables of today and those to come. This step is the line below which
the code knows nothing of them.
"""

from collections.abc import Sequence

from alembic import op

from migrations import walls

revision: str = "walls"
down_revision: str | None = "pauses"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing: see above."""


def downgrade() -> None:
    walls.take_down(op.get_bind())
