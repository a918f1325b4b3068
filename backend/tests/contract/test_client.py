import asyncio
import gzip
import json
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.integrations.whatsapp import graph, tiers
from app.integrations.whatsapp.client import Client
from tests.contract.raw_server import Connection, RawServer, Script, serving

TOKEN = "EAAGsecretsecretsecret"
NUMBER = {
    "id": "106540352242922",
    "verified_name": "Lucky Shrub",
    "display_phone_number": "15550783881",
    "status": "CONNECTED",
    "quality_rating": "GREEN",
    "throughput": {"level": "STANDARD"},
    "whatsapp_business_manager_messaging_limit": "TIER_250",
    "name_status": "APPROVED",
}


def answers(*bodies: object, status: str = "200 OK") -> Script:
    """A server that gives these answers in turn, over one or several connections."""
    left = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]

    async def script(connection: Connection) -> None:
        while left:
            await connection.read_request()
            await connection.answer(left.pop(0), status)

    return script


async def call(script: Script, act: Callable[[Client], Any]) -> tuple[Any, RawServer]:
    async with serving(script) as server:
        return await asyncio.to_thread(act, Client(server.url, TOKEN)), server


def query(request: bytes) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.split(b" ")[1].decode()).query)


async def test_phone_number() -> None:
    number, server = await call(answers(NUMBER), lambda c: c.phone_number("106540352242922"))
    assert number.display_phone_number == "15550783881"
    assert (number.status, number.quality_rating) == ("CONNECTED", "GREEN")
    assert (number.throughput_mps, number.messaging_limit) == (80, 250)
    request = server.requests[0]
    assert request.startswith(b"GET /v26.0/106540352242922?fields=")
    assert f"Authorization: Bearer {TOKEN}\r\n".encode() in request


async def test_a_number_of_which_little_is_known() -> None:
    odd = {"id": "1", "throughput": "HIGH", "verified_name": None, "status": 7}
    number, _ = await call(answers(odd), lambda c: c.phone_number("1"))
    assert (number.verified_name, number.status, number.throughput_mps) == (None, None, None)


async def test_numbers_of_an_account() -> None:
    numbers, _ = await call(answers({"data": [NUMBER]}), lambda c: list(c.phone_numbers("102")))
    assert [n.id for n in numbers] == ["106540352242922"]


async def test_business_account() -> None:
    owner = {"owner_business_info": {"id": "77", "name": "Lucky Shrub"}}
    node = {"id": "102", "name": "Lucky Shrub", "currency": "USD", "country": "MX", **owner}
    account, _ = await call(answers(node), lambda c: c.business_account("102"))
    assert (account.name, account.currency, account.review_status) == ("Lucky Shrub", "USD", None)
    assert account.business_id == "77"


async def test_subscribe_app() -> None:
    _, server = await call(answers({"success": True}), lambda c: c.subscribe_app("102"))
    assert server.requests[0].startswith(b"POST /v26.0/102/subscribed_apps ")
    with pytest.raises(graph.GraphUnreachableError):
        await call(answers({"success": False}), lambda c: c.subscribe_app("102"))


def page(names: str, after: str | None) -> dict[str, Any]:
    paging: dict[str, Any] = {"cursors": {"before": "x", "after": after or "end"}}
    if after:
        # Another host: the token must not go there.
        paging["next"] = f"http://127.0.0.1:9/v26.0/102/message_templates?after={after}"
    return {"data": [{"name": name} for name in names], "paging": paging}


async def test_templates_follow_the_cursor_on_our_own_host() -> None:
    pages = answers(page("ab", "C1"), page("c", "C2"), page("d", None))
    listed, server = await call(pages, lambda c: list(c.templates("102")))
    assert [item["name"] for item in listed] == ["a", "b", "c", "d"]
    assert [query(r).get("after") for r in server.requests] == [None, ["C1"], ["C2"]]
    assert all(query(r)["limit"] == ["100"] for r in server.requests)


@pytest.mark.parametrize(
    "last",
    [
        page("b", "C1"),
        {"data": [], "paging": {"next": "http://x", "cursors": {}}},
        {"data": [], "paging": {"next": "http://x"}},
        {"data": None},
        {},
        [],
    ],
)
async def test_half_a_list_never_passes_for_the_whole(last: object) -> None:
    with pytest.raises(graph.GraphUnreachableError):
        await call(answers(page("a", "C1"), last), lambda c: list(c.templates("102")))


@pytest.mark.parametrize("answer", [{"data": [1, {"name": "a"}]}, {"data": [], "paging": []}])
async def test_odd_pages_that_end(answer: object) -> None:
    await call(answers(answer), lambda c: list(c.templates("102")))


