"""The web application and its background tasks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from simulator import keys
from simulator.control import reading as control_reading
from simulator.control import routes as control_routes
from simulator.graph import middleware
from simulator.graph import routes as graph_routes
from simulator.state import Simulator

_LARGEST_BODY = 110 * 1024 * 1024


def build(sim: Simulator) -> web.Application:
    app = web.Application(
        middlewares=[middleware.graph, control_reading.errors], client_max_size=_LARGEST_BODY
    )
    app[keys.SIMULATOR] = sim
    app[middleware.BUDGET] = middleware.Budget()
    graph_routes.add(app)
    control_routes.add(app)
    app.cleanup_ctx.append(_background)
    return app


async def _background(app: web.Application) -> AsyncIterator[None]:
    sim = app[keys.SIMULATOR]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        sim.session = session
        tasks = [
            asyncio.create_task(sim.journal.run()),
            asyncio.create_task(sim.courier.run(session)),
        ]
        for task in tasks:
            task.add_done_callback(_fail_loudly)
        yield
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
    sim.journal.close()


def _fail_loudly(task: asyncio.Task[None]) -> None:
    # Without its journal or courier the simulator would lie quietly; better none at all.
    if not task.cancelled() and task.exception() is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "a background task died", "exception": task.exception()}
        )
        raise web.GracefulExit
