"""Each way a send can end, against a server that counts what it saw."""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.integrations.whatsapp.answers import Accepted, Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.transport import AiohttpTransport, SendRequest, Timeouts
from tests.contract.raw_server import Connection, RawServer, Script, polite, serving

TOKEN = "EAAGtoken0123456789"
QUICK = Timeouts(connect=0.3, read=0.3)
IMPATIENT = Timeouts(connect=5, read=0.3)
PATIENT = Timeouts(connect=5, read=5)
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    with asyncio.Runner(loop_factory=request.param) as runner:
        yield runner.run


def request(body: bytes = b'{"n":1}', within: float = 10, **changes: Any) -> SendRequest:
    return replace(SendRequest("1065", TOKEN, body, monotonic() + within), **changes)


async def send_once(script: Script, timeouts: Timeouts = PATIENT) -> tuple[Answer, RawServer]:
    async with serving(script) as server, AiohttpTransport(server.url, timeouts=timeouts) as http:
        return await http.send(request()), server


def answering(body: bytes, status: str = "200 OK", head: str = "") -> Script:
    async def script(connection: Connection) -> None:
        await connection.read_request()
        await connection.answer(body, status, head)

    return script


def test_accepted(run: Run) -> None:
    body = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+5511987654321", "wa_id": "551187654321"}],
        "messages": [{"id": "wamid.HBgL", "message_status": "held_for_quality_assessment"}],
    }
    answer, server = run(send_once(answering(json.dumps(body).encode())))
    assert answer == Accepted("wamid.HBgL", "held_for_quality_assessment", "551187654321")
    head = server.requests[0].decode()
    assert head.startswith("POST /v26.0/1065/messages HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}\r\n" in head
    assert "Content-Type: application/json\r\n" in head
    assert head.endswith('\r\n\r\n{"n":1}')


def test_accepted_for_a_business_scoped_id(run: Run) -> None:
    body = b'{"contacts":[{"input":"US.1","user_id":"US.1"}],"messages":[{"id":"wamid.B"}]}'
    answer, _ = run(send_once(answering(body)))
    assert answer == Accepted("wamid.B", None, None, "US.1")


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Internal Server Error", "200 OK"])
def test_refused_by_code_whatever_the_status(run: Run, status: str) -> None:
    error = {
        "message": "(#131056) Pair rate limit hit",
        "code": 131056,
        "error_data": {"messaging_product": "whatsapp", "details": "Too many to this person."},
        "error_subcode": 2494055,
        "fbtrace_id": "Az8",
    }
    answer, _ = run(send_once(answering(json.dumps({"error": error}).encode(), status)))
    assert isinstance(answer, Refused)
    assert (answer.error.code, answer.error.subcode) == (131056, 2494055)
    assert answer.error.details == "Too many to this person."
    assert answer.error.fbtrace_id == "Az8"
    assert answer.error.http_status == int(status[:3])


def test_the_token_is_never_repeated(run: Run) -> None:
    error = {"message": f"Malformed access token {TOKEN}", "code": "190", "error_data": TOKEN}
    answer, _ = run(send_once(answering(json.dumps({"error": error}).encode(), "401 X")))
    assert isinstance(answer, Refused)
    assert answer.error.code == 190
    assert TOKEN not in repr(answer)
    assert TOKEN not in repr(request())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"messages":[{}]}', "200 OK"),
        (b'{"messages":[{"id":""}]}', "200 OK"),
        (b'{"messages":[{"id":7}]}', "200 OK"),
        (b'{"messages":{"id":"wamid.A"}}', "200 OK"),
        (b"null", "200 OK"),
        (b"", "200 OK"),
        (b"[" * 60_000, "200 OK"),
        (b'\xff\xfe{"messages"', "200 OK"),
        (b"<html>Bad Gateway</html>", "502 Bad Gateway"),
        (b"", "503 Service Unavailable"),
        (b"<html>Too large</html>", "413 Payload Too Large"),
        (b'{"error":"oops"}', "500 Internal Server Error"),
        (b'{"error":{"message":"no code"}}', "400 Bad Request"),
        (b'{"messages":[{"id":"wamid.A"}]}', "500 Internal Server Error"),
    ],
)
def test_unreadable_answers_are_ambiguous(run: Run, body: bytes, status: str) -> None:
    answer, server = run(send_once(answering(body, status)))
    assert isinstance(answer, Ambiguous)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(run: Run, status: str) -> None:
    answer, server = run(send_once(answering(b"", status, "Location: /v26.0/elsewhere\r\n")))
    assert isinstance(answer, Ambiguous)
    assert len(server.requests) == 1


