"""Requests to an API, a few at once, as fast as they are answered.

python -m bench.api_load: reads one JSON document from stdin with ``url``, ``keys`` (API keys,
used in turn), ``status`` (which every answer must have) and ``requests`` (``[method, path,
body]`` each); prints JSON with how many were ``wrong`` and the last answer.
"""

import asyncio
import json
import sys
from itertools import cycle
from typing import Any

import aiohttp
import uvloop

_AT_ONCE = 4


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Send them all."""
    waiting = iter(plan["requests"])
    keys = cycle(plan["keys"])
    wrong, last = 0, ""

    async def one_after_another(session: aiohttp.ClientSession) -> None:
        nonlocal wrong, last
        for method, path, body in waiting:
            headers = {"Authorization": f"Bearer {next(keys)}"}
            url = plan["url"] + path
            async with session.request(method, url, json=body, headers=headers) as answer:
                last = await answer.text()
                wrong += answer.status != plan["status"]

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one_after_another(session) for _ in range(_AT_ONCE)))
    return {"wrong": wrong, "last": last}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
