"""Whether the database answers and is up to date."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session


def migrated_to(session: Session) -> str | None:
    """The migration the database is at; raises when it doesn't answer."""
    if session.scalar(select(func.to_regclass("alembic_version"))) is None:
        return None
    version = session.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)
