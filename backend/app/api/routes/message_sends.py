"""One message to one person, without a schedule."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import CanWriteMessages, WriteSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.deliveries import DeliveryOut
from app.api.schemas.message_sends import SendIn, TestIn
from app.services import message_sends
from app.services.message_sends import Order

router = APIRouter(prefix="/messages", tags=["messages"], route_class=Route)


@router.post("/send", status_code=202, responses=problems(401, 403, 422))
def send_message(body: SendIn, session: WriteSession, member: CanWriteMessages) -> DeliveryOut:
    """Send one message; ``to`` makes a recipient when the number is new.

    Who must not get it (opted out, no consent, window closed) is answered as ``skipped``.
    """
    sent = message_sends.send(session, member.workspace_id, body.order())
    return DeliveryOut.of_send(sent)


@router.post("/{message_id}/test", status_code=202, responses=problems(401, 403, 404, 422))
def send_test(
    message_id: UUID, body: TestIn, session: WriteSession, member: CanWriteMessages
) -> DeliveryOut:
    """Send a message to one number to see how it looks."""
    order = Order(**body.model_dump(), message_id=message_id, origin="test")
    sent = message_sends.send_test(session, member.ref(message_id), order)
    return DeliveryOut.of_send(sent)
