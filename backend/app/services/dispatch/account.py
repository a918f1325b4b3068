"""The number a drain sends for: whom to call, with which token, how fast."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.config import settings
from app.core.db import transaction
from app.domain.refs import Ref
from app.domain.send_timing import TIMING
from app.domain.states import SenderStatus
from app.repositories import barred_countries, claims, drains, marks
from app.repositories import senders as sender_rows
from app.repositories.drains import Lease
from app.services import senders
from app.services.dispatch.guard import guard

LEASE_S = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """A sender, ready to be sent for.

    ``leased_until`` is monotonic; ``recent_pairs`` as of ``marks.recent_pairs``.
    """

    lease: Lease
    leased_until: float
    phone_number_id: str
    waba_id: str
    access_token: str = field(repr=False)
    throughput_mps: int
    recent_pairs: dict[UUID, tuple[float, int]]
    barred_countries: set[str] = field(default_factory=set)


def ring_and_acquire(session: Session, sender_id: UUID, owner: str) -> Lease | None:
    """Count the doorbell and take the lease, or None when another drain has it."""
    drains.ring(session, sender_id)
    return drains.acquire(session, sender_id, owner, LEASE_S)


def forsaken(session: Session, within_s: float) -> list[UUID]:
    """Senders with work due within ``within_s``, or left in a claim, and no drain alive."""
    return drains.forsaken(session, within_s)


def give_back(session: Session, lease: Lease) -> None:
    """End a lease that was not used."""
    drains.end(session, lease, 0, lease.share)


def brake(lease: Lease, waba_id: str | None, seconds: float) -> None:
    """Let all numbers of an account wait, in every process; of the app, when it is None."""
    with transaction() as session:
        drains.brake(session, lease.workspace_id, waba_id, seconds)


def open_account(session: Session, lease: Lease) -> Account | None:
    """Read what sending needs; None when nothing may be sent now, or not by this sender.

    Frees what earlier drains left: the new epoch bars them from marking.
    """
    if guard().refusal(session) is not None:
        return None
    claims.recover(session, lease.sender_id, all_of_sender=True, doubt_s=TIMING.doubt_s)
    sender = sender_rows.find(session, Ref(lease.workspace_id, lease.sender_id))
    if sender is None or sender.status != SenderStatus.ACTIVE:
        return None
    if sender.api_base_url not in (None, settings().whatsapp_api_base_url):
        senders.pause_if_base_changed(session)
        return None
    return Account(
        lease,
        lease.asked_at + LEASE_S,
        sender.phone_number_id,
        sender.waba_id,
        senders.access_token(sender),
        sender.throughput_mps,
        marks.recent_pairs(session, lease.sender_id),
        barred_countries.of_sender(session, Ref(lease.workspace_id, lease.sender_id)),
    )
