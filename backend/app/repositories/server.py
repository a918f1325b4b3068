"""What the database server says of itself."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.walls import KINDS


def major(session: Session) -> int:
    """The server's major version, such as 18."""
    return int(session.execute(text("SHOW server_version_num")).scalar_one()) // 10000


def owner(session: Session) -> str | None:
    """The role that owns the tables; None before the walls between workspaces stand."""
    if session.scalar(select(func.to_regproc("wall_role"))) is None:
        return None
    return str(session.scalar(text("SELECT wall_role('migrate')")))


# A policy bears the name of the kind of role that it lets in.
_LACKING = text("""
    WITH walls AS (
      SELECT kind, wall_role(kind) AS name, r.oid AS role
        FROM unnest(CAST(:kinds AS text[])) AS kind
        LEFT JOIN pg_roles r ON r.rolname = wall_role(kind)
    )
    SELECT format('the role %I is missing', name) AS what FROM walls WHERE role IS NULL
    UNION ALL
    SELECT format('the login %I may not become the role %I', session_user, name)
      FROM walls WHERE NOT pg_has_role(session_user, role, 'SET')
    UNION ALL
    SELECT format('the role %I may not use the schema public', name)
      FROM walls WHERE NOT has_schema_privilege(role, 'public', 'USAGE')
    UNION ALL
    SELECT format('the role %I is granted nothing on %s', name,
                  string_agg(CAST(CAST(p.polrelid AS regclass) AS text), ', '
                             ORDER BY p.polrelid::regclass::text))
      FROM walls JOIN pg_policy p ON p.polname = walls.kind
     WHERE NOT has_any_column_privilege(role, p.polrelid, 'SELECT, INSERT')
     GROUP BY name
""")


def lacks(session: Session) -> list[str]:
    """Roles and grants of the walls that are missing; asked as the login itself.

    Nothing before the first migration, which makes them.
    """
    if owner(session) is None:
        return []
    return list(session.scalars(_LACKING, {"kinds": list(KINDS)}))


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
