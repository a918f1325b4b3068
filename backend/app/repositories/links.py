"""Links: a part holds a lock over a connection of its own, and the end of both is the part's end.

The kernel closes a killed process's connections, and PostgreSQL lets go of what they held. The
lock belongs to the session, so renewing the transaction around it leaves no gap; the transaction
keeps a pooler from giving the session to others, and has it closed when the part is gone. It is
never older than the time between two renewals, and sees nothing that vacuum would have to keep.
"""

from collections.abc import Iterable
from zlib import crc32

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.orm import Session

# The first of the lock's two numbers; the second says which part. Shared: parts may be many.
_LINKS = 1818848875
# Both are stored as unsigned, and given as signed.
_HOLD = "BEGIN; SELECT pg_advisory_lock_shared(%(links)s, %(part)s)"
_RENEW = "COMMIT; BEGIN; SELECT 1"
_HELD = text(
    "SELECT DISTINCT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
    " AND classid = :links AND objid IN :parts AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(bindparam("parts", expanding=True))


def hold(connection: Connection, part: str) -> None:
    """Link ``part`` to the life of ``connection``, which is in autocommit and nobody else's."""
    number = crc32(part.encode())
    signed = number - 2**32 if number >= 2**31 else number
    connection.exec_driver_sql(_HOLD, {"links": _LINKS, "part": signed})


def renew(connection: Connection) -> None:
    """Begin a new transaction; raises when the connection has ended, and with it the link."""
    connection.exec_driver_sql(_RENEW)


def held(session: Session, parts: Iterable[str]) -> set[str]:
    """Those of ``parts`` that at least one process is linked as."""
    numbers = {crc32(part.encode()): part for part in parts}
    found = session.scalars(_HELD, {"links": _LINKS, "parts": list(numbers)})
    return {numbers[number] for number in found}
