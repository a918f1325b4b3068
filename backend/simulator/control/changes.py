"""Change what exists, and tell the business as Meta would."""

from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulator import acceptance, statuses, template_events
from simulator.callbacks.queue import News
from simulator.control import reading, world
from simulator.fates import Fate
from simulator.state import Simulator
from simulator.world import Template


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TemplateChange(_Body):
    """Each field given is set and reported by its callback."""

    status: str | None = None
    reason: str = "NONE"
    title: str | None = None
    quality_score: str | None = None
    category: Literal["MARKETING", "UTILITY", "AUTHENTICATION"] | None = None
    pacing_first_n: int | None = None


class PacingBody(_Body):
    action: Literal["release", "drop"]


class NumberChange(_Body):
    """``event`` is reported as ``phone_number_quality_update``."""

    status: str | None = None
    quality_rating: str | None = None
    throughput_mps: float | None = Field(default=None, gt=0)
    verified_name: str | None = None
    event: str | None = None
    outage_s: float = Field(default=0, ge=0)


class TokenChange(_Body):
    expired: bool | None = None
    waba_ids: list[str] | None = None
    permissions: list[str] | None = None


class LimitBody(_Body):
    messaging_limit: str


class EventBody(_Body):
    """Any callback at all, sent with its ``value`` as given."""

    waba_id: str
    field: str
    value: dict[str, Any]


async def patch_template(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, TemplateChange)
    template = _template(request)
    if body.status is not None:
        template.status = body.status
        template_events.status(sim, template, body.status, reason=body.reason, title=body.title)
    if body.quality_score is not None:
        previous, template.quality_score = template.quality_score, body.quality_score
        template_events.quality(sim, template, previous)
    if body.category is not None:
        before, template.category = template.category, body.category
        template_events.category(sim, template, before)
    if "pacing_first_n" in body.model_fields_set:
        template.pacing_first_n = body.pacing_first_n
    sim.save()
    return web.json_response(template.model_dump())


async def decide_pacing(request: web.Request) -> web.Response:
    """Release what is held, or drop it: template paused, each message failed 132015."""
    sim, body = reading.simulator(request), await reading.body(request, PacingBody)
    template = _template(request)
    template.pacing_first_n = None
    parcels = sim.pacing.release(template.id)
    if body.action == "drop":
        template.status = "PAUSED"
        template_events.status(sim, template, "PAUSED", title="RATE_LIMITING_PAUSE")
    for parcel in parcels:
        entry = sim.ledger.entries[parcel.seq - 1]
        rng = sim.rng_for(parcel.wamid)
        if body.action == "release":
            acceptance.launch(sim, parcel, entry, rng)
            continue
        entry.destiny, entry.destiny_code = "failed", 132015
        sim.ledger.save(entry)
        statuses.publish(sim, parcel, Fate("failed", 132015), rng)
    sim.save()
    return web.json_response({"messages": len(parcels)})


async def patch_number(request: web.Request) -> web.Response:
    """``event`` THROUGHPUT_UPGRADE with ``outage_s`` answers 131057 that long."""
    sim, body = reading.simulator(request), await reading.body(request, NumberChange)
    number = reading.found(sim.world.numbers, request.match_info["key"])
    for name, value in body.model_dump(exclude={"event", "outage_s"}, exclude_none=True).items():
        setattr(number, name, value)
    if body.outage_s:
        number.maintenance_until = sim.clock.now() + body.outage_s
    if body.event is not None:
        value = {"display_phone_number": number.digits, "event": body.event}
        _emit(sim, number.waba_id, "phone_number_quality_update", value)
    sim.save()
    return web.json_response(number.model_dump())


async def patch_token(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, TokenChange)
    token = reading.found(sim.world.tokens, request.match_info["key"])
    changes = body.model_dump(exclude_none=True)
    sim.world.tokens[token.value] = type(token).model_validate(token.model_dump() | changes)
    sim.save()
    return web.json_response(sim.world.tokens[token.value].model_dump())


async def put_limit(request: web.Request) -> web.Response:
    """Set a portfolio's tier and report it to each of its accounts."""
    sim, body = reading.simulator(request), await reading.body(request, LimitBody)
    business_id = request.match_info["key"]
    world.set_limit(sim, business_id, body.messaging_limit)
    for waba in sim.world.wabas.values():
        if waba.business_id == business_id:
            value = {"max_daily_conversations_per_business": body.messaging_limit}
            _emit(sim, waba.id, "business_capability_update", value)
    sim.save()
    return web.json_response({"messaging_limit": body.messaging_limit,
                              "reached": sim.limits.reached(business_id)})  # fmt: skip


async def post_event(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, EventBody)
    reading.found(sim.world.wabas, body.waba_id)
    return web.json_response({"updates": _emit(sim, body.waba_id, body.field, body.value)})


def _emit(sim: Simulator, waba_id: str, field: str, value: dict[str, Any]) -> list[int]:
    return sim.queue.publish(News(waba_id, None, field, "value", value))


def _template(request: web.Request) -> Template:
    return reading.found(reading.simulator(request).world.templates, request.match_info["key"])
