"""What the database server says of itself."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session


def major(session: Session) -> int:
    """The server's major version, such as 18."""
    return int(session.execute(text("SHOW server_version_num")).scalar_one()) // 10000


def owner(session: Session) -> str | None:
    """The role that owns the tables; None before the walls between workspaces stand."""
    if session.scalar(select(func.to_regproc("wall_role"))) is None:
        return None
    return str(session.scalar(text("SELECT wall_role('migrate')")))


def megabytes(session: Session) -> int:
    """The size of the database on disk."""
    size = session.scalar(text("SELECT pg_database_size(current_database())"))
    return int(size or 0) // 1024**2


def connections(session: Session) -> tuple[dict[str, int], int]:
    """Our connections by state (``active``, ``idle``, …), and how many the server allows."""
    rows = session.execute(
        text("""
          SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
           WHERE application_name LIKE 'whatsapp-scheduler%' GROUP BY 1
        """)
    )
    allowed = int(session.execute(text("SHOW max_connections")).scalar_one())
    return {row[0]: row[1] for row in rows}, allowed
