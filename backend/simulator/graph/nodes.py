"""``/{id}``: Graph ids don't say what they name, so the world is asked."""

from aiohttp import web

from simulator import access
from simulator.errors import GraphError
from simulator.graph import media, numbers, reading, templates, wabas


async def get(request: web.Request) -> web.Response:
    sim, token, node_id = reading.simulator(request), reading.token(request), _id(request)
    world = sim.world
    if node_id in world.media:
        return await media.get(request, world.media[node_id])
    if node_id in world.templates and access.sees(token, world.templates[node_id].waba_id):
        return await templates.get(request, world.templates[node_id])
    if node_id in world.wabas:
        return await wabas.get(request, access.waba(sim, token, node_id))
    return await numbers.get(request, access.number(sim, token, node_id))


async def post(request: web.Request) -> web.Response:
    sim, token, node_id = reading.simulator(request), reading.token(request), _id(request)
    template = sim.world.templates.get(node_id)
    if template is not None and access.sees(token, template.waba_id):
        return await templates.edit(request, template)
    return await numbers.change(request, access.number(sim, token, node_id))


async def delete(request: web.Request) -> web.Response:
    sim, node_id = reading.simulator(request), _id(request)
    reading.token(request)
    if node_id not in sim.world.media:
        raise GraphError(100, f"Object {node_id} can't be deleted", subcode=33)
    return await media.delete(request, sim.world.media[node_id])


def _id(request: web.Request) -> str:
    return request.match_info["id"]
