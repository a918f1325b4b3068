"""How the clocks of workers, database and WhatsApp stand to each other, for all to see."""

import logging
import math

from sqlalchemy.orm import Session

from app.domain import clock_guard
from app.integrations.whatsapp import provider_clock
from app.repositories import clock_readings as rows
from app.repositories.clock_readings import HostClock
from app.services.dispatch.guard import PROVIDER_DOUBT_S, guard

logger = logging.getLogger(__name__)

_RECENT_S = 60.0


def note(session: Session, who: str) -> None:
    """Measure and write down how the clocks stand on this host; warn when they differ."""
    reading = guard().measure(session)
    if reading is None:
        return
    heard = provider_clock.ahead_s()
    # What a stopped process or a slow answer may explain doesn't count.
    ahead = math.copysign(clock_guard.certainly(reading.ahead_s, reading.doubt_s), reading.ahead_s)
    rows.note(session, HostClock(who, ahead, heard))
    _warn("the database", reading.ahead_s, reading.doubt_s)
    _warn("WhatsApp", heard or 0.0, PROVIDER_DOUBT_S)


def recent(session: Session) -> list[HostClock]:
    """What workers' hosts said within the last minute."""
    return rows.recent(session, _RECENT_S)


def forget_old(session: Session) -> None:
    """Delete readings of hosts that are gone."""
    rows.forget_old(session)


def too_far(readings: list[HostClock]) -> list[str]:
    """Hosts that send nothing because of clocks, a phrase each."""
    found = []
    for host in readings:
        apart = {
            "the database's": clock_guard.certainly(host.database_ahead_s, 0.0),
            "WhatsApp's": clock_guard.certainly(host.provider_ahead_s or 0.0, PROVIDER_DOUBT_S),
        }
        found += [
            f"the clock of {host.who} and {whose} are {seconds:.0f} s apart"
            for whose, seconds in apart.items()
            if seconds > clock_guard.STOP_S
        ]
    return found


def _warn(whose: str, ahead_s: float, doubt_s: float) -> None:
    if clock_guard.certainly(ahead_s, doubt_s) > clock_guard.WARN_S:
        logger.warning("%s clock is %+.1f s from this host's", whose, ahead_s)
