"""The database: is it there, up to date, durable, on time; may anything be sent?"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core import migrations
from app.domain import clock_guard
from app.repositories import dispatch_guard, durability, health, server
from app.services import boot, heartbeats
from app.services import health as readiness
from app.services.dispatch.guard import CONFIRM, guard
from app.services.doctor.findings import Finding, fail, ok, warn


def of_schema(session: Session) -> Finding:
    """Whether the tables are those this version needs."""
    version, head = health.migrated_to(session), migrations.head()
    if version == head:
        return ok("migrations", f"at {version}")
    return fail(
        "migrations", f"at {version}, this version needs {head}", "Run: alembic upgrade head"
    )


def of_roles(session: Session) -> Iterator[Finding]:
    """Whether the roles that keep workspaces apart are there, and what they need is theirs."""
    for lacking in server.lacks(session):
        yield fail("roles", lacking, "Run: alembic upgrade head. It says so when it may not.")


def of_durability(session: Session) -> Iterator[Finding]:
    """Whether it keeps what it says it keeps."""
    lost_by = durability.lost_by_a_crash(session)
    size = f"PostgreSQL {server.major(session)}, {server.megabytes(session)} MB"
    for setting in lost_by:
        yield fail("database", boot.not_durable(setting), "Then restart every part.")
    if not lost_by:
        yield ok("database", f"{size}, fsync and synchronous_commit on")


def of_clock(session: Session) -> Finding:
    """How far the database's clock and this host's are apart."""
    reading = guard().measure(session)
    if reading is None:
        return ok("clock", "nothing has been sent yet")
    ahead = reading.ahead_s
    apart = clock_guard.certainly(ahead, reading.doubt_s)
    says = f"the database is {ahead:+.2f} s from this host"
    if apart > clock_guard.STOP_S:
        return fail("clock", says + "; nothing is sent", "Set the clocks, run a time service.")
    if apart > clock_guard.WARN_S:
        return warn("clock", says, "Run a time service (NTP) on both.")
    return ok("clock", says)


def of_dispatch(session: Session) -> Finding:
    """Whether sending is held."""
    state = dispatch_guard.read(session)
    if state is None or state.held_for is None:
        return ok("dispatch", "sending is not held")
    return fail(
        "dispatch", f"held since {state.held_at:%Y-%m-%d %H:%M}Z: {state.held_detail}", CONFIRM
    )


def of_parts(session: Session) -> Iterator[Finding]:
    """Workers and beat."""
    ages = heartbeats.ages(session)
    linked = heartbeats.linked(session, readiness.MAX_AGE_S)
    for part in readiness.MAX_AGE_S:
        age = ages.get(part)
        state = readiness.state_of(part, age, linked)
        if age is None:
            yield fail(part, state, "Start it; see the Procfile.")
        elif state != readiness.WELL:
            yield fail(part, state, "See its log; start it again.")
        else:
            yield ok(part, f"heard of {age:.0f} s ago")
