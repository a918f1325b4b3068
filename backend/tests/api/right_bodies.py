"""A right body of every operation that takes JSON, for tests that then spoil them."""

import re
from collections.abc import Iterator
from typing import Any

from starlette.testclient import TestClient

from app.core.ids import new_id

SENDER = {
    "name": "Bakery",
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": "EAAB-token",
    "app_secret": "5ec7e7",
    "throughput_mps": 80,
    "verify": False,
}
MESSAGE = {
    "title": "Bread",
    "kind": "text",
    "content": "Hi {{ name }}",
    "category": "utility",
    "preview_url": False,
}
RECIPIENT = {
    "name": "Ana",
    "phone": "+13605550123",
    "external_id": "crm-7",
    "country": "US",
    "language": "en",
    "timezone": "UTC",
    "attributes": {"city": "Vancouver"},
    "consent": {"marketing": "opted_in", "source": "till", "evidence": "signed"},
    "allow_invalid": False,
}
SETUP = {
    "workspace_name": "Bakery",
    "email": "ana@example.com",
    "password": "seven brown loaves at dawn",
    "name": "Ana",
    "timezone": "America/Mexico_City",
    "country": "MX",
    "locale": "es",
}
RESOLUTIONS = {
    "action": "mark_failed",
    "confirm": True,
    "filter": {"status": ["unconfirmed"], "reason": "undeliverable", "to": "2027-01-05T09:00:00Z"},
}
WORKSPACE = {
    "name": "W",
    "timezone": "UTC",
    "country": "US",
    "locale": "en",
    "stop_words": {"en": ["enough"]},
    "retention_days": {"deliveries": 30},
}


def world(owner: TestClient) -> dict[str, Any]:
    """Makes one object of each kind over the API; their ids by the noun of their path."""
    made: dict[str, Any] = {}
    for noun, body in (("senders", SENDER), ("messages", MESSAGE), ("recipients", RECIPIENT)):
        answer = owner.post(f"/api/v1/{noun}", json=body)
        assert answer.status_code == 201, answer.text
        made[noun] = answer.json()["id"]
    group = owner.post("/api/v1/groups", json={"name": "All", "kind": "static"})
    made["groups"] = group.json()["id"]
    return made


def template(path: str) -> str:
    """The path with ``{}`` in place of each id."""
    return re.sub(r"/(\{\w+\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=/|$)", "/{}", path)


def requests_of(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and a right body of each operation that takes JSON."""
    one = {name: f"/{name}/{id_}" for name, id_ in ids.items()}
    send = {"sender_id": ids["senders"], "to": "+13605550123", "message_id": ids["messages"]}
    schedule = {
        "name": "Offer",
        "message_id": ids["messages"],
        "sender_id": ids["senders"],
        "audience": {
            "group_ids": [ids["groups"]],
            "recipient_ids": ["external:crm-7"],
            "exclude_group_ids": [],
        },
        "timing": {"kind": "once", "at": "2027-01-05T09:00", "timezone": "UTC"},
        "max_rate_mps": 40,
        "expires_after_s": 600,
        "reference": "r",
        "metadata": {"a": 1},
        "draft": True,
    }
    yield "POST", "/schedules", schedule
    yield "POST", "/senders", {**SENDER, "phone_number_id": "106540352242999"}
    yield (
        "PATCH",
        one["senders"],
        {"name": "B", "throughput_mps": 20, "access_token": "t", "app_secret": "5ec7e7"},
    )
    yield "POST", "/messages", MESSAGE
    yield "PATCH", one["messages"], {"title": "T", "content": "Hi", "archived": False}
    yield "POST", one["messages"] + "/preview", {"variables": {"a": "b"}, "recipient_id": None}
    yield "POST", one["messages"] + "/test", {"sender_id": ids["senders"], "to": "+13605550199"}
    yield "POST", "/messages/send", {**send, "variables": {"a": "b"}, "metadata": {"a": 1}}
    yield "POST", "/messages/send", {**send, "reference": "r", "expires_after_s": 60}
    yield "POST", "/recipients", {**RECIPIENT, "phone": "+13605550177", "external_id": "crm-8"}
    yield "PATCH", one["recipients"], {**RECIPIENT, "consent": None}
    consent = {"marketing": "opted_out", "all": "allowed", "source": "s", "evidence": "e"}
    yield "POST", one["recipients"] + "/consent", consent
    yield "POST", "/recipients/bulk", {"items": [RECIPIENT], "on_conflict": "update"}
    yield "POST", "/groups", {"name": "G", "kind": "static", "description": "d"}
    yield "PATCH", one["groups"], {"name": "H", "description": "d"}
    yield "POST", one["groups"] + "/members", {"add": [ids["recipients"]], "remove": []}
    yield "PATCH", "/workspace", WORKSPACE
    keys = {"name": "k", "scopes": ["messages:read"], "expires_at": "2030-01-01T00:00:00Z"}
    yield "POST", "/api-keys", keys
    yield "POST", "/templates/sync", {"sender_id": ids["senders"]}
    yield "POST", "/groups/preview", {"filter": {"field": "name", "op": "exists", "value": True}}
    yield "PATCH", f"/schedules/{new_id()}", {**schedule, "message_version": 1}
    yield "POST", f"/occurrences/{new_id()}/resume", {"substitute_template_id": str(new_id())}
    yield "POST", f"/deliveries/{new_id()}/resolve", {"action": "resend", "confirm": True}
    yield "POST", "/deliveries/resolve", RESOLUTIONS
    yield from _of_people()


def _of_people() -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "PATCH", f"/members/{new_id()}", {"role": "viewer"}
    yield "POST", "/invitations", {"email": "luz@example.com", "role": "editor"}
    accept = {"token": "t", "name": "Luz", "password": "seven brown loaves at dawn"}
    yield "POST", "/invitations/accept", accept
    yield "POST", "/setup", SETUP
    yield "POST", "/auth/switch", {"workspace_id": str(new_id())}
    yield "POST", "/auth/login", {"email": "a@example.com", "password": "p", "totp_code": "1"}
    yield "POST", "/auth/password", {"current_password": "a", "new_password": "b"}
