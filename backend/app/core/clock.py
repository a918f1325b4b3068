"""Now, for people's input and display.

The engine itself asks PostgreSQL (``clock_timestamp()``): one clock decides what is due.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
