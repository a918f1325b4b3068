"""The template resource and its sync."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.integrations.whatsapp.graph import GraphUnreachableError
from app.models.senders import Sender
from app.models.templates import Template
from app.models.workspaces import Workspace
from app.services import template_sync
from tests.factories import graph, templates, workspaces
from tests.factories import senders as sender_factory


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> graph.Graph:
    return graph.install(monkeypatch)


@pytest.fixture
def sender(owner: TestClient, session: Session) -> Sender:
    return sender_factory.sender(session, session.query(Workspace).one().id)


def pages(*pages: list[dict[str, Any]]) -> Any:
    """A listing of several pages, by cursor."""

    def answer(params: dict[str, Any]) -> dict[str, Any]:
        number = int(params.get("after", 0))
        cursors = {"before": "x", "after": str(number + 1)}
        more = number + 1 < len(pages)
        return {
            "data": pages[number],
            "paging": {"cursors": cursors, **({"next": "https://evil.example"} if more else {})},
        }

    return answer


def names(owner: TestClient, query: str = "") -> set[str]:
    items = owner.get(f"/api/v1/templates{query}").json()["items"]
    return {item["name"] for item in items}


def test_sync_reads_all_pages_and_what_vanished_is_deleted(
    owner: TestClient, sender: Sender, meta: graph.Graph
) -> None:
    listed = list(templates.LISTED.values())
    meta.answers["message_templates"] = pages(listed[:3], listed[3:])
    assert template_sync.run(sender.id) == len(listed)
    assert names(owner) == set(templates.LISTED)
    assert {token for _, _, token in meta.calls} == {sender_factory.TOKEN}
    ids = {i["name"]: i["id"] for i in owner.get("/api/v1/templates").json()["items"]}

    paused = {**listed[0], "status": "PAUSED", "quality_score": {"score": "RED"}}
    meta.answers["message_templates"] = pages([paused, paused, listed[1]])
    assert template_sync.run(sender.id) == 2
    after = {i["name"]: i for i in owner.get("/api/v1/templates").json()["items"]}
    assert {name: item["id"] for name, item in after.items()} == ids
    assert (after["order_update"]["status"], after["order_update"]["quality"]) == ("PAUSED", "RED")
    assert after["spring_sale"]["status"] == "APPROVED"
    assert after["hello_world"]["status"] == "DELETED"


def test_an_unreadable_list_changes_nothing(
    owner: TestClient, sender: Sender, meta: graph.Graph
) -> None:
    meta.answers["message_templates"] = pages([templates.LISTED["hello_world"]])
    template_sync.run(sender.id)
    for failure in (GraphUnreachableError("ReadTimeout"), graph.refusal(190)):
        meta.answers["message_templates"] = failure
        assert template_sync.run(sender.id) is None
    assert owner.get("/api/v1/templates").json()["items"][0]["status"] == "APPROVED"
    assert template_sync.run(new_id()) is None


def test_no_token_goes_to_another_api(
    owner: TestClient, session: Session, sender: Sender, meta: graph.Graph
) -> None:
    sender.api_base_url = "http://127.0.0.1:1"
    session.commit()
    assert template_sync.run(sender.id) is None
    assert meta.calls == []


def test_a_sync_is_asked_for_and_rung_after_the_commit(
    owner: TestClient, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core import queue

    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(queue, "publish", lambda *call: rung.append(call))
    answer = owner.post("/api/v1/templates/sync", json={"sender_id": str(sender.id)})
    assert (answer.status_code, answer.json()) == (202, {"status": "queued"})
    assert rung == [("templates.sync", str(sender.id))]
    unknown = owner.post("/api/v1/templates/sync", json={"sender_id": str(new_id())})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_reference")
    assert unknown.json()["errors"][0]["field"] == "sender_id"


def test_a_template_says_what_it_needs(owner: TestClient, session: Session) -> None:
    row = templates.template(session, session.query(Workspace).one().id)
    read = owner.get(f"/api/v1/templates/{row.id}").json()
    assert (read["category"], read["status"], read["language"]) == ("utility", "APPROVED", "en_US")
    assert (read["header"], read["footer"]) == ("Hi {{name}}", "Lucky Shrub")
    assert [(slot["path"], slot["required"]) for slot in read["slots"]] == [
        ("header.name", True),
        ("body.order", True),
        ("body.city", True),
        ("body.name", True),
        ("buttons.0.payload", False),
        ("buttons.1.1", True),
    ]
    assert read["buttons"][1] == {
        "kind": "URL", "label": "Track", "url": "https://example.com/t/{{1}}"
    }  # fmt: skip
    assert read["unsupported"] == []
    assert read["synced_at"].endswith("Z")


def test_filters(owner: TestClient, session: Session) -> None:
    workspace_id = session.query(Workspace).one().id
    for name in ("order_update", "spring_sale", "cards"):
        templates.template(session, workspace_id, name)
    session.query(Template).filter_by(name="cards").update({"status": "PAUSED"})
    session.commit()
    mine = sender_factory.sender(session, workspace_id, waba_id=f"{templates.WABA}-spring_sale")
    assert names(owner, "?category=marketing") == {"spring_sale", "cards"}
    assert names(owner, "?category=UTILITY&status=approved") == {"order_update"}
    assert names(owner, "?status=PAUSED") == {"cards"}
    assert names(owner, "?q=Sale") == {"spring_sale"}
    assert names(owner, "?q=_____") == set()
    assert names(owner, f"?sender_id={mine.id}") == {"spring_sale"}
    assert names(owner, f"?sender_id={new_id()}") == set()
    for wrong in ("status=odd", "category=odd", "sender_id=odd", "limit=0", "cursor=odd"):
        assert owner.get(f"/api/v1/templates?{wrong}").status_code == 422


def test_what_is_not_built_is_refused(owner: TestClient, session: Session) -> None:
    row = templates.template(session, session.query(Workspace).one().id)
    answers = [
        owner.post("/api/v1/templates", json={"name": "x"}),
        owner.delete(f"/api/v1/templates/{row.id}"),
        owner.post("/api/v1/media", files={"file": b"x"}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "not_supported_yet")


def test_another_workspaces_template_is_not_there(owner: TestClient, session: Session) -> None:
    other = templates.template(session, workspaces.workspace(session).id)
    for id_ in (other.id, new_id(), "nonsense"):
        assert owner.get(f"/api/v1/templates/{id_}").status_code == 404
        assert owner.delete(f"/api/v1/templates/{id_}").status_code == 404
    assert names(owner) == set()
