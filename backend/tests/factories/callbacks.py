"""Callbacks as WhatsApp writes them, and the inbox they wait in."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.services.webhooks import inbox
from tests.factories.deliveries import Sent

SECRET = "app-secret-of-the-tests"


def status(
    sent: Sent | None,
    name: str,
    at: datetime,
    *,
    wamid: str | None = "wamid.A",
    code: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An item of ``statuses``, with our id in it unless ``sent`` is None."""
    item: dict[str, Any] = {"id": wamid, "status": name, "timestamp": str(int(at.timestamp()))}
    if sent is not None:
        item["biz_opaque_callback_data"] = sent.opaque
    if code is not None:
        item["errors"] = [{"code": code, "title": "Failed", "error_data": {"details": "Why"}}]
    return item | more


def body(
    number: str, field: str = "messages", waba_id: str = "200000000000001", **value: Any
) -> bytes:
    """One body, escaped as WhatsApp does."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": number}
    change = {
        "field": field,
        "value": {"messaging_product": "whatsapp", "metadata": metadata} | value,
    }
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba_id, "time": 1795500000, "changes": [change]}],
    }
    return json.dumps(whole).replace("/", "\\/").encode()


def signature(raw: bytes, secret: str = SECRET) -> str:
    """Value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def store(session: Session, *raws: bytes, workspace_ids: tuple[UUID, ...] | None = None) -> None:
    """Put bodies into the inbox."""
    inbox.store(session, [inbox.Body(raw, workspace_ids) for raw in raws])
    session.commit()
