"""Backups of the database, and going back to one without sending anything twice."""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.core import migrations
from app.core.config import settings
from app.core.db import reading
from app.domain.errors import ConflictError
from app.integrations import pg_tools
from app.integrations.pg_tools import ToolError, Tools
from app.repositories import dispatch_guard, server
from app.services.dispatch.guard import WHY

# Without these the migrations raise the walls between workspaces anew, with roles of this server.
_UNWALLED = """
DROP FUNCTION IF EXISTS
  public.become(text, uuid), public.wall_role(text), public.current_workspace() CASCADE;
"""
# In the transaction of the restore: nobody ever sees the old data without the hold. Log-ins that
# ended since must not live again, and signs of life are of another time.
_HOLD = """
UPDATE public.dispatch_guard
   SET held_for = 'restored', held_at = clock_timestamp(), held_detail = '{detail}',
       superseded = superseded || CAST('{{{epochs}}}' AS uuid[]);
DELETE FROM public.sessions;
DELETE FROM public.heartbeats;
"""
_REVISION = re.compile(r"^(\w+)\n\\\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file that can be restored: the migration it is at."""

    path: Path
    revision: str


def write(target: Path) -> int:
    """Back the database up; returns the file's bytes. Raises ConflictError with the reason."""
    try:
        _tools().dump(target)
    except (ToolError, OSError) as error:
        raise ConflictError(str(error)) from None
    return target.stat().st_size


def read(source: Path) -> Backup:
    """Look into a backup. Raises ConflictError when it isn't one of this or an older version."""
    try:
        tools = _tools()
        tools.contents(source)
        found = _REVISION.search(tools.table(source, "alembic_version"))
    except ToolError as error:
        raise ConflictError(f"{source} is not a backup: {error}") from None
    if found is None:
        raise ConflictError(f"{source} is not a backup of the scheduler.")
    if not migrations.knows(found[1]):
        raise ConflictError(
            f"The backup is of a newer version (migration {found[1]}): upgrade first."
        )
    return Backup(source, found[1])


def restore(backup: Backup) -> None:
    """Replace everything in the database by the backup; sending is held afterwards.

    All or nothing: raises ConflictError with the reason and has changed nothing then. Migrations
    newer than the backup are made up for.
    """
    detail = f"{WHY['restored']}: {backup.path.name}".replace("'", "''")
    hold = _HOLD.format(detail=detail, epochs=",".join(map(str, _epochs())))
    try:
        _tools().replace(backup.path, after=_UNWALLED + hold)
    except (ToolError, OSError) as error:
        raise ConflictError(str(error)) from None
    try:
        migrations.upgrade()
    except RuntimeError as error:
        # Such as a login that may not make this server's roles; its words say what to do.
        raise ConflictError(f"Restored and held, but not ready to be used: {error}") from None


def _epochs() -> list[UUID]:
    try:
        with reading() as session:
            now = dispatch_guard.read(session)
    except SQLAlchemyError:
        # A new database, to which the backup comes as its first content.
        return []
    return [epoch for epoch in (now.epoch, *now.superseded) if epoch] if now else []


def _tools() -> Tools:
    with reading(None) as session:
        return pg_tools.find(settings().database_url, server.major(session), server.owner(session))
