"""Meta's management API, answered in-process."""

from typing import Any

import pytest

from app.integrations.whatsapp import errors, graph

NUMBER = {
    "id": "106540352242922",
    "verified_name": "Lucky Shrub",
    "display_phone_number": "15550783881",
    "status": "CONNECTED",
    "quality_rating": "GREEN",
    "throughput": {"level": "STANDARD"},
    "whatsapp_business_manager_messaging_limit": "TIER_250",
}


class Graph:
    """Answers by the end of the URL; keeps the calls. An answer may be an exception."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.answers: dict[str, Any] = {"subscribed_apps": {"success": True}}

    def exchange(
        self, method: str, url: str, access_token: str, *, params: Any = None, body: Any = None
    ) -> dict[str, Any]:
        self.calls.append((method, url, access_token))
        end = url.rpartition("/")[2]
        answer = self.answers.get(end, NUMBER)
        if callable(answer):
            answer = answer(params or {})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


def refusal(code: int, details: str = "Session has expired") -> graph.GraphRefusedError:
    """An error as Meta words it."""
    error = errors.parse({"error": {"code": code, "message": details}}, 400)
    assert error is not None
    return graph.GraphRefusedError(error)


def install(monkeypatch: pytest.MonkeyPatch) -> Graph:
    """Take the place of the Graph API."""
    fake = Graph()
    monkeypatch.setattr(graph, "exchange", fake.exchange)
    return fake
