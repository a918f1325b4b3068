"""The string that travels with a message and comes back in its callbacks.

``v1.<occurrence>.<delivery>.<attempt>.<mac>``, ids as base64url of their 16 bytes: 94 of the
512 characters that ``biz_opaque_callback_data`` may have. It holds no personal data, since any
app subscribed to the account sees it, and the MAC keeps others from naming our deliveries.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

_VERSION = "v1"
_SHAPE = re.compile(r"(v1(?:\.[A-Za-z0-9_-]{22}){3})\.([A-Za-z0-9_-]{22})", re.ASCII)
_MAC_BYTES = 16
_MIN_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class OpaqueId:
    """Which attempt of which delivery a callback is about."""

    occurrence_id: UUID
    delivery_id: UUID
    attempt_id: UUID


def encode(opaque_id: OpaqueId, key: bytes) -> str:
    """The string to send. ``key``: at least 16 secret bytes, the same for reading."""
    ids = (opaque_id.occurrence_id, opaque_id.delivery_id, opaque_id.attempt_id)
    body = ".".join((_VERSION, *(_to_text(id_.bytes) for id_ in ids)))
    return f"{body}.{_mac(body, key)}"


def decode(text: str, key: bytes) -> OpaqueId | None:
    """Read a string that came back; None when it is not one of ours, unchanged.

    Not an error: other apps on the same account send their own strings.
    """
    found = _SHAPE.fullmatch(text)
    if found is None or not hmac.compare_digest(found[2], _mac(found[1], key)):
        return None
    _, *ids = found[1].split(".")
    return OpaqueId(*(UUID(bytes=base64.urlsafe_b64decode(f"{id_}==")) for id_ in ids))


def _mac(body: str, key: bytes) -> str:
    if len(key) < _MIN_KEY_BYTES:
        raise ValueError(f"the key has fewer than {_MIN_KEY_BYTES} bytes")
    return _to_text(hmac.digest(key, body.encode(), hashlib.sha256)[:_MAC_BYTES])


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
