"""How far WhatsApp's clock is ahead of ours, by the Date header of its answers."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A header says whole seconds, the one that was running when it was written.
_HALF_A_SECOND = timedelta(seconds=0.5)
_LISTEN_EVERY_S = 5.0
_BELIEVED_FOR_S = 600.0

_heard: tuple[float, float] | None = None


def listen(date: str | None) -> None:
    """Take note of a ``Date`` header; most are ignored, for one every few seconds is enough."""
    global _heard
    if date is None or (_heard is not None and time.monotonic() - _heard[1] < _LISTEN_EVERY_S):
        return
    with suppress(ValueError, TypeError):
        said = parsedate_to_datetime(date)
        ahead = said + _HALF_A_SECOND - datetime.now(UTC)
        _heard = (ahead.total_seconds(), time.monotonic())


def ahead_s() -> float | None:
    """Seconds WhatsApp is ahead of this host, within a second; None when long not heard."""
    if _heard is None or time.monotonic() - _heard[1] > _BELIEVED_FOR_S:
        return None
    return _heard[0]


def forget() -> None:
    """Know nothing again."""
    global _heard
    _heard = None
