"""Statuses that came before we knew their message: tried again until they find it."""

import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.db import transaction
from app.integrations.whatsapp import callbacks
from app.integrations.whatsapp.callback_events import StatusEvent
from app.repositories import unmatched_statuses
from app.repositories.unmatched_statuses import Kept
from app.services.webhooks import statuses
from app.services.webhooks.reports import Seen

_WAIT_S, _MOST_WAIT_S = 30.0, 3600.0
# WhatsApp itself gives up after 7 days; after this they stay to be looked at.
_GIVE_UP_S = 8 * 86400.0
_MOST = 500


def keep(session: Session, missed: Sequence[Seen]) -> None:
    """Keep statuses that belong to no delivery we know."""
    if missed:
        unmatched_statuses.keep(
            session,
            [
                Kept(
                    one.event.origin.phone_number_id or "",
                    one.event.wamid,
                    one.event.raw,
                    one.at,
                )
                for one in missed
            ],
            _WAIT_S,
        )


def retry() -> int:
    """Try those that are due once; returns how many found their delivery."""
    with transaction() as session:
        due = unmatched_statuses.take_due(session, _MOST)
        if not due:
            return 0
        again = [(kept.id, _again(kept)) for kept in due]
        readable = [(id_, one) for id_, one in again if one is not None]
        missed = statuses.merge(session, [one for _, one in readable])
        later = [readable[n][0] for n in missed]
        done = [id_ for id_, _ in again if id_ not in set(later)]
        unmatched_statuses.forget(session, done)
        unmatched_statuses.try_later(
            session, later, wait_s=_WAIT_S, most_wait_s=_MOST_WAIT_S, give_up_s=_GIVE_UP_S
        )
        return len(done)


def _again(kept: Kept) -> Seen | None:
    # Read by the one parser, in the shape it came in.
    value = {"metadata": {"phone_number_id": kept.phone_number_id}, "statuses": [kept.status]}
    entry = {"changes": [{"field": "messages", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    for event in callbacks.parse(json.dumps(body).encode()):
        if isinstance(event, StatusEvent):
            return statuses.seen(event, kept.first_seen_at)
    return None
