"""A person whom the limit of marketing protects: what waits, what is left out, what leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core import clock
from app.domain import local_time
from app.domain.refs import Ref
from app.models.recipients import Recipient
from app.models.templates import Template
from app.services import deliveries
from app.services.dispatch import drain
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.drains import Desk

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")


def cooled(session: Session, category: str, hours: float) -> tuple[Shop, Recipient]:
    mine = shop(session)
    session.execute(update(Template).values(category=category))
    session.refresh(mine.template)
    [person] = mine.people(1)
    person.marketing_paused_until = clock.now() + timedelta(hours=hours)
    session.flush()
    return mine, person


async def sent(mine: Shop, person: Recipient, expires_after_s: int = 14400) -> Campaign:
    people = [person, *mine.people(1)]
    campaign = mine.campaign(people, expires_after_s=expires_after_s)
    await drain.serve(mine.sender.id, Desk())
    return campaign


async def test_marketing_that_would_come_too_late_is_left_out(session: Session) -> None:
    mine, person = cooled(session, "marketing", hours=24)
    campaign = await sent(mine, person)
    assert campaign.counts() == {"skipped": 1, "accepted": 1}
    [left_out] = [row for row in campaign.deliveries if row.status == "skipped"]
    assert (left_out.recipient_id, left_out.reason) == (person.id, "marketing_limit")
    proof = deliveries.get(session, Ref(mine.workspace_id, left_out.id))
    assert person.marketing_paused_until is not None
    assert proof.timeline[-1].detail == {
        "reason": "marketing_limit",
        "detail": local_time.format_instant(person.marketing_paused_until),
    }


async def test_marketing_that_may_come_later_waits(session: Session) -> None:
    mine, person = cooled(session, "marketing", hours=24)
    campaign = await sent(mine, person, expires_after_s=2 * 86400)
    assert campaign.counts() == {"scheduled": 1, "accepted": 1}
    [waits] = [row for row in campaign.deliveries if row.status == "scheduled"]
    assert person.marketing_paused_until is not None
    assert waits.next_attempt_at is not None
    assert abs(waits.next_attempt_at - person.marketing_paused_until) < timedelta(seconds=5)


@pytest.mark.parametrize(("category", "hours"), [("utility", 24), ("marketing", -1)])
async def test_all_else_leaves(session: Session, category: str, hours: float) -> None:
    campaign = await sent(*cooled(session, category, hours))
    assert campaign.counts() == {"accepted": 2}
