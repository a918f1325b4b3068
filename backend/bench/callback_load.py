"""Signed status callbacks at a fixed rate, as Meta sends them; prints what came of them.

python -m bench.callback_load: reads one JSON document from stdin with ``url``, ``secret``,
``waba_id``, ``phone_number_id``, ``rate`` (statuses a second; null: as fast as they are
answered), ``single`` and ``messages`` (``[opaque id, wamid, wa_id]`` each). Every message is
reported sent, delivered and read; most bodies hold one status, some several unless ``single``.
Starts are on schedule whatever the answers do, so that a slow answer
can't hide the wait of those behind it: a time is counted from when its body should have left.
"""

import asyncio
import hashlib
import hmac
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import uvloop

# Of ten bodies seven hold one status, two hold three, one holds ten.
_SIZES = (1, 1, 1, 1, 1, 1, 1, 3, 3, 10)
_STEPS = ("sent", "delivered", "read")
_CONNECTIONS = 64


class Load:
    """One run."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._rate: int = plan["rate"] or 1_000_000
        self._sizes = _SIZES[:1] if plan["single"] else _SIZES
        self._random = random.Random(5)
        self._late: list[float] = []
        self._wrong = 0

    async def run(self) -> dict[str, Any]:
        """Send it all; what came of it, times in milliseconds."""
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        began = time.monotonic()
        async with aiohttp.ClientSession(connector=connector) as session:
            done = 0
            async with asyncio.TaskGroup() as group:
                for statuses in self._bodies():
                    due = began + done / self._rate
                    if (wait := due - time.monotonic()) > 0:
                        await asyncio.sleep(wait)
                    group.create_task(self._post(session, statuses, due))
                    done += len(statuses)
        wall = time.monotonic() - began
        cuts = statistics.quantiles(self._late, n=1000, method="inclusive")
        return {
            "statuses": done, "posts": len(self._late), "wrong": self._wrong, "wall_s": wall,
            "p50": cuts[499], "p90": cuts[899], "p99": cuts[989], "longest": max(self._late),
        }  # fmt: skip

    def _bodies(self) -> Iterator[list[dict[str, Any]]]:
        # A second's messages are sent, then delivered, then read: copies of nothing.
        messages = self._plan["messages"]
        chunk = max(1, self._rate // len(_STEPS))
        waiting: list[dict[str, Any]] = []
        size = 1
        for start in range(0, len(messages), chunk):
            for step in _STEPS:
                for message in messages[start : start + chunk]:
                    waiting.append(self._status(step, *message))
                    if len(waiting) >= size:
                        yield waiting
                        waiting, size = [], self._random.choice(self._sizes)
        if waiting:
            yield waiting

    def _status(self, step: str, opaque: str, wamid: str, wa_id: str) -> dict[str, Any]:
        status: dict[str, Any] = {
            "id": wamid, "status": step, "timestamp": str(int(time.time())),
            "recipient_id": wa_id, "biz_opaque_callback_data": opaque,
        }  # fmt: skip
        if step != "read":
            pricing = {"billable": True, "pricing_model": "PMP", "type": "regular"}
            status["pricing"] = pricing | {"category": "utility"}
        return status

    async def _post(
        self, session: aiohttp.ClientSession, statuses: list[dict[str, Any]], due: float
    ) -> None:
        raw = self._body(statuses)
        mac = hmac.digest(self._plan["secret"].encode(), raw, hashlib.sha256).hex()
        headers = {"X-Hub-Signature-256": f"sha256={mac}", "Content-Type": "application/json"}
        async with session.post(self._plan["url"], data=raw, headers=headers) as answer:
            await answer.read()
        self._late.append((time.monotonic() - due) * 1000)
        self._wrong += answer.status != 200

    def _body(self, statuses: list[dict[str, Any]]) -> bytes:
        number = {
            "display_phone_number": "15550783881",
            "phone_number_id": self._plan["phone_number_id"],
        }
        value = {"messaging_product": "whatsapp", "metadata": number, "statuses": statuses}
        entry = {"id": self._plan["waba_id"], "changes": [{"field": "messages", "value": value}]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(Load(json.load(sys.stdin)).run())))
