"""Reading rows back, and the constants of these tests."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.models.deliveries import Delivery
from tests.factories.deliveries import Sent

NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
NUMBER = "106540352242922"


def shown(session: Session, sent: Sent) -> Delivery:
    session.expire_all()
    return session.get_one(Delivery, (sent.delivery.occurrence_id, sent.delivery.id))
