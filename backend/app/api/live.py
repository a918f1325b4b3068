"""The live stream of a workspace: Redis pub/sub in, Server-Sent Events out.

Pub/sub keeps nothing, so whoever may have missed something is told ``resync`` and reads its
data again: a client that comes back with Last-Event-ID, and all after Redis was away.
"""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from itertools import chain, repeat
from typing import Any
from uuid import UUID

import anyio
import redis.asyncio as redis
from fastapi.sse import ServerSentEvent
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.core import live
from app.core.config import settings
from app.core.ids import new_id

logger = logging.getLogger(__name__)

# A revoked session or key loses its stream at once, or within this time when Redis didn't tell.
RECHECK_S = 5.0
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0)
# How long a browser's own EventSource waits before it comes back.
_RETRY_MS = 2000


async def stream(
    workspace_id: UUID, still_holds: Callable[[], Awaitable[bool]], *, resumed: bool
) -> AsyncGenerator[ServerSentEvent]:
    """Events of a workspace until the caller's credential stops holding."""
    yield ServerSentEvent(comment="connected", retry=_RETRY_MS)
    may_have_missed = resumed
    waits = _waits()
    while True:
        try:
            async with _subscription(workspace_id) as subscription:
                # Subscribed first: what happens while the client reads again is not lost.
                if may_have_missed:
                    yield _event("resync", {})
                waits, may_have_missed = _waits(), True
                async with aclosing(_events(subscription, still_holds)) as events:
                    async for event in events:
                        yield event
                return
        except (RedisError, OSError) as failure:
            logger.warning("the live stream waits for Redis: %s", type(failure).__name__)
        await anyio.sleep(next(waits))
        if not await still_holds():
            return


def _waits() -> "chain[float]":
    return chain(_BACK_OFF_S, repeat(_BACK_OFF_S[-1]))


async def _events(
    subscription: PubSub, still_holds: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[ServerSentEvent]:
    checked_at = anyio.current_time()
    while True:
        left = checked_at + RECHECK_S - anyio.current_time()
        message = await subscription.get_message(
            ignore_subscribe_messages=True, timeout=max(left, 0.0)
        )
        said = json.loads(message["data"]) if message is not None else {}
        changed = said.get("event") == live.ACCESS_CHANGED
        if said and not changed:
            yield _event(said["event"], said["data"])
        if changed or anyio.current_time() >= checked_at + RECHECK_S:
            if not await still_holds():
                return
            checked_at = anyio.current_time()


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data, id=str(new_id()))


@asynccontextmanager
async def _subscription(workspace_id: UUID) -> AsyncIterator[PubSub]:
    client = redis.Redis.from_url(
        settings().redis_url,
        decode_responses=True,
        socket_connect_timeout=2,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
    )
    subscription = client.pubsub()
    try:
        await subscription.subscribe(live.channel(workspace_id))
        yield subscription
    finally:
        # The client is gone and so this task is cancelled: without a shield the connection
        # to Redis would stay open.
        with anyio.CancelScope(shield=True):
            await subscription.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()