async def test_refusals_carry_what_meta_says_but_not_the_token() -> None:
    error = {
        "message": f"Error validating access token: {TOKEN}",
        "type": "OAuthException",
        "code": 190,
        "error_subcode": 463,
        "error_user_msg": f"Session of {TOKEN} has expired",
        "fbtrace_id": "Az8",
    }
    with pytest.raises(graph.GraphRefusedError) as caught:
        await call(answers({"error": error}, status="401 X"), lambda c: c.phone_number("1"))
    refused = caught.value.error
    assert (refused.code, refused.subcode, refused.http_status) == (190, 463, 401)
    assert refused.details == "Session of [token] has expired"
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert TOKEN not in repr(Client("http://x", TOKEN))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("502 Bad Gateway", b"<html>"),
        ("500 X", b""),
        ("200 OK", b"[]"),
        ("200 OK", b"[" * 100_000),
        ("302 Found", b"{}"),
        ("404 Not Found", b"{}"),
    ],
)
async def test_unreadable_answers(status: str, body: bytes) -> None:
    with pytest.raises(graph.GraphUnreachableError):
        await call(answers(body, status=status), lambda c: c.phone_number("1"))


async def test_redirects_do_not_take_the_token_along() -> None:
    async def redirect(connection: Connection) -> None:
        await connection.read_request()
        await connection.answer(b"{}", "307 X", f"Location: {connection.server.url}/2\r\n")

    with pytest.raises(graph.GraphUnreachableError):
        await call(redirect, lambda c: c.phone_number("1"))


async def test_compressed_answers_are_read() -> None:
    async def compressed(connection: Connection) -> None:
        await connection.read_request()
        body = gzip.compress(json.dumps(NUMBER).encode())
        await connection.answer(body, head="Content-Encoding: gzip\r\n")

    number, _ = await call(compressed, lambda c: c.phone_number("1"))
    assert number.verified_name == "Lucky Shrub"


async def test_bombs_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "ANSWER_LIMIT", 100_000)

    async def bomb(connection: Connection) -> None:
        await connection.read_request()
        body = gzip.compress(b" " * 10_000_000)
        await connection.answer(body, head="Content-Encoding: gzip\r\n")

    with pytest.raises(graph.GraphUnreachableError):
        await call(bomb, lambda c: c.phone_number("1"))


async def test_hanging_and_dripping_servers_end() -> None:
    async def drip(connection: Connection) -> None:
        await connection.read_request()
        await connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while not connection.reader.at_eof():
            await connection.write(b" ")
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.reader.read(1), 0.02)

    async def hang(connection: Connection) -> None:
        await connection.reader.read()

    for script in (drip, hang):
        async with serving(script) as server:
            with pytest.raises(graph.GraphUnreachableError):
                await asyncio.to_thread(
                    graph.exchange, "GET", server.url, TOKEN, timeouts=(0.2, 0.2)
                )


async def test_a_lost_connection_is_not_tried_again() -> None:
    async def close(connection: Connection) -> None:
        await connection.read_request()
        connection.close()

    async with serving(close) as server:
        with pytest.raises(graph.GraphUnreachableError):
            await asyncio.to_thread(Client(server.url, TOKEN).subscribe_app, "102")
        assert len(server.requests) == 1


async def test_a_token_that_cannot_stand_in_a_header_is_not_repeated() -> None:
    with pytest.raises(graph.GraphUnreachableError) as caught:
        graph.exchange("GET", "http://127.0.0.1:9/", f"{TOKEN}\r\nX: y")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


async def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    number, _ = await call(answers(NUMBER), lambda c: c.phone_number("1"))
    assert number.id == "106540352242922"


async def test_cookies_are_not_kept() -> None:
    async def script(connection: Connection) -> None:
        for _ in range(2):
            await connection.read_request()
            await connection.answer(b"{}", head="Set-Cookie: a=b\r\n")

    def twice(client: Client) -> None:
        client.phone_number("1")
        client.phone_number("1")

    _, server = await call(script, twice)
    assert b"Cookie" not in server.requests[1]


def test_a_fork_does_not_share_connections() -> None:
    here = graph._session(os.getpid())
    assert graph._session(os.getpid()) is here
    assert graph._session(-1) is not here


@pytest.mark.parametrize("node", ["", "../1", "1?x", "1/2", "me", "١", "1\n"])
def test_ids_cannot_change_the_address(node: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        Client("http://127.0.0.1:9", TOKEN).phone_number(node)


@pytest.mark.parametrize(
    ("tier", "people"),
    [
        ("TIER_50", 50),
        ("TIER_250", 250),
        ("TIER_2K", 2_000),
        ("TIER_100K", 100_000),
        ("TIER_UNLIMITED", None),
        ("TIER_NOT_SET", None),
        (2000, 2_000),
        ("2000", 2_000),
        (-1, None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_tiers(tier: object, people: int | None) -> None:
    assert tiers.people_per_day(tier) == people


@pytest.mark.parametrize(
    ("level", "speed"), [("STANDARD", 80), ("HIGH", 1000), ("NOT_APPLICABLE", None), (None, None)]
)
def test_throughput(level: object, speed: int | None) -> None:
    assert tiers.messages_per_second(level) == speed
