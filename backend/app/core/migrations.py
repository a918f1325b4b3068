"""Which migration this code expects the database to be at."""

from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@lru_cache(maxsize=1)
def head() -> str | None:
    """The newest migration's id."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
