"""The live stream, over a real server and a real Redis."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import delete

from app.api import live as live_stream
from app.core import db, live, redis, tokens
from app.models.users import User
from app.models.workspaces import Workspace
from app.repositories import sessions
from tests.api import live_server
from tests.factories import workspaces

DEADLINE_S = 15


@pytest.fixture(scope="module")
def url(stack: Path) -> Iterator[str]:
    with live_server.serve() as url:
        yield url


@pytest.fixture
def token(stack: Path) -> Iterator[str]:
    """An owner's token, committed for the server to see."""
    with db.transaction(None) as session:
        token = workspaces.owner_token(session)
    yield token
    claims = tokens.read_access(token)
    with db.transaction(None) as session:
        session.execute(delete(Workspace).where(Workspace.id == claims.workspace_id))
        session.execute(delete(User).where(User.id == claims.user_id))


def _workspace(token: str) -> UUID:
    return tokens.read_access(token).workspace_id


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def _listeners(token: str) -> int:
    found: list[tuple[str, int]] = redis.client().pubsub_numsub(live.channel(_workspace(token)))  # type: ignore[assignment]
    return found[0][1]


class Listener:
    """A client of the stream that reads event by event."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.iter_lines()

    def next_event(self) -> tuple[str, Any, str]:
        """Name, data and id of the next event, comments left out."""
        fields: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                return fields["event"], json.loads(fields["data"]), fields["id"]
            else:
                fields = {}
        raise EOFError

    def ends(self) -> bool:
        """Read on until the server ends the stream."""
        try:
            self.next_event()
        except EOFError:
            return True
        return False


def _open(client: httpx2.Client, url: str, token: str, **headers: str) -> Any:
    headers["Authorization"] = f"Bearer {token}"
    return client.stream("GET", f"{url}/api/v1/events", headers=headers)


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=DEADLINE_S, trust_env=False) as client:
        yield client


def test_hears_its_own_workspace_only(
    client: httpx2.Client, url: str, token: str, stack: Path
) -> None:
    with _open(client, url, token) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in response.headers
        _wait(lambda: _listeners(token) == 1)
        live.say(uuid4(), "sender.updated", id="not for us")
        live.say(_workspace(token), "sender.updated", id="one")
        live.say(_workspace(token), "schedule.updated", id="two")
        listener = Listener(response)
        first, second = listener.next_event(), listener.next_event()
    assert first[:2] == ("sender.updated", {"id": "one"})
    assert second[:2] == ("schedule.updated", {"id": "two"})
    assert first[2] < second[2]
    _wait(lambda: _listeners(token) == 0)


def test_who_comes_back_is_told_to_read_again(client: httpx2.Client, url: str, token: str) -> None:
    with _open(client, url, token, **{"Last-Event-ID": "earlier"}) as response:
        assert Listener(response).next_event()[0] == "resync"


def test_an_ended_session_loses_its_stream(
    client: httpx2.Client, url: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "RECHECK_S", 3600)
    with _open(client, url, token) as response:
        _wait(lambda: _listeners(token) == 1)
        logout = client.post(
            f"{url}/api/v1/auth/logout", headers={"Authorization": f"Bearer {token}"}
        )
        assert logout.status_code == 204
        assert Listener(response).ends()
    _wait(lambda: _listeners(token) == 0)


def test_an_end_that_redis_did_not_tell_is_seen_too(
    client: httpx2.Client, url: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "RECHECK_S", 0.1)
    with _open(client, url, token) as response:
        _wait(lambda: _listeners(token) == 1)
        with db.transaction(None) as session:
            sessions.revoke(session, tokens.read_access(token).session_id)
        assert Listener(response).ends()


def test_outlives_a_redis_that_goes_away(
    client: httpx2.Client, url: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "_BACK_OFF_S", (0.05,))
    with _open(client, url, token) as response:
        _wait(lambda: _listeners(token) == 1)
        redis.client().client_kill_filter(_type="pubsub")
        listener = Listener(response)
        assert listener.next_event()[0] == "resync"
        live.say(_workspace(token), "delivery.updated", id="after")
        assert listener.next_event()[:2] == ("delivery.updated", {"id": "after"})


def test_takes_a_scope(client: httpx2.Client, url: str, stack: Path) -> None:
    assert client.get(f"{url}/api/v1/events").status_code == 401


def test_a_key_without_the_scope_is_refused(client: httpx2.Client, url: str, token: str) -> None:
    made = client.post(
        f"{url}/api/v1/api-keys",
        json={"name": "K", "scopes": ["groups:read"]},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    answer = client.get(f"{url}/api/v1/events", headers={"Authorization": f"Bearer {made['key']}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