def test_a_huge_answer_is_capped(run: Run) -> None:
    answer, _ = run(send_once(answering(b" " * 200_000)))
    assert answer == Ambiguous("answer too large")


def test_an_endless_answer_is_capped(run: Run) -> None:
    async def endless(connection: Connection) -> None:
        await connection.read_request()
        await connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await connection.write(b"400\r\n" + b" " * 1024 + b"\r\n")

    assert run(send_once(endless))[0] == Ambiguous("answer too large")


def test_a_hanging_server_is_ambiguous(run: Run) -> None:
    async def hang(connection: Connection) -> None:
        await connection.read_request()
        await connection.reader.read()

    answer, server = run(send_once(hang, IMPATIENT))
    assert answer == Ambiguous("timeout")
    assert len(server.requests) == 1


def test_an_answer_in_drips_ends_too(run: Run) -> None:
    async def drip(connection: Connection) -> None:
        await connection.read_request()
        await connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            await connection.write(b" ")
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.reader.read(1), 0.02)

    assert run(send_once(drip, QUICK))[0] == Ambiguous("timeout")


def test_reset_after_the_request_was_read_is_ambiguous(run: Run) -> None:
    async def reset(connection: Connection) -> None:
        await connection.read_request()
        connection.reset()

    answer, server = run(send_once(reset))
    assert isinstance(answer, Ambiguous)
    assert len(server.requests) == 1


def test_close_without_an_answer_is_ambiguous(run: Run) -> None:
    async def close(connection: Connection) -> None:
        await connection.read_request()
        connection.close()

    answer, server = run(send_once(close))
    assert answer == Ambiguous("closed")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "part", [b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"garbage\r\n\r\n"]
)
def test_half_an_answer_is_ambiguous(run: Run, part: bytes) -> None:
    async def half(connection: Connection) -> None:
        await connection.read_request()
        await connection.write(part)
        connection.close()

    answer, server = run(send_once(half))
    assert isinstance(answer, Ambiguous)
    assert len(server.requests) == 1


def test_reset_before_reading_proves_nothing_better(run: Run) -> None:
    async def reset(connection: Connection) -> None:
        connection.reset()

    answer, server = run(send_once(reset))
    assert isinstance(answer, Ambiguous | NotSent)
    assert server.requests == []


def test_a_kept_connection_closed_on_the_second_request_sends_it_once(run: Run) -> None:
    async def probe() -> None:
        async def script(connection: Connection) -> None:
            await connection.read_request()
            await connection.answer()
            await connection.read_request()
            connection.close()

        async with serving(script) as server, AiohttpTransport(server.url) as http:
            assert isinstance(await http.send(request(b'"one"')), Accepted)
            answer = await http.send(request(b'"two"'))
            assert server.connections == 1
            assert answer == Ambiguous("closed")
            assert server.times_seen(b'"two"') == 1

    run(probe())


def test_connections_closed_at_any_moment_never_double_a_request(run: Run) -> None:
    async def probe() -> None:
        async def script(connection: Connection) -> None:
            await connection.read_request()
            await connection.answer()
            # No "Connection: close": the client keeps it and finds out under way.
            for _ in range(len(connection.server.requests) % 4):
                await asyncio.sleep(0)
            connection.close()

        async with serving(script) as server, AiohttpTransport(server.url) as http:
            for number in range(200):
                body = b'"%d"' % number
                answer, times = await http.send(request(body)), server.times_seen(body)
                allowed = {Accepted: {1}, NotSent: {0}, Ambiguous: {0, 1}}[type(answer)]
                assert times in allowed, answer

    run(probe())


