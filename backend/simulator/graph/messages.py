"""``POST /{phone-number-id}/messages``."""

import asyncio

from aiohttp import web

from simulator import sending, wire
from simulator.arrival import arrived_at
from simulator.graph.reading import simulator
from simulator.sending import Arrival

# A receiver that is down must not hold the answer for ever.
_CALLBACK_FIRST_S = 2.0


async def post(request: web.Request) -> web.StreamResponse:
    received_at = arrived_at(request.transport)
    sim = simulator(request)
    raw = await request.read()
    reply = sending.receive(
        sim,
        Arrival(
            raw=raw,
            number_id=request.match_info["id"],
            authorization=request.headers.get("Authorization"),
            connection_id=wire.connection_id(request),
            received_at=received_at,
        ),
    )
    if sim.knobs.durable_answers:
        await sim.journal.written()
    if reply.callbacks_first:
        await sim.queue.watch.until(
            lambda: sim.queue.pending.keys().isdisjoint(reply.callbacks_first), _CALLBACK_FIRST_S
        )
    if sim.knobs.answer_delay.high:
        await asyncio.sleep(sim.knobs.answer_delay.draw(sim.latency))
    return await wire.answer(request, reply)
