"""Schedules over the API: what is planned, refused, cancelled; one key, one schedule."""

from typing import Any

import pytest
from starlette.testclient import TestClient

SENDER = {
    "name": "Bakery",
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": "EAAB-token",
    "verify": False,
}
MESSAGE = {"title": "Bread", "kind": "text", "content": "Hi", "category": "utility"}


@pytest.fixture
def body(owner: TestClient) -> dict[str, Any]:
    """A schedule for a group of nobody, tomorrow."""
    sender = owner.post("/api/v1/senders", json=SENDER).json()
    message = owner.post("/api/v1/messages", json=MESSAGE).json()
    group = owner.post("/api/v1/groups", json={"name": "All", "kind": "static"}).json()
    return {
        "name": "Offer",
        "message_id": message["id"],
        "sender_id": sender["id"],
        "audience": {"group_ids": [group["id"]]},
        "timing": {"kind": "once", "at": "2027-01-05T09:00", "timezone": "America/Vancouver"},
    }


def test_plans_once_in_the_schedules_zone(owner: TestClient, body: dict[str, Any]) -> None:
    made = owner.post("/api/v1/schedules", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["status"] == "scheduled"
    assert made.json()["counts"]["audience"] == 0
    found = owner.get(f"/api/v1/schedules/{made.json()['id']}").json()
    # British Columbia keeps one offset since 2026: the zone rules in use know.
    assert found["next_occurrence_at"] == "2027-01-05T16:00:00.000Z"
    occurrences = owner.get(f"/api/v1/schedules/{found['id']}/occurrences").json()["items"]
    assert [o["key"] for o in occurrences] == ["0"]


def test_without_a_name_it_is_called_as_its_message(
    owner: TestClient, body: dict[str, Any]
) -> None:
    made = owner.post("/api/v1/schedules", json={**body, "name": None})
    assert (made.status_code, made.json()["name"]) == (201, "Bread")
    del body["name"]
    assert owner.post("/api/v1/schedules", json=body).json()["name"] == "Bread"


def test_what_is_not_built_may_be_null_as_in_answers(
    owner: TestClient, body: dict[str, Any]
) -> None:
    made = owner.post("/api/v1/schedules", json={**body, "window": None})
    assert (made.status_code, made.json()["window"]) == (201, None)
    changed = owner.patch(f"/api/v1/schedules/{made.json()['id']}", json={"window": None})
    assert changed.json() == made.json()


def test_cancels_once_and_says_why_not_twice(owner: TestClient, body: dict[str, Any]) -> None:
    made = owner.post("/api/v1/schedules", json=body).json()
    cancelled = owner.post(f"/api/v1/schedules/{made['id']}/cancel")
    assert cancelled.json()["status"] == "cancelled"
    again = owner.post(f"/api/v1/schedules/{made['id']}/cancel")
    assert again.status_code == 409
    assert "cancelled" in again.json()["detail"]


def test_one_idempotency_key_makes_one_schedule(owner: TestClient, body: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "offer-1"}
    first = owner.post("/api/v1/schedules", json=body, headers=headers)
    second = owner.post("/api/v1/schedules", json=body, headers=headers)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json()["id"] == first.json()["id"]
    assert len(owner.get("/api/v1/schedules").json()["items"]) == 1
    other = owner.post("/api/v1/schedules", json={**body, "name": "Other"}, headers=headers)
    assert other.json()["code"] == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"timing": {"kind": "once", "at": "2020-01-01T09:00:00Z"}}, "timing.at", "in_past"),
        ({"timing": {"kind": "recurring"}}, "timing.kind", "not_supported_yet"),
        ({"window": {"start": "09:00", "end": "20:00"}}, "window", "not_supported_yet"),
        ({"audience": {}}, "audience", "audience_empty"),
        ({"status": "sending"}, "status", "read_only"),
        ({"colour": "red"}, "colour", "unknown_field"),
        (
            {"message_id": "01a20d14-b640-77d1-b62d-5fb52f3b5af5"},
            "message_id",
            "unknown_reference",
        ),
    ],
)
def test_says_which_field_is_wrong(
    owner: TestClient, body: dict[str, Any], changes: dict[str, Any], field: str, code: str
) -> None:
    answer = owner.post("/api/v1/schedules", json={**body, **changes})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0] | {"message": ""} == {
        "field": field,
        "code": code,
        "message": "",
    }
    assert owner.get("/api/v1/schedules").json()["items"] == []


def test_changes_what_is_given_and_says_the_version(
    owner: TestClient, body: dict[str, Any]
) -> None:
    made = owner.post("/api/v1/schedules", json={**body, "reference": "R", "max_rate_mps": 5})
    url = f"/api/v1/schedules/{made.json()['id']}"
    timing = {"kind": "once", "at": "2027-01-06T09:00", "timezone": "America/Vancouver"}
    changes = {"name": "Other", "timing": timing, "max_rate_mps": None, "metadata": {"a": 1}}
    changed = owner.patch(url, json=changes, headers={"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == '"2"'
    shown = changed.json()
    assert (shown["name"], shown["max_rate_mps"], shown["reference"]) == ("Other", None, "R")
    assert (shown["metadata"], shown["version"]) == ({"a": 1}, 2)
    assert shown["next_occurrence_at"] == "2027-01-06T16:00:00.000Z"
    stale = owner.patch(url, json={"name": "Late"}, headers={"If-Match": made.headers["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert owner.patch(url, json={}).json() == shown


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": None}, "name", None),
        ({"timing": None}, "timing", None),
        ({"draft": True}, "draft", "read_only"),
        ({"status": "sending"}, "status", "read_only"),
        ({"window": {"start": "09:00"}}, "window", "not_supported_yet"),
        ({"resend_after_s": 899}, "resend_after_s", "greater_than_equal"),
        ({"timing": {"kind": "recurring"}}, "timing.kind", "not_supported_yet"),
        ({"timing": {"kind": "once", "at": "2020-01-01T09:00:00Z"}}, "timing.at", "in_past"),
        ({"audience": {}}, "audience", "audience_empty"),
        ({"message_version": 9}, "message_version", "unknown_reference"),
        ({"sender_id": "01a20d14-b640-77d1-b62d-5fb52f3b5af5"}, "sender_id", "unknown_reference"),
    ],
)
def test_a_wrong_change_names_its_field(
    owner: TestClient, body: dict[str, Any], changes: dict[str, Any], field: str, code: str | None
) -> None:
    made = owner.post("/api/v1/schedules", json=body).json()
    answer = owner.patch(f"/api/v1/schedules/{made['id']}", json=changes)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert code is None or error["code"] == code
    assert owner.get(f"/api/v1/schedules/{made['id']}").json() == made


def test_at_the_daily_limit_the_rest_waits_or_is_left_out(
    owner: TestClient, body: dict[str, Any]
) -> None:
    made = owner.post("/api/v1/schedules", json=body).json()
    assert (made["daily_limit"], made["blocked_by"], made["waits_until"]) == ("spread", None, None)
    stops = owner.post("/api/v1/schedules", json={**body, "daily_limit": "stop"}).json()
    assert stops["daily_limit"] == "stop"
    changed = owner.patch(f"/api/v1/schedules/{made['id']}", json={"daily_limit": "stop"})
    assert changed.json()["daily_limit"] == "stop"
    assert owner.get(f"/api/v1/schedules/{made['id']}").json()["daily_limit"] == "stop"