STALE = b'HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n{"messages":[{"id":"wamid.old"}]}'


@pytest.mark.parametrize("turns", [1, 2, 5])
def test_an_answer_nobody_asked_for_is_not_taken(run: Run, turns: int) -> None:
    async def probe() -> None:
        go, left = asyncio.Event(), asyncio.Event()

        async def script(connection: Connection) -> None:
            await connection.read_request()
            await connection.answer()
            await go.wait()
            await connection.write(STALE)
            left.set()
            await connection.read_request()

        async with serving(script) as server, AiohttpTransport(server.url) as http:
            assert isinstance(await http.send(request(b'"one"')), Accepted)
            go.set()
            await left.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            assert await http.send(request(b'"two"')) == NotSent("stale connection")
            assert server.times_seen(b'"two"') == 0

    run(probe())


@pytest.mark.parametrize("reason", ["closed", "stale connection"])
def test_a_connection_that_turns_bad_just_before_the_first_byte(run: Run, reason: str) -> None:
    opened: list[AiohttpTransport] = []

    def spoil() -> float:
        # Called when the first byte is about to leave; no later moment is without risk.
        connector = opened[0]._session.connector
        assert connector is not None
        for protocol in connector._acquired:
            assert protocol.transport is not None
            if reason == "closed":
                protocol.transport.close()
            else:
                protocol.data_received(STALE)
        return 0

    async def probe() -> None:
        async with serving(polite) as server, AiohttpTransport(server.url, clock=spoil) as http:
            opened.append(http)
            assert await http.send(request(deadline=1)) == NotSent(reason)
            assert server.requests == []

    run(probe())


def test_refused_connection_is_not_sent(run: Run) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        async def probe() -> Answer:
            async with AiohttpTransport(url) as http:
                return await http.send(request())

        assert run(probe()) == NotSent("refused")


def test_connect_time_out_with_a_full_backlog_is_not_sent(run: Run) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())

        async def probe() -> Answer:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with AiohttpTransport(url, timeouts=QUICK) as http:
                return await http.send(request())

        assert run(probe()) == NotSent("connect_timeout")


def test_unknown_host_is_not_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError(None, "unknown host")

    monkeypatch.setattr(aiohttp.DefaultResolver, "resolve", fail)

    async def probe() -> Answer:
        async with AiohttpTransport("http://nowhere.invalid") as http:
            return await http.send(request())

    assert run(probe()) == NotSent("dns")


def test_tls_with_a_server_that_speaks_none_is_not_sent(run: Run) -> None:
    async def plain(connection: Connection) -> None:
        await connection.reader.read(1)
        await connection.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def probe() -> Answer:
        async with serving(plain) as server:
            url = server.url.replace("http:", "https:")
            async with AiohttpTransport(url, timeouts=PATIENT) as http:
                return await http.send(request())

    assert run(probe()) == NotSent("tls")


def test_a_hanging_tls_handshake_is_not_sent(run: Run) -> None:
    async def hang(connection: Connection) -> None:
        await connection.reader.read()
        await connection.reader.read()

    async def probe() -> Answer:
        async with serving(hang) as server:
            url = server.url.replace("http:", "https:")
            async with AiohttpTransport(url, timeouts=QUICK) as http:
                return await http.send(request())

    assert run(probe()) == NotSent("connect_timeout")


def test_no_free_connection_is_not_sent(run: Run) -> None:
    async def probe() -> None:
        waiting = asyncio.Event()

        async def hang(connection: Connection) -> None:
            await connection.read_request()
            waiting.set()
            await connection.reader.read()

        limits = Timeouts(connect=0.2, read=2)
        async with (
            serving(hang) as server,
            AiohttpTransport(server.url, timeouts=limits, max_connections=1) as http,
        ):
            first = asyncio.create_task(http.send(request(b'"one"')))
            await waiting.wait()
            assert await http.send(request(b'"two"')) == NotSent("connect_timeout")
            assert server.times_seen(b'"two"') == 0
            first.cancel()

    run(probe())


