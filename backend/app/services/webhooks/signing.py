"""Whose secret signed a callback. Without any secret nothing is believed."""

import logging
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.config import settings
from app.core.crypto import SealError
from app.integrations.whatsapp import signatures
from app.repositories import callback_senders
from app.services import senders

logger = logging.getLogger(__name__)

# Secret -> the workspaces it speaks for, None for all of them.
Secrets = Mapping[str, frozenset[UUID] | None]
# Whether it is signed, and for which workspaces (None: all).
Verdict = tuple[bool, tuple[UUID, ...] | None]


def load(session: Session) -> Secrets:
    """Read the secrets of all senders that may be reported on, and the installation's own."""
    found: dict[str, frozenset[UUID] | None] = {}
    for sender in callback_senders.signing(session):
        try:
            secret = senders.app_secret(sender)
        except SealError:
            logger.warning("the app secret of sender %s does not open", sender.id)
            continue
        if secret:
            found[secret] = (found.get(secret) or frozenset()) | {sender.workspace_id}
    own = settings().whatsapp_app_secret
    if own is not None and own.get_secret_value():
        found[own.get_secret_value()] = None
    return found


def speaks_for(body: bytes, header: str | None, secrets: Secrets) -> Verdict:
    """Whether one of ``secrets`` signed ``body``, and whom it speaks for."""
    # Each is tried, so that the time doesn't tell which one matched.
    scopes = [
        scope for secret, scope in secrets.items() if signatures.is_signed(body, header, [secret])
    ]
    if not scopes or None in scopes:
        return bool(scopes), None
    return True, tuple(sorted({id_ for scope in scopes if scope for id_ in scope}))
