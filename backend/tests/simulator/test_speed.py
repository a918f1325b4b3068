"""The simulator must never be what limits a sender under test."""

import asyncio
import time

import aiohttp

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import Graph

_MESSAGES = 1500
# A third of the 1,500/s it takes on a quiet core, so that a busy machine doesn't fail it.
_LEAST_PER_SECOND = 500


async def test_takes_hundreds_of_messages_a_second(graph: Graph, control: SimulatorControl) -> None:
    number = graph.business.phone_number_id
    control.change_number(number, throughput_mps=100_000)
    control.set_mix({"weight": 1, "reach": "silent"})
    control.set_knobs(enforce_window=False)
    headers = {"Authorization": f"Bearer {graph.business.access_token}"}
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def send(n: int) -> int:
            body = {
                "messaging_product": "whatsapp", "to": f"+1650{n:07}", "type": "text",
                "text": {"body": "hi"}, "biz_opaque_callback_data": str(n),
            }  # fmt: skip
            async with session.post(f"{graph.base}/{number}/messages", json=body) as answer:
                return answer.status

        started = time.monotonic()
        statuses = await asyncio.gather(*(send(n) for n in range(_MESSAGES)))
        elapsed = time.monotonic() - started
    assert set(statuses) == {200}
    summary = await asyncio.to_thread(control.summary)
    assert (summary["accepted"], summary["distinct_opaque"]) == (_MESSAGES, _MESSAGES)
    assert elapsed < _MESSAGES / _LEAST_PER_SECOND
