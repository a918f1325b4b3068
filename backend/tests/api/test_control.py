"""Control over the API: pause, resume, hurry, copy, stop; single firings; resolving."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.services.dispatch import expand
from tests.api.test_schedules import MESSAGE, SENDER
from tests.services.dispatch.conftest import make_bench

API = "/api/v1"


@pytest.fixture
def made(owner: TestClient) -> dict[str, Any]:
    """A schedule for a group of nobody, next year."""
    sender = owner.post(f"{API}/senders", json=SENDER).json()
    message = owner.post(f"{API}/messages", json=MESSAGE).json()
    group = owner.post(f"{API}/groups", json={"name": "All", "kind": "static"}).json()
    body = {
        "name": "Offer",
        "message_id": message["id"],
        "sender_id": sender["id"],
        "audience": {"group_ids": [group["id"]]},
        "timing": {"kind": "once", "at": "2027-11-05T09:00:00Z"},
    }
    answer = owner.post(f"{API}/schedules", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_pause_resume_and_the_states_between(owner: TestClient, made: dict[str, Any]) -> None:
    url = f"{API}/schedules/{made['id']}"
    for word, status in (("pause", "paused"), ("resume", "scheduled")):
        answer = owner.post(f"{url}/{word}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        again = owner.post(f"{url}/{word}")
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        assert status in again.json()["detail"]
    assert owner.post(f"{url}/pause").json()["version"] == made["version"]
    assert owner.post(f"{url}/cancel").json()["status"] == "cancelled"
    assert owner.post(f"{url}/archive").json()["status"] == "archived"
    assert owner.post(f"{url}/resume").status_code == 409


def test_send_now_however_often(owner: TestClient, made: dict[str, Any]) -> None:
    url = f"{API}/schedules/{made['id']}"
    due = set()
    for _ in range(3):
        answer = owner.post(f"{url}/send-now")
        assert answer.status_code == 200, answer.text
        due.add(answer.json()["next_occurrence_at"])
    assert len(due) == 1
    assert due.pop() < "2027"


def test_duplicate_is_a_draft_of_its_own(owner: TestClient, made: dict[str, Any]) -> None:
    answer = owner.post(f"{API}/schedules/{made['id']}/duplicate")
    assert answer.status_code == 201
    copy = answer.json()
    assert (copy["status"], copy["name"]) == ("draft", "Offer (copy)")
    same = ("message_id", "sender_id", "audience", "timing", "expires_after_s")
    assert {name: copy[name] for name in same} == {name: made[name] for name in same}


def test_one_firing(owner: TestClient, made: dict[str, Any]) -> None:
    [listed] = owner.get(f"{API}/schedules/{made['id']}/occurrences").json()["items"]
    url = f"{API}/occurrences/{listed['id']}"
    assert owner.get(url).json() == listed
    assert owner.post(f"{url}/pause").status_code == 409  # nothing to hold back yet
    substitute = owner.post(f"{url}/resume", json={"substitute_template_id": str(uuid4())})
    assert (substitute.status_code, substitute.json()["code"]) == (422, "unknown_reference")
    assert owner.post(f"{url}/skip").json()["status"] == "skipped"
    assert owner.post(f"{url}/cancel").status_code == 409
    assert owner.get(f"{API}/schedules/{made['id']}").json()["status"] == "cancelled"


def test_a_firing_under_way_says_when_it_will_have_ended(
    owner: TestClient, made: dict[str, Any]
) -> None:
    [listed] = owner.get(f"{API}/schedules/{made['id']}/occurrences").json()["items"]
    url = f"{API}/occurrences/{listed['id']}"
    assert listed["finishes_at"] is None
    person = {"phone": "+12015550123", "consent": {"marketing": "opted_in", "source": "form"}}
    groups = made["audience"]["group_ids"]
    assert owner.post(f"{API}/recipients", json=person | {"group_ids": groups}).status_code == 201
    expand.open_occurrence(UUID(listed["id"]))
    opened = owner.get(url).json()
    assert opened["finishes_at"] >= opened["last_due_at"]
    assert owner.post(f"{url}/pause").json()["finishes_at"] is None
    assert owner.post(f"{url}/resume").json()["finishes_at"] >= opened["last_due_at"]
    [again] = owner.get(f"{API}/schedules/{made['id']}/occurrences").json()["items"]
    assert again["finishes_at"] >= opened["last_due_at"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "schedules/{id}/pause"),
        ("POST", "schedules/{id}/resume"),
        ("POST", "schedules/{id}/send-now"),
        ("POST", "schedules/{id}/duplicate"),
        ("GET", "occurrences/{id}"),
        ("POST", "occurrences/{id}/pause"),
        ("POST", "occurrences/{id}/resume"),
        ("POST", "occurrences/{id}/cancel"),
        ("POST", "occurrences/{id}/skip"),
    ],
)
def test_what_is_not_there_is_404(owner: TestClient, method: str, path: str) -> None:
    answer = owner.request(method, f"{API}/{path.format(id=uuid4())}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_resolving_asks_for_confirmation(owner: TestClient) -> None:
    url = f"{API}/deliveries/{uuid4()}/resolve"
    for body, field, code in (
        ({"action": "resend"}, "confirm", "required"),
        ({"action": "resend", "confirm": False}, "confirm", "unknown_value"),
        ({"action": "forget", "confirm": True}, "action", "unknown_value"),
    ):
        answer = owner.post(url, json=body)
        assert answer.status_code == 422, answer.text
        [error] = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code)
    assert owner.post(url, json={"action": "resend", "confirm": True}).status_code == 404


def test_resolves_one_and_many(anonymous: TestClient, session: Session) -> None:
    from tests.factories import workspaces

    bench = make_bench(session)
    _, delivery, attempt_id = bench.sending()
    bench.settle(delivery, "unconfirmed", attempt_id=attempt_id, outcome="unconfirmed")
    token = workspaces.member_token(session, bench.sender.workspace_id)
    anonymous.headers["Authorization"] = f"Bearer {token}"
    url = f"{API}/deliveries/{delivery.id}/resolve"
    early = anonymous.post(url, json={"action": "resend", "confirm": True})
    assert (early.status_code, early.json()["code"]) == (409, "too_early")
    assert 840 < int(early.headers["Retry-After"]) <= 901
    bulk = {"action": "resend", "confirm": True, "filter": {"from": "2026-01-01T00:00:00Z"}}
    counted = anonymous.post(f"{API}/deliveries/resolve", json=bulk)
    assert counted.json() == {"resolved": 0, "too_early": 1, "stopped": 0, "remaining": 0}
    session.execute(text("UPDATE attempts SET marked_at = marked_at - interval '16 minutes'"))
    session.commit()
    answer = anonymous.post(url, json={"action": "resend", "confirm": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "scheduled")
    assert answer.json()["timeline"][-1]["source"] == "person"
    no_filter = anonymous.post(f"{API}/deliveries/resolve", json={**bulk, "filter": None})
    assert no_filter.status_code == 422
