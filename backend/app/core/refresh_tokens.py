"""Refresh tokens: opaque to the browser, recognisable by us, stored only as SHA-256.

A token reads ``<session>.<nonce>.<mac>``. The MAC tells a token we once made from a guess, so
that one rotated out long ago still gives its thief away, while somebody who merely knows a
session's id can't end it. The successor is computed from the token it replaces: two tabs that
refresh at once, or a client whose answer got lost, are given the same one (RFC 9700, 4.14.2).
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from app.core import keys
from app.core.crypto import sha256_hex

_SHAPE = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """``text`` goes to the browser, ``digest`` (SHA-256, hex) to the database."""

    session_id: UUID
    nonce: str
    text: str

    @property
    def digest(self) -> str:
        """What is stored of the token."""
        return sha256_hex(self.text)

    def successor(self) -> "RefreshToken":
        """The one token that replaces this one."""
        return _make(self.session_id, _mac("refresh-successor", self.text))


def first(session_id: UUID) -> RefreshToken:
    """The first token of a new session: 256 random bits."""
    return _make(session_id, secrets.token_urlsafe(32))


def read(text: str) -> RefreshToken | None:
    """A token of ours, current or not; None for anything else."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    token = _make(UUID(match[1]), match[2])
    return token if hmac.compare_digest(token.text, text) else None


def _make(session_id: UUID, nonce: str) -> RefreshToken:
    body = f"{session_id.hex}.{nonce}"
    return RefreshToken(session_id, nonce, f"{body}.{_mac('refresh-token', body)}")


def _mac(purpose: str, text: str) -> str:
    mac = hmac.digest(keys.key_for(purpose), text.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).decode().rstrip("=")
