"""A sender, a person, a delivery under way, and the merge without a broker."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models.recipients import Recipient
from app.models.senders import Sender
from app.services.webhooks import merge
from tests.factories import callbacks, deliveries, recipients, senders, workspaces
from tests.factories.deliveries import Sent
from tests.services.webhooks.rows import NUMBER


@pytest.fixture(autouse=True)
def _no_broker(rung: list[str]) -> None:
    pass


@pytest.fixture
def sender(session: Session) -> Sender:
    return senders.sender(
        session,
        workspaces.workspace(session).id,
        phone_number_id=NUMBER,
        display_phone_number="+1 555-078-3881",
    )


@pytest.fixture
def ana(session: Session, sender: Sender) -> Recipient:
    return recipients.recipient(session, sender.workspace_id, "+14155550123")


@pytest.fixture
def sent(session: Session, sender: Sender, ana: Recipient) -> Sent:
    return deliveries.sending(session, sender, ana)


@pytest.fixture
def take(session: Session) -> Callable[..., None]:
    """Merge statuses, one body each."""

    def merged(*items: dict[str, Any]) -> None:
        callbacks.store(session, *(callbacks.body(NUMBER, statuses=[item]) for item in items))
        merge.run()
        session.expire_all()

    return merged
