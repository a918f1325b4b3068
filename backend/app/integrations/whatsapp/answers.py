"""What a send came to: four outcomes, told apart without guessing.

There is no idempotency key, so only two outcomes allow another try by machine: ``NotSent``, when
no byte of the request was written, and ``Refused``, when Meta's own error says so. All else may
have been accepted.
"""

import json
from dataclasses import dataclass

from app.integrations.whatsapp import errors
from app.integrations.whatsapp.errors import MetaError


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte was written: ``dns``, ``refused``, ``connect_timeout``, ``tls``, ``deadline`` …"""

    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Meta took the message, which doesn't mean it was delivered.

    ``message_status`` only for templates: ``accepted``, ``held_for_quality_assessment``,
    ``paused``. ``wa_id`` may differ from the phone sent to; absent for business-scoped ids.
    """

    wamid: str
    message_status: str | None
    wa_id: str | None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Meta's JSON error, whatever the HTTP status."""

    error: MetaError


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Bytes left and no readable answer came: Meta may have accepted the message."""

    reason: str


Answer = NotSent | Accepted | Refused | Ambiguous


def classify(http_status: int, body: bytes, secret: str = "") -> Answer:
    """Read an answer that came in whole; ``secret`` never shows in the result."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Ambiguous(f"unreadable answer with HTTP {http_status}")
    if (accepted := _accepted(http_status, answer)) is not None:
        return accepted
    if (error := errors.parse(answer, http_status, secret)) is not None:
        return Refused(error)
    return Ambiguous(f"neither id nor error with HTTP {http_status}")


def _accepted(http_status: int, answer: object) -> Accepted | None:
    message, contact = _first(answer, "messages"), _first(answer, "contacts")
    wamid = _text(message.get("id"))
    if not 200 <= http_status < 300 or wamid is None:
        return None
    return Accepted(
        wamid=wamid,
        message_status=_text(message.get("message_status")),
        wa_id=_text(contact.get("wa_id")),
        user_id=_text(contact.get("user_id")),
    )


def _first(answer: object, key: str) -> dict[str, object]:
    items = answer.get(key) if isinstance(answer, dict) else None
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
