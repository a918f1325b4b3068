"""WhatsApp's callbacks come in: a real server, real bytes, a real database."""

import asyncio
import hashlib
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx2
import pytest
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import sessionmaker

from app.api import intake, intake_writer
from app.core import db, queue
from app.core.crypto import Cell, seal
from app.models.callbacks import InboxItem
from app.models.senders import Sender, SenderDrain
from app.models.workspaces import Workspace
from app.services.webhooks.inbox import Body
from tests.api import live_server
from tests.factories import callbacks, senders, workspaces
from tests.support import waiting

VERIFY_TOKEN = "verify-token-of-the-tests"


@pytest.fixture(scope="module")
def rung() -> list[str]:
    return []


@pytest.fixture(scope="module")
def url(stack: Path, rung: list[str]) -> Iterator[str]:
    patch = pytest.MonkeyPatch()
    patch.setattr(queue, "publish", lambda task, *_, **__: rung.append(task))
    with live_server.serve() as url:
        yield f"{url}/webhook/whatsapp"
    patch.undo()


@pytest.fixture(autouse=True)
def _empty_inbox(stack: Path) -> Iterator[None]:
    yield
    with db.transaction() as session:
        session.execute(delete(InboxItem))


def post(url: str, raw: bytes, **headers: str) -> httpx2.Response:
    signed = {"X-Hub-Signature-256": callbacks.signature(raw)}
    return httpx2.post(url, content=raw, headers=signed | headers, timeout=30)


def stored() -> list[InboxItem]:
    with db.transaction() as session:
        return list(session.scalars(select(InboxItem).order_by(InboxItem.id)))


def count() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxItem)) or 0


def handshake(url: str, **changed: str) -> httpx2.Response:
    query = {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1158201444"}
    return httpx2.get(url, params={f"hub.{name}": v for name, v in (query | changed).items()})


def test_handshake(url: str) -> None:
    answer = handshake(url)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed", [{"verify_token": "wrong"}, {"mode": "unsubscribe"}, {"challenge": "two words"}]
)
def test_a_wrong_handshake_is_refused(url: str, changed: dict[str, str]) -> None:
    assert handshake(url, **changed).status_code == 403
    assert httpx2.get(url).status_code == 403


