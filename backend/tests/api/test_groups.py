"""The groups resource."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.models.schedules import Schedule
from tests.factories import messages, senders, workspaces
from tests.factories import recipients as people

URL = "/api/v1/groups"


def create(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, json={"name": "VIP", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def person(client: TestClient, phone: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/v1/recipients", json={"phone": phone, **body}).json()
    return found


def test_makes_changes_and_deletes_a_group(owner: TestClient) -> None:
    made = create(owner, kind="static", description="The best")
    assert made["kind"] == "static"
    assert (made["size"], made["version"], made["filter"]) == (0, 1, None)
    url = f"{URL}/{made['id']}"
    assert owner.get(url).headers["ETag"] == '"1"'
    changed = owner.patch(url, json={"name": "Gold"}, headers={"If-Match": '"1"'})
    assert changed.json() == {**made, "name": "Gold", "version": 2}
    assert owner.patch(url, json={"name": "X"}, headers={"If-Match": '"1"'}).status_code == 412
    assert [g["id"] for g in owner.get(f"{URL}?q=gol").json()["items"]] == [made["id"]]
    assert owner.delete(url).status_code == 204
    assert owner.delete(url).status_code == 404
    assert owner.get(url).status_code == 404
    assert owner.patch(url, json={"name": "X"}).status_code == 404


def test_says_what_is_not_built_or_wrong(owner: TestClient) -> None:
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"name": "X", "kind": "dynamic"}, ("kind", "not_supported_yet")),
        ({"name": "X", "filter": {"all": []}}, ("filter", "not_supported_yet")),
        ({"name": "  "}, ("name", "too_short")),
        ({"name": "X", "size": 3}, ("size", "read_only")),
        ({}, ("name", "required")),
    ]
    for body, expected in cases:
        answer = owner.post(URL, json=body)
        assert answer.status_code == 422
        error = answer.json()["errors"][0]
        assert (error["field"], error["code"]) == expected
    preview = owner.post(f"{URL}/preview", json={"filter": {"all": []}})
    assert preview.json()["code"] == "not_supported_yet"


def test_people_join_and_leave(owner: TestClient) -> None:
    group = create(owner)
    ana = person(owner, "+34612345678", external_id="crm-1")
    ben = person(owner, "+34612345679")
    url = f"{URL}/{group['id']}/members"
    both = owner.post(url, json={"add": [ana["id"], "external:crm-1", ben["id"]]})
    assert both.status_code == 200
    assert (both.json()["size"], both.json()["version"]) == (2, 1)
    listed = owner.get(url, params={"include_total": True}).json()
    assert [m["id"] for m in listed["items"]] == [ben["id"], ana["id"]]
    assert listed["total"] == 2
    assert listed["items"][0]["group_ids"] == [group["id"]]
    left = owner.post(url, json={"remove": ["external:crm-1", ana["id"]]})
    assert left.json()["size"] == 1
    assert (
        owner.get(f"/api/v1/recipients?group_id={group['id']}").json()["items"][0]["id"]
        == (ben["id"])
    )
    owner.delete(f"/api/v1/recipients/{ben['id']}")
    assert owner.get(f"{URL}/{group['id']}").json()["size"] == 0


def test_refuses_unknown_and_foreign_members(owner: TestClient, session: Session) -> None:
    group = create(owner)
    other = workspaces.workspace(session)
    foreign = people.recipient(session, other.id, "+34612345678")
    theirs = people.group(session, other.id, foreign)
    session.commit()
    url = f"{URL}/{group['id']}/members"
    for field, key in (("add", str(foreign.id)), ("remove", "external:nobody")):
        answer = owner.post(url, json={field: [key]})
        assert answer.status_code == 422
        error = answer.json()["errors"][0]
        assert (error["field"], error["code"]) == (f"{field}.0", "unknown_reference")
    assert owner.post(url, json={"add": ["x"]}).json()["errors"][0]["code"] == "invalid_id"
    assert owner.get(f"{URL}/{theirs.id}").status_code == 404
    assert owner.get(f"{URL}/{theirs.id}/members").status_code == 404
    assert owner.post(f"{URL}/{theirs.id}/members", json={"add": []}).status_code == 404
    assert owner.delete(f"{URL}/{theirs.id}").status_code == 404
    assert [g["id"] for g in owner.get(URL).json()["items"]] == [group["id"]]


def test_a_persons_groups_are_set_by_an_edit(owner: TestClient) -> None:
    one, two = create(owner), create(owner)
    ana = person(owner, "+34612345678", group_ids=[one["id"]])
    assert ana["group_ids"] == [one["id"]]
    url = f"/api/v1/recipients/{ana['id']}"
    assert owner.patch(url, json={"group_ids": [two["id"]]}).json()["group_ids"] == [two["id"]]
    assert owner.patch(url, json={"name": "B"}).json()["group_ids"] == [two["id"]]
    assert owner.patch(url, json={"group_ids": []}).json()["group_ids"] == []


def test_a_group_that_is_waited_for_stays(owner: TestClient, session: Session) -> None:
    group = create(owner)
    workspace_id = UUID(owner.get("/api/v1/workspace").json()["id"])
    schedule = Schedule(
        workspace_id=workspace_id,
        name="Offer",
        message_id=messages.text(session, workspace_id).message.id,
        message_version=1,
        sender_id=senders.sender(session, workspace_id).id,
        audience={"group_ids": [group["id"]]},
        timing={"kind": "now"},
        status="scheduled",
    )
    session.add(schedule)
    session.commit()
    answer = owner.delete(f"{URL}/{group['id']}")
    assert answer.status_code == 409
    assert answer.json()["code"] == "in_use"
    schedule.status = "completed"
    session.commit()
    assert owner.delete(f"{URL}/{group['id']}").status_code == 204
