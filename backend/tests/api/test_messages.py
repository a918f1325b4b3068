"""The message resource."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.models.messages import MessageVersion
from app.models.recipients import Recipient
from app.models.schedules import Schedule
from app.models.templates import Template
from app.models.workspaces import Workspace
from tests.factories import messages as factory
from tests.factories import senders as sender_factory
from tests.factories import templates, workspaces

URL = "/api/v1/messages"
TEXT = {"title": "Offer", "kind": "text", "category": "marketing", "content": "Hi {{ name }}"}
PARAMETERS: dict[str, Any] = {
    "header": {"name": "{{ name }}"},
    "body": {"order": "{{ attributes.order }}", "city": "León", "name": "{{ name }}"},
    "buttons": {"1": {"1": "{{ attributes.order | downcase }}"}},
}


def create(owner: TestClient, **changes: Any) -> dict[str, Any]:
    answer = owner.post(URL, json={**TEXT, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def workspace_id(session: Session) -> UUID:
    return session.query(Workspace).one().id


def with_template(template: Template, **parameters: Any) -> dict[str, Any]:
    return {
        "title": "Order",
        "kind": "template",
        "template": {"template_id": str(template.id), "parameters": {**PARAMETERS, **parameters}},
    }


def test_writes_a_text(owner: TestClient) -> None:
    made = create(owner, content='{{ name | default: "you" }} of {{ attributes.city }}')
    assert made["variables"] == ["name", "attributes.city"]
    assert (made["kind"], made["category"], made["version"]) == ("text", "marketing", 1)
    assert (made["template"], made["media"], made["interactive"]) == (None, None, None)
    assert (made["archived"], made["preview_url"]) == (False, False)
    assert made["updated_at"].endswith("Z")
    read = owner.get(f"{URL}/{made['id']}")
    assert (read.json(), read.headers["ETag"]) == (made, '"1"')


def test_writes_a_template_message_that_takes_the_templates_category(
    owner: TestClient, session: Session
) -> None:
    template = templates.template(session, workspace_id(session))
    answer = owner.post(URL, json={**with_template(template), "category": "marketing"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["category"], made["content"]) == ("utility", None)
    assert made["template"] == {"template_id": str(template.id), "parameters": PARAMETERS}
    assert made["variables"] == ["name", "attributes.order"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": " "}, "title", "too_short"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"content": "x" * 4097}, "content", "too_long"),
        ({"content": " "}, "content", "required"),
        ({"content": "Hi {{ name"}, "content", "invalid_template"),
        ({"content": "{% for a in b %}{% endfor %}"}, "content", "invalid_template"),
        ({"category": None}, "category", "required"),
        ({"category": "news"}, "category", "unknown_value"),
        ({"kind": "media", "content": None}, "kind", "not_supported_yet"),
        ({"kind": "letter"}, "kind", "unknown_value"),
        ({"media": {"link": "https://x"}}, "media", "not_supported_yet"),
        ({"interactive": {}}, "interactive", "not_supported_yet"),
        ({"template": {"template_id": str(new_id())}}, "template", "not_for_kind"),
        ({"kind": "template"}, "content", "not_for_kind"),
        ({"kind": "template", "content": None}, "template", "required"),
        ({"version": 3}, "version", "read_only"),
        ({"text": "x"}, "text", "unknown_field"),
        ({"content": "a\x00"}, "content", "nul_character"),
    ],
)
def test_says_which_field_is_wrong(
    owner: TestClient, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = owner.post(URL, json={**TEXT, **changes})
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert owner.get(URL).json()["items"] == []


def test_says_where_liquid_is_wrong(owner: TestClient) -> None:
    answer = owner.post(URL, json={**TEXT, "content": "Hi\n  {{ name | shout }}"})
    assert "Line 2, column 13" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("parameters", "field", "code"),
    [
        ({"header": {}}, "header.name", "template_parameters"),
        ({"body": {"order": "1", "city": " ", "name": "x"}}, "body.city", "template_parameters"),
        ({"body": {**PARAMETERS["body"], "x": "1"}}, "body.x", "template_parameters"),
        ({"buttons": {"9": {"1": "x"}}}, "buttons.1.1", "template_parameters"),
        ({"header": {"name": "{{ oh"}}, "header.name", "invalid_template"),
    ],
)
def test_every_slot_of_a_template_is_filled(
    owner: TestClient, session: Session, parameters: dict[str, Any], field: str, code: str
) -> None:
    template = templates.template(session, workspace_id(session))
    answer = owner.post(URL, json=with_template(template, **parameters))
    assert answer.status_code == 422
    errors = {(e["field"], e["code"]) for e in answer.json()["errors"]}
    assert (f"template.parameters.{field}", code) in errors


def test_refuses_templates_it_does_not_know_or_cannot_send(
    owner: TestClient, session: Session
) -> None:
    foreign = templates.template(session, workspaces.workspace(session).id)
    cards = templates.template(session, owner_workspace(owner), "cards")
    gone = templates.template(session, owner_workspace(owner), "hello_world")
    gone.status = "DELETED"
    session.commit()
    for template, code in (
        (foreign, "unknown_reference"),
        (gone, "unknown_reference"),
        (cards, "not_supported_yet"),
    ):
        answer = owner.post(URL, json=with_template(template))
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["code"]) == (422, code)
        assert error["field"] == "template.template_id"


def owner_workspace(owner: TestClient) -> UUID:
    return UUID(owner.get("/api/v1/workspace").json()["id"])


def test_an_edit_is_a_new_version_and_the_old_one_stays(
    owner: TestClient, session: Session
) -> None:
    made = create(owner)
    url = f"{URL}/{made['id']}"
    changed = owner.patch(url, json={"content": "Hello"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == '"2"'
    assert (changed.json()["content"], changed.json()["category"]) == ("Hello", "marketing")
    assert changed.json()["updated_at"] > made["updated_at"]
    versions = session.query(MessageVersion).order_by(MessageVersion.version)
    assert [(v.version, v.content["text"]) for v in versions] == [
        (1, "Hi {{ name }}"),
        (2, "Hello"),
    ]
    stale = owner.patch(url, json={"content": "Late"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    archived = owner.patch(url, json={"archived": True, "title": "Old"}).json()
    assert (archived["archived"], archived["title"], archived["version"]) == (True, "Old", 3)
    assert archived["content"] == "Hello"
    assert owner.patch(url, json={}).json()["version"] == 3
    refused = owner.patch(url, json={"content": None})
    assert (refused.status_code, refused.json()["code"]) == (422, "required")
    assert owner.get(url).json()["version"] == 3


def test_an_edit_may_change_the_kind(owner: TestClient, session: Session) -> None:
    url = f"{URL}/{create(owner)['id']}"
    template = templates.template(session, workspace_id(session))
    part = with_template(template)["template"]
    changed = owner.patch(url, json={"kind": "template", "template": part})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["kind"], changed.json()["content"]) == ("template", None)
    assert owner.patch(url, json={"content": "x"}).json()["code"] == "not_for_kind"
    template.status = "DELETED"
    session.commit()
    assert owner.patch(url, json={"archived": True}).status_code == 200
    assert owner.patch(url, json={"template": part}).json()["code"] == "unknown_reference"


def test_filters_and_pages(owner: TestClient, session: Session) -> None:
    ids = [create(owner, title=title)["id"] for title in ("Spring 50%", "Summer", "Autumn")]
    owner.patch(f"{URL}/{ids[2]}", json={"archived": True})
    template = templates.template(session, workspace_id(session))
    order = owner.post(URL, json=with_template(template)).json()["id"]

    def listed(query: str) -> list[str]:
        return [item["id"] for item in owner.get(f"{URL}?{query}").json()["items"]]

    assert listed("q=s") == [ids[1], ids[0]]
    assert listed("q=50%25") == [ids[0]]
    assert listed("kind=template") == [order]
    assert listed("archived=true") == [ids[2]]
    assert listed("archived=false&sort=created_at") == [ids[0], ids[1], order]
    first = owner.get(f"{URL}?limit=3&include_total=true").json()
    rest = owner.get(f"{URL}?limit=3&cursor={first['next_cursor']}").json()
    assert [i["id"] for i in first["items"] + rest["items"]] == [order, *ids[::-1]]
    assert first["total"] == 4
    for wrong in ("kind=odd", "archived=odd", "limit=201", "cursor=odd"):
        assert owner.get(f"{URL}?{wrong}").status_code == 422


def test_deletes_only_what_no_schedule_uses(owner: TestClient, session: Session) -> None:
    made = create(owner)
    schedule = Schedule(
        workspace_id=workspace_id(session),
        name="Weekly",
        message_id=UUID(made["id"]),
        message_version=1,
        sender_id=sender_factory.sender(session, workspace_id(session)).id,
        audience={},
        timing={},
        status="draft",
    )
    session.add(schedule)
    session.commit()
    used = owner.delete(f"{URL}/{made['id']}")
    assert (used.status_code, used.json()["code"]) == (409, "in_use")
    assert owner.get(f"{URL}/{made['id']}").status_code == 200
    session.delete(schedule)
    session.commit()
    assert owner.delete(f"{URL}/{made['id']}").status_code == 204
    assert owner.get(f"{URL}/{made['id']}").status_code == 404
    # What was sent with a version must stay readable.
    kept = session.query(MessageVersion).populate_existing().one()
    assert (kept.message_id, kept.content["text"]) == (None, "Hi {{ name }}")


def test_previews_for_a_person_and_for_nobody(owner: TestClient, session: Session) -> None:
    template = templates.template(session, workspace_id(session))
    url = f"{URL}/{owner.post(URL, json=with_template(template)).json()['id']}/preview"
    ana = Recipient(
        workspace_id=workspace_id(session),
        external_id="crm-1",
        name="Ana",
        phone="+525512345678",
        timezone="UTC",
        timezone_source="workspace",
        attributes={"order": "A-1"},
    )
    session.add(ana)
    session.commit()
    for key in (str(ana.id), "external:crm-1"):
        answer = owner.post(url, json={"recipient_id": key})
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert shown["rendered"] == "Hi Ana\nOrder A-1 reaches León today, Ana.\nLucky Shrub"
        assert (shown["payload"]["to"], shown["missing"]) == ("+525512345678", [])
        assert shown["payload"]["template"]["name"] == "order_update"
    nobody = owner.post(url).json()
    assert nobody["missing"] == ["name", "attributes.order"]
    assert nobody["payload"] is None
    assert "Order {{ attributes.order }} reaches León" in nobody["rendered"]
    given = owner.post(url, json={"variables": {"name": "Bea", "attributes": {"order": "B"}}})
    assert given.json()["rendered"].startswith("Hi Bea\nOrder B ")
    assert "to" not in given.json()["payload"]
    for key in (str(new_id()), "external:nobody", "odd"):
        refused = owner.post(url, json={"recipient_id": key})
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_reference")
        assert refused.json()["errors"][0]["field"] == "recipient_id"
    big = owner.post(url, json={"variables": {"x": "y" * 9000}})
    assert (big.status_code, big.json()["errors"][0]["field"]) == (422, "variables")


def test_another_workspaces_message_is_not_there(owner: TestClient, session: Session) -> None:
    other = factory.text(session, workspaces.workspace(session).id).message
    for id_ in (other.id, new_id(), "nonsense"):
        url = f"{URL}/{id_}"
        assert owner.get(url).status_code == 404
        assert owner.patch(url, json={"title": "Mine"}).status_code == 404
        assert owner.delete(url).status_code == 404
        assert owner.post(f"{url}/preview", json={}).status_code == 404
    assert owner.get(URL).json()["items"] == []
