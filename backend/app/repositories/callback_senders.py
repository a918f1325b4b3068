"""Senders as callbacks name them: by phone number id, across workspaces."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.domain.states import SenderStatus
from app.models.senders import Sender


def signing(session: Session) -> Sequence[Sender]:
    """Senders with an app secret of their own.

    Paused ones included: what they sent before goes on being reported.
    """
    return session.scalars(
        select(Sender).where(
            Sender.app_secret_sealed.is_not(None), Sender.status != SenderStatus.DISCONNECTED
        )
    ).all()


def by_number(session: Session, phone_number_ids: Collection[str]) -> dict[str, list[Ref]]:
    """Phone number id -> its senders; two workspaces may have connected one number."""
    rows = session.execute(
        select(Sender.phone_number_id, Sender.workspace_id, Sender.id)
        .where(Sender.phone_number_id.in_(phone_number_ids))
        .order_by(Sender.id)
    )
    found: dict[str, list[Ref]] = {}
    for number, workspace_id, id_ in rows:
        found.setdefault(number, []).append(Ref(workspace_id, id_))
    return found
