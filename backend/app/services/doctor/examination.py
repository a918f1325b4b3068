"""The examination: everything, in the order in which one thing needs another."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.db import reading
from app.repositories import senders
from app.services.doctor import database, surroundings, whatsapp
from app.services.doctor.findings import Finding, fail

# Without these nothing else can be asked.
_NEEDED = frozenset({"migrations", "roles"})


def examine() -> Iterator[Finding]:
    """Look at everything; what isn't there is a finding, never an exception."""
    yield from surroundings.of_settings()
    yield from surroundings.of_time_zones()
    yield from surroundings.of_disk()
    yield from surroundings.of_redis()
    try:
        # As the login itself: what is missing behind the walls is to be found, not tripped over.
        with reading(None) as session:
            found = list(_of_server(session))
        yield from found
        if any(one.level == "fail" and one.name in _NEEDED for one in found):
            return
        with reading() as session:
            yield from _of_engine(session)
    except SQLAlchemyError as failure:
        says = f"does not answer ({type(failure).__name__})"
        yield fail("database", says, "Start it, or mend DATABASE_URL.")


def _of_server(session: Session) -> Iterator[Finding]:
    yield from database.of_durability(session)
    yield database.of_schema(session)
    yield from database.of_roles(session)


def _of_engine(session: Session) -> Iterator[Finding]:
    yield database.of_clock(session)
    yield database.of_dispatch(session)
    yield from database.of_parts(session)
    yield whatsapp.of_callbacks(session)
    yield from whatsapp.of_unknown_messages(session)
    connected = senders.everybodys(session)
    # Meta is asked with no transaction open.
    session.rollback()
    for sender in connected:
        yield whatsapp.of_sender(sender)
    yield from whatsapp.of_clock()
