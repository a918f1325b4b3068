"""The link by which readiness sees at once that a part has ended, however it was ended.

A heartbeat says that a part was well lately; that it has ended would show only when the next one
is overdue. The link is a connection to the database that lives exactly as long as the part.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.core import db
from app.repositories import links

logger = logging.getLogger(__name__)

RENEW_EVERY_S = 1.0


class Link:
    """The link of this process as ``part``, such as ``worker:dispatch``."""

    def __init__(self, part: str, connect: Callable[[], Connection] = db.own_connection) -> None:
        """Links nothing yet: ``keep`` does, when it is called every ``RENEW_EVERY_S``."""
        self._part, self._connect = part, connect
        self._connection: Connection | None = None
        os.register_at_fork(after_in_child=self._leave_to_parent)

    def keep(self) -> None:
        """Renew the link, or make it anew; a database that is away is tried again next time."""
        try:
            if self._connection is None:
                self._make()
            else:
                links.renew(self._connection)
        except SQLAlchemyError as failure:
            logger.warning("%s is not linked: %s", self._part, type(failure).__name__)
            self.end()

    def end(self) -> None:
        """Let go of it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()

    def _make(self) -> None:
        connection = self._connect()
        self._connection = connection
        links.hold(connection, self._part)

    def _leave_to_parent(self) -> None:
        if self._connection is None:
            return
        # A pool process that outlives its killed parent for a moment must not keep the link. The
        # number stays taken, lest what is left of the connection write to another's socket.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, self._connection.connection.fileno())
        os.close(nowhere)
