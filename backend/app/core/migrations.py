"""Which migration this code expects the database to be at."""

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def knows(revision: str) -> bool:
    """Whether this version has that migration; a newer one's it has not."""
    try:
        return ScriptDirectory(str(_MIGRATIONS)).get_revision(revision) is not None
    except CommandError:
        return False


def upgrade() -> None:
    """Bring the database to the newest migration."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    command.upgrade(config, "head")


@lru_cache(maxsize=1)
def head() -> str | None:
    """The newest migration's id."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
