"""A bench for the protocol: one sender, one person, one direct send, taken step by step."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.models.recipients import Recipient
from app.models.senders import Sender
from app.repositories import claims, drains, marks, settlements
from app.repositories.claims import ClaimedRow
from app.repositories.drains import Lease
from app.repositories.marks import MarkRow
from app.repositories.settlements import Settlement
from app.services import direct, messages
from tests.factories import messages as message_factory
from tests.factories import recipients as recipient_factory
from tests.factories import senders as sender_factory
from tests.factories import workspaces


@dataclass
class Bench:
    """Steps of the protocol on real rows; each answers what the statement answered."""

    session: Session
    sender: Sender
    person: Recipient
    version_id: UUID
    message_id: UUID
    claim_id: UUID = field(default_factory=new_id)

    def send(self, due_at: datetime | None = None, **rules: int) -> Delivery:
        recipient = Ref(self.sender.workspace_id, self.person.id)
        wanted = direct.Direct(self.sender.id, recipient, self.version_id, "direct", due_at=due_at)
        return direct.create(self.session, replace(wanted, **rules))  # type: ignore[arg-type]

    def acquire(self, owner: str = "worker-1") -> Lease:
        lease = drains.acquire(self.session, self.sender.id, owner, 10)
        assert lease is not None
        return lease

    def claim(self, lease: Lease, delivery: Delivery) -> list[ClaimedRow]:
        self.claim_id = new_id()
        shares = [(delivery.occurrence_id, 10)]
        return claims.take(
            self.session, lease, self.claim_id, "worker-1", shares, ahead_s=1, lease_s=60
        )

    def mark(self, lease: Lease, delivery: Delivery, version: int = 1) -> tuple[str, UUID]:
        attempt_id = new_id()
        row = MarkRow(
            delivery.occurrence_id,
            delivery.id,
            self.person.id,
            attempt_id,
            self.claim_id,
            version,
            {"text": "Hi"},
        )
        verdicts = marks.mark(self.session, lease, "worker-1", [row])
        return verdicts[delivery.id], attempt_id

    def settle(self, delivery: Delivery, becomes: str, **what: object) -> str | None:
        settled = Settlement(delivery.occurrence_id, delivery.id, self.claim_id, becomes)
        changed = settlements.settle(
            self.session,
            [replace(settled, **what)],  # type: ignore[arg-type]
        )
        return changed[0][2] if changed else None

    def sending(self) -> tuple[Lease, Delivery, UUID]:
        """A delivery that was just marked."""
        lease, delivery = self.acquire(), self.send()
        self.claim(lease, delivery)
        verdict, attempt_id = self.mark(lease, delivery)
        assert verdict == "mark"
        return lease, delivery, attempt_id

    def status(self, delivery: Delivery) -> str:
        self.session.refresh(delivery)
        return delivery.status

    def counts(self, delivery: Delivery) -> dict[str, int]:
        rows = self.session.execute(
            text("SELECT status, n FROM shown_counts WHERE occurrence_id = :id"),
            {"id": delivery.occurrence_id},
        )
        return {row.status: row.n for row in rows}

    def attempts(self, delivery: Delivery) -> list[str | None]:
        rows = self.session.execute(
            text("SELECT outcome FROM attempts WHERE delivery_id = :id ORDER BY number"),
            {"id": delivery.id},
        )
        return [row.outcome for row in rows]


@pytest.fixture
def bench(session: Session) -> Bench:
    """Free-form text to one person, whose window nobody minds."""
    return make_bench(session)


def make_bench(session: Session, category: str = "utility") -> Bench:
    """A bench whose message is of ``category``."""
    workspace = workspaces.workspace(session)
    workspace.service_window = "ignore"
    session.flush()
    sender = sender_factory.sender(session, workspace.id)
    person = recipient_factory.recipient(
        session, workspace.id, "+5215550100123", consent_marketing="opted_in"
    )
    message = message_factory.text(session, workspace.id, category=category)
    ref = Ref(workspace.id, message.message.id)
    version = messages.newest_version(session, ref)
    return Bench(session, sender, person, version.id, ref.id)