@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
def test_past_the_deadline_no_byte_leaves(run: Run, kept: bool) -> None:
    async def probe() -> None:
        rest: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def script(connection: Connection) -> None:
            if kept:
                await connection.read_request()
                await connection.answer()
            rest.set_result(await connection.reader.read())

        async with serving(script) as server, AiohttpTransport(server.url) as http:
            if kept:
                assert isinstance(await http.send(request()), Accepted)
            assert await http.send(request(within=-0.001)) == NotSent("deadline")
            assert await asyncio.wait_for(rest, 5) == b""
            assert server.connections == 1

    run(probe())


def test_a_deadline_that_passes_while_connecting(run: Run) -> None:
    async def probe() -> None:
        now = 0.0

        async def script(connection: Connection) -> None:
            assert await connection.reader.read() == b""

        async with (
            serving(script) as server,
            AiohttpTransport(server.url, clock=lambda: now) as http,
        ):
            task = asyncio.create_task(http.send(request(deadline=5.0)))
            await asyncio.sleep(0)
            now = 5.0
            assert await task == NotSent("deadline")

    run(probe())


def test_what_cannot_be_a_request_is_not_sent(run: Run) -> None:
    async def probe() -> None:
        async with serving(polite) as server, AiohttpTransport(server.url) as http:
            assert isinstance(await http.send(request(access_token="a\r\nb")), NotSent)
            assert server.requests == []

    run(probe())


def test_many_at_once_over_few_connections(run: Run) -> None:
    async def probe() -> None:
        async with (
            serving(polite) as server,
            AiohttpTransport(server.url, max_connections=20) as http,
        ):
            sends = [http.send(request(b'"%d"' % n)) for n in range(500)]
            answers = await asyncio.gather(*sends)
            assert {a.wamid for a in answers if isinstance(a, Accepted)} == {
                f"wamid.{n}" for n in range(1, 501)
            }
            assert server.connections <= 20

    run(probe())


def test_warmed_connections_are_used(run: Run) -> None:
    async def probe() -> None:
        async def script(connection: Connection) -> None:
            head = await connection.read_request()
            assert TOKEN.encode() not in head
            # Keeps each busy until all are open, or one would serve them all.
            waiting.append(connection)
            if len(waiting) == 3:
                for one in waiting:
                    await one.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\n")
            await connection.read_request()
            await connection.answer()

        waiting: list[Connection] = []
        async with serving(script) as server, AiohttpTransport(server.url) as http:
            await http.warm(3)
            answers = await asyncio.gather(*(http.send(request()) for _ in range(3)))
            assert [type(answer) for answer in answers] == [Accepted] * 3
            assert server.connections == 3

    run(probe())


def test_warming_up_in_vain_is_no_error(run: Run) -> None:
    async def probe() -> None:
        async with AiohttpTransport("http://127.0.0.1:9") as http:
            await http.warm(2)

    run(probe())


def test_cancelled_sends_stay_cancelled(run: Run) -> None:
    async def probe() -> None:
        waiting = asyncio.Event()

        async def hang(connection: Connection) -> None:
            await connection.read_request()
            waiting.set()
            await connection.reader.read()

        async with serving(hang) as server, AiohttpTransport(server.url) as http:
            task = asyncio.create_task(http.send(request()))
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(server.requests) == 1

    run(probe())


def test_proxies_of_the_environment_are_not_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert isinstance(run(send_once(answering(b'{"messages":[{"id":"w"}]}')))[0], Accepted)


def test_a_certificate_of_nobody_is_not_sent(run: Run, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    async def probe() -> None:
        async with serving(polite, context) as server:
            url = server.url.replace("http:", "https:")
            async with AiohttpTransport(url) as http:
                assert await http.send(request()) == NotSent("tls")
            assert server.requests == []

    run(probe())


def self_signed(folder: Path) -> Path:
    """A file with a fresh key and a certificate for 127.0.0.1 that no authority signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True
        )
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path
