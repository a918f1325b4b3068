"""Delivers what is due: signed, in batches, again and again until a 200."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from simulator.callbacks import envelope
from simulator.callbacks.queue import Queue, Update
from simulator.clock import Clock
from simulator.knobs import CallbackKnobs
from simulator.world import World

# A fast-forwarded clock moves what is due without a word, so never nap longer.
_LONGEST_NAP_S = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """Where a batch goes and whose secret signs it."""

    url: str
    secret: str


class Courier:
    """One task starts deliveries; each delivery is a task of its own."""

    def __init__(
        self, queue: Queue, world: World, clock: Clock, knobs: Callable[[], CallbackKnobs]
    ) -> None:
        self._queue, self._world, self._clock, self._knobs = queue, world, clock, knobs
        self._deliveries: set[asyncio.Task[None]] = set()

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Deliver for ever; a cancel ends deliveries under way, which start-up repeats."""
        async with asyncio.TaskGroup() as group:
            while True:
                batch = self._next_batch()
                if batch:
                    self._start(group, session, batch)
                else:
                    await self._nap()

    def _next_batch(self) -> list[Update]:
        knobs = self._knobs()
        if knobs.paused or len(self._deliveries) >= knobs.concurrency:
            return []
        return self._queue.take_due(knobs.batch_max, knobs.batch_linger_s)

    def _start(
        self, group: asyncio.TaskGroup, session: aiohttp.ClientSession, batch: list[Update]
    ) -> None:
        task = group.create_task(self._deliver(session, batch))
        self._deliveries.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._deliveries.discard(task)
        self._queue.changed.set()

    async def _nap(self) -> None:
        self._queue.changed.clear()
        due_at = self._queue.next_due_at()
        wait = _LONGEST_NAP_S
        if due_at is not None and due_at > self._clock.now():
            wait = min(wait, due_at - self._clock.now())
        elif due_at is not None and self._knobs().batch_linger_s:
            wait = min(wait, self._knobs().batch_linger_s / 4)
        try:
            await asyncio.wait_for(self._queue.changed.wait(), wait)
        except TimeoutError:
            return

    async def _deliver(self, session: aiohttp.ClientSession, batch: list[Update]) -> None:
        by_target: dict[Target | None, list[Update]] = {}
        for update in batch:
            by_target.setdefault(self.target(update), []).append(update)
        for target, updates in by_target.items():
            if target is None:
                self._queue.acknowledge(updates, "lost")
            elif await self._post(session, target, updates):
                self._queue.acknowledge(updates, "acked")
            else:
                self._retry(updates)

    def target(self, update: Update) -> Target | None:
        """Number's override, else the account's, else the app's own address."""
        app = self._world.apps.get(update.app_id)
        waba = self._world.wabas.get(update.waba_id)
        number = self._world.numbers.get(update.phone_number_id or "")
        if app is None or waba is None or update.app_id not in waba.subscriptions:
            return None
        override = (number and number.override) or waba.subscriptions[update.app_id]
        url = override.callback_uri if override else app.webhook_url
        return Target(url, app.secret) if url else None

    async def _post(
        self, session: aiohttp.ClientSession, target: Target, updates: list[Update]
    ) -> bool:
        body = envelope.encode(envelope.build(updates, self._world))
        counts = self._queue.counts
        counts["posts"] += 1
        counts["sent"] += len(updates)
        status = await post(session, target, body, self._knobs().ack_timeout_s)
        if status != 200:
            counts["refused_posts"] += 1
        return status == 200

    def _retry(self, updates: list[Update]) -> None:
        knobs, now = self._knobs(), self._clock.now()
        for update in updates:
            delay = knobs.retry_delays_s[min(update.attempts, len(knobs.retry_delays_s) - 1)]
            update.attempts += 1
            if now - update.created_at > knobs.give_up_s:
                self._queue.acknowledge([update], "lost")
            else:
                self._queue.put_back(update, now + delay)


async def post(
    session: aiohttp.ClientSession,
    target: Target,
    body: bytes,
    timeout_s: float,
    signature: str | None = None,
) -> int:
    """HTTP status of one POST, 0 when none came; ``signature`` "" sends no header."""
    signature = envelope.sign(body, target.secret) if signature is None else signature
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    if signature:
        headers["X-Hub-Signature-256"] = signature
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with session.post(
            # aiohttp takes large bodies without a warning only as a file.
            target.url,
            data=io.BytesIO(body),
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return 0
