"""The drain: the one place from which a sender's messages leave.

Two coroutines share a state: the keeper settles, claims and keeps the lease; the marker marks
what is due and sends it. Both stop the moment the lease is lost. A drain lives at most half a
minute; then it hands the lease on and only settles what is still on the wire, so that an
answer that hangs holds up nobody.
"""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import UUID

from app.core import clock
from app.core.db import transaction
from app.services.dispatch import account, doorbells, guard
from app.services.dispatch.keeper import Keeper
from app.services.dispatch.marker import Marker
from app.services.dispatch.state import Host, State


class Drain:
    """One holder of a sender's lease."""

    def __init__(self, opened: account.Account, host: Host) -> None:
        self._state = State(opened, host)
        self._keeper, self._marker = Keeper(self._state), Marker(self._state)

    async def send(self) -> float | None:
        """Send what is due, hand over; seconds until the next is due, None when nothing is."""
        marking = asyncio.create_task(self._marker.mark())
        try:
            await self._keeper.keep()
        finally:
            self._state.stop()
            await marking
            await self._marker.clear()
            await self._keeper.hand_over()
        return self._keeper.next_due_in

    async def finish(self) -> float | None:
        """Settle what is on the wire; seconds until what came back is due again, if it is."""
        if not self._state.sending and not self._state.returned:
            await self._keeper.finish()
            return None
        await self._keeper.finish()
        return self._keeper.next_due_in


async def serve(sender_id: UUID, host: Host) -> None:
    """Send what is due for a sender, unless another drain does; ring for what is left.

    When nobody can be rung (the broker is away), goes on here.
    """
    tails: set[asyncio.Task[float | None]] = set()
    while not host.stopping.is_set() and (drain := await _open(sender_id, host)):
        due_in = await drain.send()
        tails.add(asyncio.create_task(drain.finish()))
        if await _ring(sender_id, due_in, host):
            break
    for due_in in await asyncio.gather(*tails):
        await _ring(sender_id, due_in, host)


async def _ring(sender_id: UUID, due_in: float | None, host: Host) -> bool:
    if due_in is None:
        return True
    due_at = clock.now() + timedelta(seconds=max(0.0, due_in))
    return await host.in_thread(partial(doorbells.ring, sender_id, due_at))


async def _open(sender_id: UUID, host: Host) -> Drain | None:
    if guard.provider_is_far():
        # Its clock was last heard some time ago: any answer tells it anew.
        await host.transport().warm(1)
    opened = await host.in_thread(partial(_acquire, sender_id, host.name))
    return Drain(opened, host) if opened else None


def _acquire(sender_id: UUID, owner: str) -> account.Account | None:
    with transaction() as session:
        lease = account.ring_and_acquire(session, sender_id, owner)
    if lease is None:
        return None
    with transaction() as session:
        opened = account.open_account(session, lease)
        if opened is None:
            account.give_back(session, lease)
    return opened


def forsaken(within_s: float) -> list[UUID]:
    """Senders with work due within ``within_s`` and nobody at it."""
    with transaction() as session:
        return account.forsaken(session, within_s)
