"""The sender resource."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.integrations.whatsapp.graph import GraphUnreachableError
from app.models.schedules import Lane
from app.models.senders import Sender, SenderDrain
from app.services import senders
from tests.factories import graph, workspaces
from tests.factories import lanes as lane_factory
from tests.factories import senders as factory

BODY = {
    "name": "Bakery",
    "phone_number_id": "106540352242922",
    "waba_id": "200000000000001",
    "access_token": "EAAGsecrettoken",
    "app_secret": "shh",
}


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> graph.Graph:
    return graph.install(monkeypatch)


def create(owner: TestClient, **changes: Any) -> dict[str, Any]:
    answer = owner.post("/api/v1/senders", json={**BODY, "verify": False, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_connects_a_number_after_asking_meta(
    owner: TestClient, session: Session, meta: graph.Graph
) -> None:
    answer = owner.post("/api/v1/senders", json=BODY)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["verified_name"] == "Lucky Shrub"
    assert made["display_phone_number"] == "15550783881"
    assert made["quality_rating"] == "GREEN"
    assert made["messaging_limit"] == 250
    assert (made["messaging_used_24h"], made["messaging_room_at"]) == (0, None)
    assert (made["status"], made["throughput_mps"], made["version"]) == ("active", 80, 1)
    assert made["created_at"].endswith("Z")
    assert "secrettoken" not in answer.text
    assert "shh" not in answer.text
    assert not {"access_token", "app_secret", "api_base_url"} & made.keys()
    assert [(m, u.partition("/v26.0/")[2]) for m, u, _ in meta.calls] == [
        ("GET", "106540352242922"),
        ("POST", "200000000000001/subscribed_apps"),
        ("GET", "200000000000001"),
    ]
    assert {token for _, _, token in meta.calls} == {"EAAGsecrettoken"}
    stored = session.get_one(Sender, UUID(made["id"]))
    assert "secrettoken" not in stored.access_token_sealed
    assert senders.access_token(stored) == "EAAGsecrettoken"
    assert senders.app_secret(stored) == "shh"
    assert session.get(SenderDrain, stored.id) is not None


def test_a_refused_token_is_told_in_metas_words_and_nothing_is_stored(
    owner: TestClient, meta: graph.Graph
) -> None:
    meta.answers["106540352242922"] = graph.refusal(190)
    answer = owner.post("/api/v1/senders", json=BODY)
    assert answer.status_code == 422
    assert answer.json()["code"] == "token_invalid"
    assert answer.json()["errors"][0]["field"] == "access_token"
    assert "Session has expired" in answer.json()["detail"]
    assert owner.get("/api/v1/senders").json()["items"] == []


@pytest.mark.parametrize("failure", [GraphUnreachableError("ConnectTimeout"), graph.refusal(2)])
def test_meta_out_of_reach_is_not_the_tokens_fault(
    owner: TestClient, meta: graph.Graph, failure: Exception
) -> None:
    meta.answers["subscribed_apps"] = failure
    answer = owner.post("/api/v1/senders", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (502, "upstream_unavailable")
    assert owner.get("/api/v1/senders").json()["items"] == []


def test_verify_false_asks_nobody(owner: TestClient, meta: graph.Graph) -> None:
    assert create(owner)["verified_name"] is None
    assert meta.calls == []


def test_a_number_is_connected_once(owner: TestClient) -> None:
    create(owner)
    again = owner.post("/api/v1/senders", json={**BODY, "verify": False})
    assert (again.status_code, again.json()["code"]) == (409, "duplicate")


def test_a_repeated_request_connects_once_and_asks_meta_once(
    owner: TestClient, meta: graph.Graph
) -> None:
    key = {"Idempotency-Key": "connect-1"}
    first = owner.post("/api/v1/senders", json=BODY, headers=key)
    again = owner.post("/api/v1/senders", json=BODY, headers=key)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(meta.calls) == 3


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "too_short"),
        ("name", "x" * 201, "too_long"),
        ("phone_number_id", "../me", "string_pattern_mismatch"),
        ("access_token", "line\nbreak", "invalid"),
        ("throughput_mps", 0, "greater_than_equal"),
        ("status", "active", "read_only"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_says_which_field_is_wrong(owner: TestClient, field: str, value: Any, code: str) -> None:
    answer = owner.post("/api/v1/senders", json={**BODY, field: value})
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert "secrettoken" not in answer.text


def test_reads_and_changes_by_version(owner: TestClient, session: Session) -> None:
    made = create(owner)
    url = f"/api/v1/senders/{made['id']}"
    read = owner.get(url)
    assert (read.status_code, read.headers["ETag"]) == (200, '"1"')
    changed = owner.patch(
        url, json={"name": "New", "access_token": "next"}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["version"]) == ("New", 2)
    assert senders.access_token(session.get_one(Sender, UUID(made["id"]))) == "next"
    stale = owner.patch(url, json={"name": "Old"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert owner.patch(url, json={"waba_id": "3"}).json()["code"] == "read_only"
    without_own = owner.patch(url, json={"app_secret": None})
    assert without_own.status_code == 200
    assert senders.app_secret(session.get_one(Sender, UUID(made["id"]))) is None


def test_pages_are_stable_under_inserts(owner: TestClient) -> None:
    made = [create(owner, phone_number_id=str(n))["id"] for n in range(3)]
    first = owner.get("/api/v1/senders?limit=2&include_total=true").json()
    create(owner, phone_number_id="9")
    rest = owner.get(f"/api/v1/senders?limit=2&cursor={first['next_cursor']}").json()
    assert [i["id"] for i in first["items"] + rest["items"]] == made[::-1]
    assert (first["total"], rest["next_cursor"]) == (3, None)


def test_pause_and_resume_reach_the_lanes(owner: TestClient, session: Session) -> None:
    url = f"/api/v1/senders/{create(owner)['id']}"
    sender = session.query(Sender).one()
    lane = lane_factory.lane(session, sender)

    def active() -> bool:
        session.refresh(lane)
        return lane.sender_active

    paused = owner.post(f"{url}/pause").json()
    assert (paused["status"], paused["status_reason"]) == ("paused", "paused_by_person")
    assert not active()
    assert owner.post(f"{url}/pause").status_code == 409
    resumed = owner.post(f"{url}/resume").json()
    assert (resumed["status"], resumed["status_reason"]) == ("active", None)
    assert active()
    assert owner.post(f"{url}/resume").status_code == 409
    assert resumed["version"] == 1


def test_check_refreshes_what_meta_says(owner: TestClient, meta: graph.Graph) -> None:
    url = f"/api/v1/senders/{create(owner)['id']}"
    checked = owner.post(f"{url}/check")
    assert checked.status_code == 200, checked.text
    assert (checked.json()["verified_name"], checked.json()["version"]) == ("Lucky Shrub", 1)
    meta.answers["106540352242922"] = {**graph.NUMBER, "status": "BANNED"}
    banned = owner.post(f"{url}/check").json()
    assert (banned["status"], banned["status_reason"]) == ("disconnected", "meta_banned")
    del meta.answers["106540352242922"]
    assert owner.post(f"{url}/check").json()["status"] == "active"
    meta.answers["106540352242922"] = graph.refusal(190)
    refused = owner.post(f"{url}/check").json()
    assert (refused["status"], refused["status_reason"]) == ("paused", "token_invalid")
    meta.answers["106540352242922"] = GraphUnreachableError("ReadTimeout")
    assert owner.post(f"{url}/check").status_code == 502


def test_a_changed_api_base_pauses_until_a_person_confirms(
    owner: TestClient, session: Session, meta: graph.Graph
) -> None:
    url = f"/api/v1/senders/{create(owner)['id']}"
    sender = session.query(Sender).one()
    sender.api_base_url = "http://127.0.0.1:1"
    lane: Lane = lane_factory.lane(session, sender)
    paused = senders.pause_if_base_changed(session)
    session.commit()
    assert [ref.id for ref in paused] == [sender.id]
    assert owner.get(url).json()["status_reason"] == "api_base_changed"
    session.refresh(lane)
    assert not lane.sender_active
    refused = owner.post(f"{url}/check")
    assert (refused.status_code, refused.json()["code"]) == (409, "api_base_changed")
    assert meta.calls == []
    assert owner.post(f"{url}/resume").json()["status"] == "active"
    assert senders.pause_if_base_changed(session) == []


def test_deletes_only_what_nothing_uses(owner: TestClient, session: Session) -> None:
    url = f"/api/v1/senders/{create(owner)['id']}"
    lane = lane_factory.lane(session, session.query(Sender).one())
    used = owner.delete(url)
    assert (used.status_code, used.json()["code"]) == (409, "in_use")
    session.delete(lane)
    session.commit()
    assert owner.delete(url).status_code == 204
    assert owner.get(url).status_code == 404
    assert owner.delete(url).status_code == 404


def test_another_workspaces_sender_is_not_there(owner: TestClient, session: Session) -> None:
    other = factory.sender(session, workspaces.workspace(session).id)
    for id_ in (other.id, new_id(), "nonsense"):
        url = f"/api/v1/senders/{id_}"
        assert owner.get(url).status_code == 404
        assert owner.patch(url, json={"name": "Mine"}).status_code == 404
        assert owner.delete(url).status_code == 404
        for verb in ("check", "pause", "resume"):
            assert owner.post(f"{url}/{verb}").status_code == 404
    assert owner.get("/api/v1/senders").json()["items"] == []
