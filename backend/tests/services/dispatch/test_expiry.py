"""What is held, paused or waits for its number expires when it is too late, in the sweep."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.models.deliveries import Delivery, DeliveryEvent
from app.models.row_edits import RowEdit
from app.models.schedules import Lane, Schedule
from app.services.dispatch import expiry
from tests.services.dispatch.campaigns import Campaign, Shop, shop

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")
HELD = "UPDATE occurrences SET status = 'held', status_reason = 'template_unavailable'"


@pytest.fixture
def mine(session: Session) -> Shop:
    return shop(session)


def stop(campaign: Campaign, *, lane: str = "held", sender_active: bool = True) -> None:
    campaign.session.execute(
        text("UPDATE lanes SET state = :state, sender_active = :active WHERE schedule_id = :id"),
        {"state": lane, "active": sender_active, "id": campaign.ref.id},
    )
    if lane == "held":
        campaign.session.execute(text(f"{HELD} WHERE schedule_id = :id"), {"id": campaign.ref.id})
    campaign.session.commit()


def late(campaign: Campaign, *rows: int) -> None:
    """These rows have waited for an hour and were allowed to wait for half of one."""
    now, all_rows = clock.now(), in_order(campaign)
    for position in rows:
        row = all_rows[position]
        row.due_at = row.next_attempt_at = now - timedelta(hours=1)
        row.expires_at = now - timedelta(minutes=30)
    campaign.session.commit()


def in_order(campaign: Campaign) -> list[Delivery]:
    return sorted(campaign.deliveries, key=lambda row: row.id)


def statuses(campaign: Campaign) -> list[str]:
    return [row.status for row in in_order(campaign)]


@pytest.mark.parametrize(
    "stopped",
    [{"lane": "held"}, {"lane": "paused"}, {"lane": "runnable", "sender_active": False}],
    ids=["held", "paused", "sender paused"],
)
def test_what_is_too_late_expires_and_the_rest_waits(
    session: Session, mine: Shop, stopped: dict[str, Any]
) -> None:
    campaign = mine.campaign(mine.people(3))
    stop(campaign, **stopped)
    late(campaign, 0, 1)
    expiry.look()
    expiry.look()
    assert statuses(campaign) == ["expired", "expired", "scheduled"]
    gone, _, waits = in_order(campaign)
    assert (gone.reason, gone.next_attempt_at) == ("expired", None)
    assert waits.next_attempt_at is not None
    assert campaign.counts() == {"expired": 2, "scheduled": 1}
    events = select(DeliveryEvent.event, DeliveryEvent.detail).where(
        DeliveryEvent.delivery_id == gone.id
    )
    assert ("expired", {"reason": "expired"}) in [tuple(row) for row in session.execute(events)]


def test_with_nothing_left_a_held_one_is_complete(session: Session, mine: Shop) -> None:
    campaign = mine.campaign(mine.people(2))
    stop(campaign)
    late(campaign, 0, 1)
    expiry.look()
    assert (campaign.occurrence.status, campaign.occurrence.status_reason) == ("completed", None)
    assert session.get_one(Schedule, campaign.ref.id).status == "completed"
    assert session.scalar(select(Lane.state).where(Lane.schedule_id == campaign.ref.id)) is None


def test_what_a_drain_looks_at_or_holds_is_left_to_it(session: Session, mine: Shop) -> None:
    runs, claimed = mine.campaign(mine.people(1)), mine.campaign(mine.people(1))
    for campaign in (runs, claimed):
        late(campaign, 0)
    stop(claimed)
    row = claimed.deliveries[0]
    row.next_attempt_at = None
    session.commit()
    expiry.look()
    assert statuses(runs) == statuses(claimed) == ["scheduled"]


def test_an_edit_on_its_way_gives_more_time(session: Session, mine: Shop) -> None:
    campaign = mine.campaign(mine.people(2))
    stop(campaign)
    late(campaign, 0, 1)
    first, _ = in_order(campaign)
    edit = RowEdit(
        occurrence_id=campaign.occurrence.id,
        workspace_id=mine.workspace_id,
        expires_after_s=86400,
        meta={},
        turned_to=first.id,
    )
    session.add(edit)
    session.commit()
    expiry.look()
    assert statuses(campaign) == ["expired", "scheduled"]


def test_all_go_however_many(session: Session, mine: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "_BATCH", 2)
    campaign = mine.campaign(mine.people(5))
    stop(campaign, lane="paused")
    late(campaign, *range(5))
    expiry.look()
    assert campaign.counts() == {"expired": 5}
