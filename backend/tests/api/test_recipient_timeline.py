"""What happened with a person, in one list."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import clock
from app.core.ids import new_id
from app.domain import local_time
from app.models.callbacks import InboundMessage
from app.models.deliveries import Delivery
from tests.factories import senders

URL = "/api/v1/recipients"


def history(owner: TestClient, session: Session) -> dict[str, Any]:
    """A person with consent now, a delivery two hours ago and a message one hour ago."""
    person: dict[str, Any] = owner.post(
        URL,
        json={"phone": "+34612345678", "consent": {"marketing": "opted_in", "source": "form"}},
    ).json()
    workspace_id = UUID(owner.get("/api/v1/workspace").json()["id"])
    sender_id = senders.sender(session, workspace_id).id
    now = clock.now()
    common: dict[str, Any] = {
        "workspace_id": workspace_id,
        "recipient_id": UUID(person["id"]),
        "sender_id": sender_id,
    }
    session.add_all(
        [
            InboundMessage(
                **common,
                wamid="wamid.1",
                kind="text",
                text="Hola",
                payload={},
                received_at=now - timedelta(hours=1),
            ),
            Delivery(
                **common,
                id=new_id(),
                occurrence_id=new_id(),
                origin="direct",
                status="read",
                due_at=now,
                expires_at=now,
                created_at=now - timedelta(hours=2),
                variables={"code": "1234"},
            ),
        ]
    )
    session.commit()
    return person


def test_lists_everything_newest_first(owner: TestClient, session: Session) -> None:
    url = f"{URL}/{history(owner, session)['id']}/timeline"
    items = owner.get(url).json()["items"]
    assert [item["kind"] for item in items] == ["consent", "inbound", "delivery"]
    assert items[0]["detail"]["source"] == "form"
    assert items[1]["detail"]["text"] == "Hola"
    assert items[2]["detail"]["status"] == "read"
    assert [item["at"] for item in items] == sorted((i["at"] for i in items), reverse=True)
    assert all(item["at"].endswith("Z") for item in items)
    session.expire_all()
    due_at = session.scalars(select(Delivery)).one().due_at
    assert items[2]["detail"]["due_at"] == local_time.format_instant(due_at)


def test_pages_through_all_three(owner: TestClient, session: Session) -> None:
    url = f"{URL}/{history(owner, session)['id']}/timeline"
    seen, cursor = [], ""
    for _ in range(3):
        page = owner.get(url, params={"limit": "1", "include_total": "true", **_at(cursor)}).json()
        assert page["total"] == 3
        seen += [item["kind"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["consent", "inbound", "delivery"]
    assert cursor is None


def _at(cursor: str) -> dict[str, str]:
    return {"cursor": cursor} if cursor else {}


def test_erasing_takes_the_words_along(owner: TestClient, session: Session) -> None:
    person = history(owner, session)
    assert owner.delete(f"{URL}/{person['id']}").status_code == 204
    assert owner.get(f"{URL}/{person['id']}/timeline").status_code == 404
    session.expire_all()
    message = session.scalars(select(InboundMessage)).one()
    assert (message.text, message.payload) == (None, {})
    assert session.scalars(select(Delivery)).one().variables is None
