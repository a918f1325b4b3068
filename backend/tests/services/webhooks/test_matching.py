"""Which delivery a status is about, now or later."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models.callbacks import UnmatchedStatus
from app.models.deliveries import DeliveryEvent
from app.models.recipients import Recipient
from app.models.senders import Sender
from app.services.webhooks import unmatched
from tests.factories import callbacks, deliveries, recipients
from tests.factories.deliveries import Sent
from tests.services.webhooks.rows import NOON, shown


def test_matched_by_wamid_and_a_form_of_the_number(
    session: Session, sender: Sender, take: Any
) -> None:
    diego = recipients.recipient(session, sender.workspace_id, "+525512345678")
    sent = deliveries.sending(session, sender, diego, wamid="wamid.MX", outcome="accepted")
    take(callbacks.status(None, "read", NOON, wamid="wamid.MX", recipient_id="5215512345678"))
    assert shown(session, sent).status == "read"


def test_matched_by_user_id(session: Session, sender: Sender, take: Any) -> None:
    eve = recipients.recipient(
        session, sender.workspace_id, "+14155550999", whatsapp_user_id="US.9"
    )
    sent = deliveries.sending(session, sender, eve, wamid="wamid.U", outcome="accepted")
    take(callbacks.status(None, "read", NOON, wamid="wamid.U", recipient_user_id="US.9"))
    assert shown(session, sent).status == "read"


def test_unmatched_is_kept_and_matched_later(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    item = callbacks.status(None, "delivered", NOON, wamid="wamid.L", recipient_id="14155550123")
    take(item)
    take(item | {})  # an exact copy of the body: stored once
    kept = session.scalars(select(UnmatchedStatus)).one()
    assert (kept.wamid, kept.tries) == ("wamid.L", 0)
    sent = deliveries.sending(session, sender, ana, wamid="wamid.L", outcome="accepted")
    assert unmatched.retry() == 0  # not yet due
    session.execute(text("UPDATE unmatched_statuses SET next_try_at = clock_timestamp()"))
    session.commit()
    assert unmatched.retry() == 1
    assert shown(session, sent).status == "delivered"
    assert session.scalars(select(UnmatchedStatus)).all() == []


def test_tries_come_further_apart_and_end(session: Session, sender: Sender, take: Any) -> None:
    take(callbacks.status(None, "delivered", NOON, wamid="wamid.?", recipient_id="14155550123"))
    waits = []
    for _ in range(9):
        session.execute(text("UPDATE unmatched_statuses SET next_try_at = clock_timestamp()"))
        session.commit()
        unmatched.retry()
        waits.append(
            session.execute(
                text(
                    "SELECT round(extract(epoch FROM next_try_at - clock_timestamp()))"
                    " FROM unmatched_statuses"
                )
            ).scalar_one()
        )
    assert waits[:3] == [60, 120, 240]
    assert waits[-1] == 3600
    session.execute(
        text(
            "UPDATE unmatched_statuses SET next_try_at = clock_timestamp(),"
            " first_seen_at = clock_timestamp() - interval '9 days'"
        )
    )
    session.commit()
    unmatched.retry()
    session.expire_all()
    assert session.scalars(select(UnmatchedStatus)).one().next_try_at is None


@pytest.mark.parametrize("open_attempts", [1, 2])
def test_a_failure_without_our_id_is_inferred_only_when_sure(
    session: Session, sender: Sender, ana: Recipient, take: Any, open_attempts: int
) -> None:
    doubted = [
        deliveries.sending(session, sender, ana, status="unconfirmed", outcome="unconfirmed")
        for _ in range(open_attempts)
    ]
    at = datetime.now(UTC)
    take(callbacks.status(None, "failed", at, code=131026, recipient_id="14155550123"))
    becomes = {shown(session, one).status for one in doubted}
    assert becomes == ({"failed"} if open_attempts == 1 else {"unconfirmed"})
    if open_attempts == 1:
        noted = session.scalars(select(DeliveryEvent)).one()
        assert noted.detail is not None
        assert noted.detail["inferred"] is True


def test_a_failure_is_not_pinned_on_an_older_doubt_while_another_answer_is_awaited(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    doubted = deliveries.sending(session, sender, ana, status="unconfirmed", outcome="unconfirmed")
    awaited = deliveries.sending(session, sender, ana)
    take(callbacks.status(None, "failed", datetime.now(UTC), code=131026, wamid="wamid.2",
                          recipient_id="14155550123"))  # fmt: skip
    assert shown(session, doubted).status == "unconfirmed"
    assert shown(session, awaited).status == "sending"
    assert session.scalars(select(UnmatchedStatus)).one().wamid == "wamid.2"


def test_a_forged_id_of_ours_is_no_match(session: Session, sent: Sent, take: Any) -> None:
    forged = sent.opaque[:-1] + ("A" if sent.opaque[-1] != "A" else "B")
    take(callbacks.status(None, "read", NOON, biz_opaque_callback_data=forged))
    assert shown(session, sent).status == "sending"
