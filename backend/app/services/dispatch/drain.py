"""The drain: the one place from which a sender's messages leave.

Two coroutines share a state: the keeper settles, claims and keeps the lease; the marker marks
what is due and sends it. Both stop the moment the lease is lost. A drain lives at most half a
minute, and its successor goes on at its pace.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from app.core.db import transaction
from app.services.dispatch import account, guard
from app.services.dispatch.keeper import Keeper
from app.services.dispatch.marker import Marker
from app.services.dispatch.state import Host, State


@dataclass(frozen=True, slots=True)
class Ended:
    """``next_due_in``: seconds until work the successor must be rung for; None for none."""

    next_due_in: float | None


async def drain(sender_id: UUID, host: Host) -> Ended:
    """Send what is due for a sender, unless another drain does."""
    if guard.provider_is_far():
        # Its clock was last heard some time ago: any answer tells it anew.
        await host.transport().warm(1)
    opened = await host.in_thread(lambda: _open(sender_id, host.name))
    if opened is None:
        return Ended(None)
    state = State(opened, host)
    keeper, marker = Keeper(state), Marker(state)
    marking = asyncio.create_task(marker.mark())
    try:
        await keeper.keep()
    finally:
        state.stop()
        await marking
        await keeper.finish()
    return Ended(keeper.next_due_in)


def _open(sender_id: UUID, owner: str) -> account.Account | None:
    with transaction() as session:
        lease = account.ring_and_acquire(session, sender_id, owner)
    if lease is None:
        return None
    with transaction() as session:
        opened = account.open_account(session, lease)
        if opened is None:
            account.give_back(session, lease)
    return opened
