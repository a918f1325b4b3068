"""Settle what came back and claim what leaves next, in one transaction."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core import tally
from app.core.db import transaction
from app.repositories import settlements, stop_orders
from app.repositories.settlements import Settlement
from app.repositories.stop_orders import Order

logger = logging.getLogger(__name__)

T = TypeVar("T")
_TRIES = 3
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


@dataclass(slots=True)
class Returned:
    """Results that wait for the next settle."""

    settlements: list[Settlement] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.settlements or self.orders)

    def take(self) -> "Returned":
        """Hand over all and start anew."""
        taken = Returned(self.settlements, self.orders)
        self.settlements, self.orders = [], []
        return taken

    def put_back(self, other: "Returned") -> None:
        """The settle failed: these come first next time."""
        self.settlements[:0] = other.settlements
        self.orders[:0] = other.orders


def settle(session: Session, returned: Returned) -> list[tuple[UUID, UUID, str]]:
    """Settle in the caller's transaction; what must stop is written down with it."""
    changed = settlements.settle(session, returned.settlements) if returned.settlements else []
    stop_orders.write(session, returned.orders)
    for outcome, n in Counter(s.outcome for s in returned.settlements if s.outcome).items():
        tally.add_after(session, "attempts", outcome, n)
    return changed


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run ``work`` in a transaction, the whole again after a deadlock, at most three times."""
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction() as session:
                return work(session)
        except OperationalError as error:
            code = getattr(error.orig, "pgcode", None)
            if code not in (_SERIALIZATION_FAILURE, _DEADLOCK) or attempt == _TRIES:
                raise
            tally.add("retries", "settle")
            logger.warning("deadlock or serialisation failure, try %s of %s", attempt, _TRIES)
    raise AssertionError("unreachable")
