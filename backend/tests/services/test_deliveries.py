"""What is worked out of a delivery when somebody looks at it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.domain.refs import Ref
from app.services import deliveries
from tests.factories import deliveries as delivery_factory
from tests.factories import recipients, senders, workspaces


@pytest.mark.parametrize(
    ("status", "hours", "stale"),
    [("accepted", 23, False), ("accepted", 25, True), ("sent", 25, False)],
)
def test_accepted_and_not_a_word_for_a_day_is_stale(
    session: Session, status: str, hours: int, stale: bool
) -> None:
    workspace_id = workspaces.workspace(session).id
    person = recipients.recipient(session, workspace_id, "+442079460123")
    sent = delivery_factory.sending(
        session, senders.sender(session, workspace_id), person, status=status, outcome="accepted"
    )
    sent.delivery.accepted_at = accepted_at = clock.now() - timedelta(hours=hours)
    session.commit()
    row = deliveries.get(session, Ref(workspace_id, sent.delivery.id)).row
    assert row.stale_since == (accepted_at + timedelta(hours=24) if stale else None)
    assert row.status == status
