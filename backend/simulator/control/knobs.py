"""Knobs, faults and the clock."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulator.control import reading
from simulator.control.reading import ControlError
from simulator.faults import Fault
from simulator.knobs import Knobs

Json = dict[str, Any]


class FaultsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[Fault]


class ClockBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    advance_s: float = Field(ge=0)


async def get_knobs(request: web.Request) -> web.Response:
    return web.json_response(reading.simulator(request).knobs.model_dump())


async def patch_knobs(request: web.Request) -> web.Response:
    """Merges into nested objects; lists are replaced."""
    sim = reading.simulator(request)
    try:
        changes = await request.json()
    except ValueError:
        raise ControlError(422, "The body is not valid JSON") from None
    sim.knobs = Knobs.model_validate(merged(sim.knobs.model_dump(), changes))
    sim.save()
    sim.queue.changed.set()
    return web.json_response(sim.knobs.model_dump())


def merged(old: Json, changes: Json) -> Json:
    result = dict(old)
    for name, value in changes.items():
        before = result.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            value = merged(before, value)
        result[name] = value
    return result


async def post_faults(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, FaultsBody)
    added = [sim.faults.add(fault) for fault in body.items]
    sim.save()
    return web.json_response({"items": [f.model_dump() for f in added]}, status=201)


async def get_faults(request: web.Request) -> web.Response:
    rules = reading.simulator(request).faults.rules
    return web.json_response({"items": [fault.model_dump() for fault in rules]})


async def delete_faults(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    fault_id = request.match_info.get("fault_id")
    removed = sim.faults.remove(int(fault_id) if fault_id else None)
    sim.save()
    return web.json_response({"removed": removed})


async def post_clock(request: web.Request) -> web.Response:
    """Move windows, limits, back-off and expiry forward; ledger times stay real."""
    sim, body = reading.simulator(request), await reading.body(request, ClockBody)
    sim.clock.advance(body.advance_s)
    sim.queue.changed.set()
    return web.json_response({"now": sim.clock.now(), "offset_s": sim.clock.offset_s})
