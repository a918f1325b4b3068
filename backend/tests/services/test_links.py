"""A part's link ends when the part does, and only then."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import heartbeats
from app.services.links import Link
from tests.support import waiting

PART = "worker:tested"
BACKEND = Path(__file__).parents[2]
# Its child outlives it, as the pool of a killed worker does for a moment.
PARENT = f"""
import os, time
from app.services.links import Link
link = Link("{PART}")
link.keep()
if os.fork():
    print("linked", flush=True)
time.sleep(60)
"""


@pytest.fixture
def link(session: Session) -> Iterator[Link]:
    link = Link(PART)
    link.keep()
    yield link
    link.end()


def is_linked(session: Session) -> bool:
    return heartbeats.linked(session, [PART, "beat"]) == {PART}


def transactions(session: Session) -> list[tuple[int, datetime]]:
    """Process and begin of those that hold a link."""
    session.execute(text("SELECT pg_stat_clear_snapshot()"))
    rows = session.execute(
        text(
            "SELECT pid, xact_start FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE locktype = 'advisory' AND objsubid = 2"
        )
    )
    return [(pid, began) for pid, began in rows]


def test_one_lost_of_two_is_no_loss(session: Session, link: Link) -> None:
    other = Link(PART)
    other.keep()
    assert len(transactions(session)) == 2
    other.end()
    waiting.until(lambda: len(transactions(session)) == 1)
    assert is_linked(session)
    link.end()
    waiting.until(lambda: not is_linked(session))


def test_a_killed_process_is_missed_at_once(session: Session, stack: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=BACKEND, stdout=subprocess.PIPE, process_group=0
    )
    assert parent.stdout is not None
    try:
        assert parent.stdout.readline() == b"linked\n"
        assert is_linked(session)
        parent.send_signal(signal.SIGKILL)
        waiting.until(lambda: not is_linked(session), timeout_s=2)
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()


def test_renewing_leaves_no_gap_and_no_old_transaction(session: Session, link: Link) -> None:
    [(process, began)] = transactions(session)
    link.keep()
    [(same, begun_again)] = transactions(session)
    assert same == process
    assert begun_again > began


def test_a_connection_that_was_ended_is_made_anew(session: Session, link: Link) -> None:
    [(process, _)] = transactions(session)
    session.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    assert not is_linked(session)
    link.keep()
    link.keep()
    assert is_linked(session)
