"""Direct and test sends: what is accepted, what is refused, what is written."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import clock
from app.core.ids import new_id
from app.domain.local_time import format_instant
from app.models.deliveries import Delivery
from app.models.messages import MessageVersion
from app.models.recipients import Recipient
from app.models.schedules import Lane
from app.models.senders import Sender
from app.models.workspaces import Workspace
from tests.factories import messages as message_factory
from tests.factories import recipients as recipient_factory
from tests.factories import senders as sender_factory
from tests.factories import workspaces

URL = "/api/v1/messages/send"
PHONE = "+525512345678"


@pytest.fixture
def workspace(owner: TestClient, session: Session) -> Workspace:
    row = session.query(Workspace).one()
    # Free text to somebody who never wrote would otherwise be skipped.
    row.service_window = "ignore"
    session.commit()
    return row


@pytest.fixture
def sender(workspace: Workspace, session: Session) -> Sender:
    return sender_factory.sender(session, workspace.id)


def inline(sender: Sender, **changes: Any) -> dict[str, Any]:
    body = {
        "sender_id": str(sender.id),
        "to": PHONE,
        "content": "Order {{ order }} is ready",
        "category": "utility",
        "variables": {"order": "A-1"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def test_sends_inline_content_to_a_new_number(
    owner: TestClient, session: Session, sender: Sender
) -> None:
    answer = owner.post(URL, json=inline(sender, reference="A-1", metadata={"shop": 7}))
    assert answer.status_code == 202, answer.text
    sent = answer.json()
    assert (sent["origin"], sent["status"], sent["reason"]) == ("direct", "scheduled", None)
    assert (sent["schedule_id"], sent["occurrence_id"], sent["message_id"]) == (None, None, None)
    assert (sent["reference"], sent["metadata"]) == ("A-1", {"shop": 7})
    assert (sent["attempts"], sent["wamid"], sent["pricing"]) == (0, None, None)
    assert sent["due_at"].endswith("Z")
    person = session.query(Recipient).one()
    assert sent["recipient"] == {"id": str(person.id), "name": "", "phone": PHONE}
    assert person.consent_marketing == "unknown"
    delivery = session.query(Delivery).one()
    assert (str(delivery.id), delivery.variables) == (sent["id"], {"order": "A-1"})
    lane = session.query(Lane).one()
    version = session.get_one(MessageVersion, lane.message_version_id)
    assert (version.message_id, version.content["text"]) == (None, "Order {{ order }} is ready")


def test_sends_the_newest_version_of_a_message_to_a_recipient(
    owner: TestClient, session: Session, workspace: Workspace, sender: Sender
) -> None:
    message = message_factory.text(session, workspace.id).message
    owner.patch(f"/api/v1/messages/{message.id}", json={"content": "Newer"})
    ana = recipient_factory.recipient(session, workspace.id, PHONE, external_id="crm-1")
    session.commit()
    for key in (str(ana.id), "external:crm-1"):
        body = {"sender_id": str(sender.id), "recipient_id": key, "message_id": str(message.id)}
        answer = owner.post(URL, json=body)
        assert answer.status_code == 202, answer.text
        assert answer.json()["message_id"] == str(message.id)
        assert answer.json()["recipient"]["name"] == "Ana"
    versions = {lane.message_version_id for lane in session.query(Lane)}
    assert [session.get_one(MessageVersion, v).content["text"] for v in versions] == ["Newer"]


def test_who_must_not_get_it_is_skipped_with_the_reason(
    owner: TestClient, session: Session, workspace: Workspace, sender: Sender
) -> None:
    recipient_factory.recipient(
        session, workspace.id, PHONE, consent_marketing="opted_out", consent_all="opted_out"
    )
    session.commit()
    answer = owner.post(URL, json=inline(sender))
    assert (answer.status_code, answer.json()["status"]) == (202, "skipped")
    assert answer.json()["reason"]["code"] == "opted_out"
    assert answer.json()["reason"]["action"]
    workspace.service_window = "enforce"
    session.commit()
    closed = owner.post(URL, json=inline(sender, to="+525587654321")).json()
    assert (closed["status"], closed["reason"]["code"]) == ("skipped", "window_closed")


def test_an_instant_of_later_is_kept_and_a_moment_ago_is_now(
    owner: TestClient, sender: Sender
) -> None:
    later = format_instant(clock.now() + timedelta(hours=2))
    assert owner.post(URL, json=inline(sender, send_at=later)).json()["due_at"] == later
    ago = format_instant(clock.now() - timedelta(seconds=30))
    assert owner.post(URL, json=inline(sender, send_at=ago)).json()["due_at"] > ago


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"sender_id": str(new_id())}, "sender_id", "unknown_reference"),
        ({"to": None}, "to", "required"),
        ({"recipient_id": str(new_id())}, "recipient_id", "only_one_of"),
        ({"to": None, "recipient_id": str(new_id())}, "recipient_id", "unknown_reference"),
        ({"to": None, "recipient_id": "external:nobody"}, "recipient_id", "unknown_reference"),
        ({"to": "12"}, "to", "invalid_phone"),
        ({"content": None}, "message_id", "required"),
        ({"content": None, "message_id": str(new_id())}, "message_id", "unknown_reference"),
        ({"message_id": str(new_id())}, "content", "only_one_of"),
        ({"category": None}, "category", "required"),
        ({"content": "{{ oh"}, "content", "invalid_template"),
        ({"content": "x" * 4097}, "content", "too_long"),
        ({"send_at": "2020-01-01T00:00:00Z"}, "send_at", "in_past"),
        ({"send_at": "2999-01-01T00:00:00Z"}, "send_at", "too_far"),
        ({"send_at": "2027-01-01T00:00"}, "send_at", "invalid"),
        ({"send_at": 1767225600}, "send_at", "invalid"),
        ({"expires_after_s": 0}, "expires_after_s", "greater_than_equal"),
        ({"metadata": {"x": "y" * 2048}}, "metadata", "too_large"),
        ({"variables": {"x": "y" * 8192}}, "variables", "too_large"),
        ({"reference": "x" * 201}, "reference", "too_long"),
        ({"media": {"link": "https://x"}}, "media", "not_supported_yet"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_says_which_field_is_wrong(
    owner: TestClient, session: Session, sender: Sender, changes: Any, field: str, code: str
) -> None:
    answer = owner.post(URL, json=inline(sender, **changes))
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert session.query(Delivery).count() == 0
    assert session.query(Recipient).count() == 0
    assert session.query(MessageVersion).count() == 0


def test_a_repeated_request_sends_once(owner: TestClient, session: Session, sender: Sender) -> None:
    key = {"Idempotency-Key": "order-A-1"}
    first = owner.post(URL, json=inline(sender), headers=key)
    again = owner.post(URL, json=inline(sender), headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    other = owner.post(URL, json=inline(sender, content="Other"), headers=key)
    assert other.json()["code"] == "idempotency_mismatch"
    assert session.query(Delivery).count() == 1


def test_a_test_send_goes_to_one_number(
    owner: TestClient, session: Session, workspace: Workspace, sender: Sender
) -> None:
    message = message_factory.text(session, workspace.id).message
    url = f"/api/v1/messages/{message.id}/test"
    answer = owner.post(url, json={"sender_id": str(sender.id), "to": PHONE})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["origin"], answer.json()["status"]) == ("test", "scheduled")
    assert answer.json()["message_id"] == str(message.id)
    unknown = owner.post(url, json={"sender_id": str(new_id()), "to": PHONE})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_reference")
    missing = owner.post(url, json={"sender_id": str(sender.id)})
    assert missing.json()["errors"][0]["field"] == "to"


def test_nothing_of_another_workspace_can_be_sent(
    owner: TestClient, session: Session, workspace: Workspace, sender: Sender
) -> None:
    other: UUID = workspaces.workspace(session).id
    message = message_factory.text(session, other).message
    foreign_sender = sender_factory.sender(session, other)
    person = recipient_factory.recipient(session, other, PHONE)
    session.commit()
    for changes, field in (
        ({"sender_id": str(foreign_sender.id)}, "sender_id"),
        ({"content": None, "message_id": str(message.id)}, "message_id"),
        ({"to": None, "recipient_id": str(person.id)}, "recipient_id"),
    ):
        answer = owner.post(URL, json=inline(sender, **changes))
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
        assert answer.json()["errors"][0]["field"] == field
    test = {"sender_id": str(sender.id), "to": PHONE}
    assert owner.post(f"/api/v1/messages/{message.id}/test", json=test).status_code == 404
