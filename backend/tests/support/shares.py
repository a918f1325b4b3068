"""Which tests go to one process together, and in which order: the longest first.

pytest-xdist 3.8 has marks for that, but writes them where pytest 9.2 no longer looks: with them
nothing is grouped, and each process starts a stack of its own.
"""

import os

import pytest

# What shares processes that take seconds to start, and what takes long by itself: all of it
# begins before anything else, lest everybody wait for the last of it in the end.
TOGETHER = (
    "tests/chaos/test_small_run.py",
    "tests/journeys/",
    "tests/trials/",
    "tests/dashboard/",
    "tests/devstack/test_run.py",
    "tests/services/test_million.py",
)


def turn(nodeid: str) -> int:
    """Sorts tests by who goes first."""
    return next((n for n, path in enumerate(TOGETHER) if nodeid.startswith(path)), len(TOGETHER))


def share_of(nodeid: str) -> str:
    """Tests of one share go to one process, one after the other."""
    return next(filter(nodeid.startswith, TOGETHER), nodeid)


def start_once(factory: pytest.TempPathFactory, what: str) -> None:
    """Fails when another process of this run has started it already."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        (factory.getbasetemp().parent / f"{what}.started").touch(exist_ok=False)
