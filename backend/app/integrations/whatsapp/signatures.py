"""Proof that a callback comes from Meta: its signature, and the handshake of a new address."""

import hmac
import re
from collections.abc import Iterable, Mapping

_HEADER = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_CHALLENGE = re.compile(r"[\x21-\x7e]{1,256}")


def is_signed(body: bytes, header: str | None, app_secrets: Iterable[str]) -> bool:
    """Say whether one of the secrets signed exactly these bytes.

    ``header`` is ``X-Hub-Signature-256``. ``body`` must be what came over the wire: Meta escapes
    non-ASCII its own way, so JSON written again doesn't match. Without a secret nothing does.
    """
    match = _HEADER.fullmatch(header or "")
    if match is None:
        return False
    sent = match[1].encode()
    # All are compared, so that the time doesn't tell which one matched.
    results = [
        hmac.compare_digest(sent, hmac.digest(secret.encode(), body, "sha256").hex().encode())
        for secret in app_secrets
        if secret
    ]
    return any(results)


def challenge(query: Mapping[str, str], verify_token: str | None) -> str | None:
    """Return what to echo as ``text/plain`` to Meta's ``GET``; None means 403.

    Meta sends ``hub.mode=subscribe``, ``hub.verify_token`` and ``hub.challenge``.
    """
    echo, sent = query.get("hub.challenge", ""), query.get("hub.verify_token", "")
    if not verify_token or query.get("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), verify_token.encode()):
        return None
    # Echoed to whoever knows the token, so it stays short and printable.
    return echo if _CHALLENGE.fullmatch(echo) else None