def test_other_methods_are_refused(url: str) -> None:
    answer = httpx2.put(url, content=b"{}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_a_200_means_stored(url: str, rung: list[str]) -> None:
    rung.clear()
    raw = callbacks.body("1", statuses=[])
    answer = post(url, raw)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-request-id"]
    (item,) = stored()
    assert (item.body, item.digest, item.state) == (raw, hashlib.sha256(raw).digest(), "pending")
    assert item.workspace_ids is None
    waiting.until(lambda: rung == ["webhooks.merge"])


def test_the_signature_is_over_the_bytes_as_they_came(url: str) -> None:
    raw = rb'{"name":"Mar\u00eda \ud83d\ude00","href":"https:\/\/x\/"}'
    assert post(url, raw).status_code == 200
    rewritten = json.dumps(json.loads(raw)).encode()
    forged = {"X-Hub-Signature-256": callbacks.signature(raw)}
    assert httpx2.post(url, content=rewritten, headers=forged).status_code == 401
    assert [item.body for item in stored()] == [raw]


@pytest.mark.parametrize(
    "header",
    ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", callbacks.signature(b"{}", "wrong")],
)
def test_forged_callbacks_leave_nothing(url: str, header: str) -> None:
    answer = post(url, b"{}", **{"X-Hub-Signature-256": header})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"
    assert httpx2.post(url, content=b"{}").status_code == 401
    assert count() == 0


def test_a_cut_body_is_not_signed(url: str) -> None:
    raw = callbacks.body("1", statuses=[])
    cut = {"X-Hub-Signature-256": callbacks.signature(raw)}
    assert post(url, raw[:-1], **cut).status_code == 401
    assert count() == 0


def test_a_body_that_never_ends_leaves_nothing(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as connection:
        head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
        connection.sendall(head.encode() + b"{" * 100)
    assert post(url, b"{}").status_code == 200
    assert count() == 1


@pytest.mark.parametrize("declared", [True, False])
def test_bodies_are_capped_while_they_come(url: str, declared: bool) -> None:
    raw = b" " * (intake.MAX_BODY_BYTES + 1)
    chunks = (raw[at : at + 65536] for at in range(0, len(raw), 65536))
    headers = {"X-Hub-Signature-256": callbacks.signature(raw)}
    try:
        answer = httpx2.post(url, content=raw if declared else chunks, headers=headers, timeout=30)
        assert answer.status_code == 413
    except (httpx2.WriteError, httpx2.RemoteProtocolError, httpx2.ReadError):
        pass  # refused while we were still writing
    assert count() == 0


def test_the_largest_body_is_taken(url: str) -> None:
    raw = b'{"x":"' + b"y" * (intake.MAX_BODY_BYTES - 8) + b'"}'
    assert post(url, raw).status_code == 200
    assert [len(item.body) for item in stored()] == [intake.MAX_BODY_BYTES]


def test_signed_but_not_json_is_stored(url: str) -> None:
    assert post(url, b"\x00\xff not json").status_code == 200
    assert stored()[0].body == b"\x00\xff not json"


def test_only_refusals_are_lines_in_the_log(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app.requests")
    post(url, b"{}")
    post(url, b"{}", **{"X-Hub-Signature-256": "sha256=forged"})
    said = [record.getMessage() for record in caplog.records if record.name == "app.requests"]
    assert said == ["POST /webhook/whatsapp 401"]


def test_repeats_are_stored_once(url: str) -> None:
    raw = callbacks.body("1", statuses=[{"id": "wamid.A"}])
    assert {post(url, raw).status_code for _ in range(3)} == {200}
    assert count() == 1


def test_many_at_once(url: str, rung: list[str]) -> None:
    rung.clear()

    async def send_all() -> list[int]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as client:

            async def send(n: int) -> int:
                raw = callbacks.body("1", statuses=[{"id": f"wamid.{n % 400}"}])
                headers = {"X-Hub-Signature-256": callbacks.signature(raw)}
                async with client.post(url, data=raw, headers=headers) as answer:
                    return answer.status

            return await asyncio.gather(*(send(n) for n in range(500)))

    assert set(asyncio.run(send_all())) == {200}
    assert count() == 400
    assert 0 < len(rung) < 250


def test_a_full_queue_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_writer, "MOST_WAITING", 0)
    answer = post(url, b"{}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert count() == 0


def test_without_a_database_nothing_is_confirmed(url: str, monkeypatch: Any) -> None:
    assert post(url, b'{"first":1}').status_code == 200
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    away = create_engine(f"postgresql+psycopg2://x@127.0.0.1:{port}/x")
    with monkeypatch.context() as patch:
        patch.setattr(db, "_sessions", lambda: sessionmaker(away))
        assert post(url, b'{"second":2}').status_code == 503
    assert post(url, b'{"second":2}').status_code == 200
    assert count() == 2


@pytest.fixture
def own_secret(stack: Path) -> Iterator[tuple[Sender, str]]:
    """A sender with an app secret of its own, committed for the server to see."""
    with db._sessions()() as session:
        workspace = workspaces.workspace(session)
        sender = senders.sender(session, workspace.id)
        cell = Cell("senders", "app_secret", workspace.id, sender.id)
        sender.app_secret_sealed = seal("its-own-secret", cell)
        session.commit()
    yield sender, "its-own-secret"
    with db.transaction() as session:
        session.execute(delete(SenderDrain).where(SenderDrain.sender_id == sender.id))
        session.execute(delete(Sender).where(Sender.id == sender.id))
        session.execute(delete(Workspace).where(Workspace.id == sender.workspace_id))


def test_a_senders_own_secret_speaks_for_its_workspace(
    url: str, own_secret: tuple[Sender, str]
) -> None:
    sender, secret = own_secret
    signed = {"X-Hub-Signature-256": callbacks.signature(b"{}", secret)}
    # A look-up for a secret that isn't known yet happens once a second at most.
    waiting.until(lambda: post(url, b"{}", **signed).status_code == 200)
    assert [item.workspace_ids for item in stored()] == [[sender.workspace_id]]


def test_without_any_secret_nothing_is_believed(url: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(intake, "_SECRETS_FOR_S", 0)
    monkeypatch.setattr(intake, "_read_secrets", dict)
    assert post(url, b"{}").status_code == 401
    assert (
        post(url, b"{}", **{"X-Hub-Signature-256": callbacks.signature(b"{}", "")}).status_code
        == 401
    )
    assert count() == 0


def test_what_waits_is_stored_before_the_end(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "publish", lambda *_, **__: True)

    async def live() -> list[bool]:
        writer = intake_writer.Writer()
        writer.start()
        futures = [writer.offer(Body(f"{n}".encode())) for n in range(50)]
        await asyncio.to_thread(writer.stop)
        assert writer.offer(Body(b"late")) is None
        return await asyncio.gather(*(future for future in futures if future))

    assert asyncio.run(live()) == [True] * 50
    assert count() == 50
