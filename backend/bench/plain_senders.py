"""What sending costs with nothing kept: plain loops over well-known HTTP clients.

python -m bench.plain_senders KIND URL COUNT: prints JSON with ``cpu_s`` and ``wall_s`` of this
process, start-up apart. Each builds its JSON, posts it and reads the message's id.
"""

import asyncio
import io
import json
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any

_IN_FLIGHT = 64
HEADERS = {"Authorization": "Bearer EAAGplain", "Content-Type": "application/json"}


def body(number: int) -> bytes:
    """A text to one person, with an id of its own."""
    return json.dumps(
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": f"+4420{number:08d}",
            "type": "text",
            "text": {"body": f"Hi Person {number}"},
            "biz_opaque_callback_data": f"plain.{time.monotonic_ns()}.{number}",
        }
    ).encode()


def _wamid(answer: bytes) -> str:
    return str(json.loads(answer)["messages"][0]["id"])


def with_aiohttp(url: str, total: int) -> None:
    """aiohttp on uvloop, 64 in flight."""
    import aiohttp
    import uvloop

    async def one_after_another(session: aiohttp.ClientSession, numbers: "count[int]") -> None:
        while (number := next(numbers)) < total:
            async with session.post(url, data=body(number), headers=HEADERS) as answer:
                _wamid(await answer.read())

    async def all_of_them() -> None:
        numbers = count()
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(one_after_another(session, numbers) for _ in range(_IN_FLIGHT)))

    uvloop.run(all_of_them())


def with_libcurl(url: str, total: int) -> None:
    """libcurl's multi interface, 64 in flight, reading bodies so that it can't send twice."""
    import pycurl  # type: ignore[import-untyped]

    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, _IN_FLIGHT)
    numbers = count()
    idle = [pycurl.Curl() for _ in range(_IN_FLIGHT)]
    into: dict[Any, io.BytesIO] = {}

    def start(curl: Any) -> bool:
        number = next(numbers)
        if number >= total:
            return False
        raw = body(number)
        into[curl] = io.BytesIO()
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE, len(raw))
        curl.setopt(pycurl.READFUNCTION, io.BytesIO(raw).read)
        curl.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in HEADERS.items()] + ["Expect:"])
        curl.setopt(pycurl.WRITEFUNCTION, into[curl].write)
        multi.add_handle(curl)
        return True

    running = sum(start(curl) for curl in idle)
    while running:
        multi.perform()
        _, done, failed = multi.info_read()
        if failed:
            raise RuntimeError(str(failed[0][1:]))
        for curl in done:
            _wamid(into[curl].getvalue())
            multi.remove_handle(curl)
            running += start(curl) - 1
        if running:
            multi.select(1.0)


def with_requests(url: str, total: int) -> None:
    """requests.post one after another, a connection each."""
    import requests

    for number in range(total):
        answer = requests.post(url, data=body(number), headers=HEADERS, timeout=20)
        _wamid(answer.content)


KINDS: dict[str, Callable[[str, int], None]] = {
    "aiohttp": with_aiohttp,
    "libcurl": with_libcurl,
    "requests": with_requests,
}


if __name__ == "__main__":
    kind, url, total = sys.argv[1], sys.argv[2], int(sys.argv[3])
    KINDS[kind](url, 1)  # imports, and what is made once
    cpu, wall = time.process_time(), time.monotonic()
    KINDS[kind](url, total)
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - wall}
    print(json.dumps(spent))
