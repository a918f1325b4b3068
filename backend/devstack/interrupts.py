"""Signals to the supervisor: end cleanly at the first, at once at the second."""

import contextlib
import select
import signal
import socket
from collections.abc import Callable
from types import FrameType


class Interrupts:
    """Counts requests to end, and lets the main thread pause until something happens.

    A wake-up socket rather than an event: a handler that sets an event may deadlock with the
    very wait it interrupts.
    """

    def __init__(self, at_second: Callable[[], None]) -> None:
        """Takes over INT, TERM, HUP and CHLD; ``at_second`` runs at every request but the first."""
        self.asked = False
        self._at_second = at_second
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        # Ignored when started by nohup, and should stay so.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._ask)

    def pause(self, seconds: float) -> None:
        """Return when a signal came (also: a child ended) or after ``seconds``."""
        if select.select([self._receiver], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                self._receiver.recv(4096)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            self._at_second()
        self.asked = True
