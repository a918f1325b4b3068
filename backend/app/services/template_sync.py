"""Reading all templates of a sender's WABA: call first, then one transaction for the rows."""

import logging
from uuid import UUID

from app.core.db import transaction
from app.domain.errors import ConflictError
from app.integrations.whatsapp.graph import GraphRefusedError, GraphUnreachableError
from app.repositories import senders as sender_rows
from app.repositories import templates as rows
from app.services import sender_checks, stops, templates

logger = logging.getLogger(__name__)


def run(sender_id: UUID) -> int | None:
    """Sync; return how many templates Meta listed, None when they could not be read.

    A failure changes nothing: a person or the next sweep asks again.
    """
    with transaction() as session:
        ref = sender_rows.ref_of(session, sender_id)
        sender = sender_rows.find(session, ref) if ref else None
        if sender is None:
            return None
        began_at = rows.database_now(session)
    try:
        meta = sender_checks.client_for(sender_checks.token_for_calls(sender))
        listed = list(meta.templates(sender.waba_id))
    except (GraphRefusedError, GraphUnreachableError, ConflictError) as error:
        logger.warning("templates of sender %s could not be read: %s", sender_id, error)
        return None
    with transaction() as session:
        stops.look_at_templates(session)
        return templates.store(session, sender.workspace_id, sender.waba_id, listed, began_at)
