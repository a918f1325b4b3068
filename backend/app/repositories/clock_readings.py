"""What workers' hosts say about clocks."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class HostClock:
    """Seconds the database's and WhatsApp's clocks are ahead of a host; None: not heard."""

    who: str
    database_ahead_s: float
    provider_ahead_s: float | None


_NOTE = text("""
    INSERT INTO clock_readings (who, database_ahead_s, provider_ahead_s)
    VALUES (:who, :database_ahead_s, :provider_ahead_s)
    ON CONFLICT (who) DO UPDATE
       SET database_ahead_s = excluded.database_ahead_s,
           provider_ahead_s = excluded.provider_ahead_s, at = clock_timestamp()
""")
# Hosts that are gone would stay for ever: each run of `make run` has other names in containers.
_FORGET = text("DELETE FROM clock_readings WHERE at < clock_timestamp() - interval '1 day'")
# By the absolute distance: a clock that was set back makes old readings look new.
_RECENT = text("""
    SELECT who, database_ahead_s, provider_ahead_s FROM clock_readings
     WHERE abs(extract(epoch FROM clock_timestamp() - at)) < :within_s ORDER BY who
""")


def note(session: Session, reading: HostClock) -> None:
    """Write down a host's reading in place of its last."""
    values = {
        "who": reading.who,
        "database_ahead_s": reading.database_ahead_s,
        "provider_ahead_s": reading.provider_ahead_s,
    }
    session.execute(_NOTE, values)


def forget_old(session: Session) -> None:
    """Delete readings of hosts not heard of for a day."""
    session.execute(_FORGET)


def recent(session: Session, within_s: float) -> list[HostClock]:
    """Readings at most ``within_s`` old."""
    return [HostClock(*row) for row in session.execute(_RECENT, {"within_s": within_s})]
