"""Whether the database keeps what it says it has kept."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# A server started with scheduler.throwaway=on says itself that its data may vanish: tests.
_SETTINGS = text("""
    SELECT current_setting('fsync') = 'off' AS without_fsync,
           current_setting('synchronous_commit') = 'off' AS without_waiting,
           coalesce(current_setting('scheduler.throwaway', true), '') = 'on' AS throwaway
""")


def lost_by_a_crash(session: Session) -> list[str]:
    """Settings (``fsync``, ``synchronous_commit``) by which a crash loses commits."""
    row = session.execute(_SETTINGS).one()
    if row.throwaway:
        return []
    named = {"fsync": row.without_fsync, "synchronous_commit": row.without_waiting}
    return [name for name, is_off in named.items() if is_off]
