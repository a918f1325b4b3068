"""Waiting for a condition with a deadline."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Return as soon as ``condition()`` holds; fail after ``timeout_s`` seconds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "The condition didn't come true in time"
        time.sleep(0.01)
