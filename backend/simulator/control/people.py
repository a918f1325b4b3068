"""Act as the people: inbound messages, preferences, a new number."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulator import inbound
from simulator.control import reading
from simulator.graph import media
from simulator.inbound import Inbound, Preference


class InboundBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[Inbound] = Field(min_length=1)


class NewNumber(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone_number_id: str
    old: str
    new: str


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


async def post_inbound(request: web.Request) -> web.Response:
    """Messages from people, in order; answers their wamids. An ``image`` without content
    gets a downloadable pixel."""
    sim, body = reading.simulator(request), await reading.body(request, InboundBody)
    wamids = []
    for message in body.items:
        number = reading.found(sim.world.numbers, message.phone_number_id)
        if message.type == "image" and message.content is None:
            stored = media.store(sim, number, "image/png", _PIXEL, media.RECEIVED_S)
            message.content = _image(stored.id, stored.sha256)
        wamids.append(inbound.receive(sim, number, message))
    return web.json_response({"wamids": wamids}, status=201)


def _image(media_id: str, sha256: str) -> dict[str, Any]:
    return {"id": media_id, "mime_type": "image/png", "sha256": sha256}


async def post_preference(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, Preference)
    number = reading.found(sim.world.numbers, body.phone_number_id)
    inbound.prefer(sim, number, body)
    return web.Response(status=204)


async def post_new_number(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, NewNumber)
    number = reading.found(sim.world.numbers, body.phone_number_id)
    return web.json_response({"wamid": inbound.change_number(sim, number, body.old, body.new)})
