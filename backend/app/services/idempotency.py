"""Idempotency of POSTs: one effect and one answer for each key, for 24 hours."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.domain.errors import ConflictError, InvalidError
from app.repositories import idempotency_keys

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: HTTP status and JSON body."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Claim:
    """This request is the first with its key; ``keep`` stores what it answers."""

    session: Session
    workspace_id: UUID
    key: str

    def keep(self, answer: Answer) -> None:
        """Store the answer in the transaction of the effect."""
        idempotency_keys.keep(self.session, self.workspace_id, self.key, answer.status, answer.body)


def claim(session: Session, workspace_id: UUID, key: str, fingerprint: str) -> Claim | Answer:
    """Claim ``key``, or return the answer it had.

    Raises InvalidError ``idempotency_mismatch`` when the key was used for another request.
    """
    idempotency_keys.forget(session, workspace_id, key, clock.now() - KEPT)
    if idempotency_keys.claim(session, workspace_id, key, fingerprint):
        return Claim(session, workspace_id, key)
    stored = idempotency_keys.find(session, workspace_id, key)
    if stored is None or stored.status is None:
        raise ConflictError(
            "A request with this Idempotency-Key is still running.",
            code="idempotency_in_progress",
        )
    if stored.request_hash != fingerprint:
        raise InvalidError.of(
            "Idempotency-Key",
            "idempotency_mismatch",
            "This Idempotency-Key was used for another request.",
        )
    return Answer(stored.status, stored.body)


def forget_old(session: Session) -> None:
    """Delete keys past their 24 hours."""
    idempotency_keys.forget_before(session, clock.now() - KEPT)
