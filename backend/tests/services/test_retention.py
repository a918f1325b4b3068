"""Deliveries older than their workspace keeps them go; what they count for stays."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError
from app.domain.refs import Ref
from app.models.audit_log import AuditEntry
from app.models.schedules import Occurrence
from app.models.workspaces import Workspace
from app.repositories import counts
from app.repositories import retention as rows
from app.services import reopenings, retention
from tests.factories import deliveries, recipients
from tests.services.dispatch.campaigns import Campaign, shop

pytestmark = pytest.mark.usefixtures("rung")
TABLES = ("deliveries", "attempts", "delivery_events", "delivery_counts")
_MANY = """
    INSERT INTO deliveries (occurrence_id, id, workspace_id, recipient_id, sender_id, schedule_id,
                            origin, status, due_at, expires_at, created_at, updated_at)
    SELECT :occurrence_id, uuidv7(), :workspace_id, gen_random_uuid(), :sender_id, :schedule_id,
           'schedule', CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'read' END,
           now() - interval '40 days', now() - interval '39 days',
           now() - interval '40 days', now() - interval '30 days'
      FROM generate_series(1, :n) AS n
"""
_HISTORY = """
    INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                          number, claim_id, worker, epoch, schedule_version, message_version_id,
                          outcome)
    SELECT occurrence_id, gen_random_uuid(), workspace_id, id, recipient_id, sender_id, 1,
           gen_random_uuid(), 'w', 1, 1, gen_random_uuid(), 'accepted'
      FROM deliveries WHERE occurrence_id = :occurrence_id
"""
_TIMELINE = """
    INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event)
    SELECT workspace_id, occurrence_id, id, 'webhook', event
      FROM deliveries CROSS JOIN unnest(ARRAY['sent', 'delivered', 'read']) AS event
     WHERE occurrence_id = :occurrence_id
"""
_COUNTED = """
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT workspace_id, occurrence_id, status, count(*) FROM deliveries
     WHERE occurrence_id = :occurrence_id GROUP BY 1, 2, 3
"""


def keep(session: Session, workspace_id: UUID, days: int) -> None:
    session.get_one(Workspace, workspace_id).retention_days = {"deliveries": days}
    session.commit()


@pytest.fixture
def ended(session: Session) -> Campaign:
    """An occurrence of 5 people that ended 30 days ago, in a workspace that keeps for 20."""
    return make_ended(session, 5)


def make_ended(session: Session, size: int) -> Campaign:
    bakery = shop(session)
    campaign = bakery.campaign(bakery.people(1))
    occurrence_id = campaign.occurrence.id
    for table in (*TABLES, "lanes"):
        session.execute(
            text(f"DELETE FROM {table} WHERE occurrence_id = :id"), {"id": occurrence_id}
        )
    keep(session, bakery.workspace_id, 20)
    values = {
        "occurrence_id": occurrence_id,
        "workspace_id": bakery.workspace_id,
        "sender_id": bakery.sender.id,
        "schedule_id": campaign.ref.id,
        "n": size,
    }
    for statement in (_MANY, _HISTORY, _TIMELINE, _COUNTED):
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        session.execute(text(statement), wanted)
    past = {"status": "completed", "completed_at": text("now() - interval '30 days'")}
    set_(session, campaign, **past, last_due_at=text("now() - interval '40 days'"))
    return campaign


def set_(session: Session, campaign: Campaign, **values: Any) -> None:
    for name, value in values.items():
        setattr(campaign.occurrence, name, value)
    session.commit()


def left(session: Session, occurrence_id: UUID) -> dict[str, int]:
    return {
        table: session.scalar(
            text(f"SELECT count(*) FROM {table} WHERE occurrence_id = :id"),
            {"id": occurrence_id},
        )
        or 0
        for table in TABLES
    }


def sums(session: Session, campaign: Campaign) -> dict[str, int]:
    return counts.of_schedules(session, [campaign.ref.id])[campaign.ref.id]


def test_ten_thousand_rows_go_in_slices_and_the_sums_stay(
    session: Session, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    big = make_ended(session, 10_000)
    before = sums(session, big)
    delete_slice = rows.delete_slice

    def watched(*slice_: Any) -> tuple[int, UUID | None]:
        # Whoever reads between two slices finds the same sums.
        assert sums(session, big) == before
        statements.clear()
        deleted = delete_slice(*slice_)
        assert len(statements) == 1
        return deleted

    monkeypatch.setattr(rows, "delete_slice", watched)
    assert retention.run() == 10_000
    assert left(session, big.occurrence.id) == dict.fromkeys(TABLES, 0)
    assert sums(session, big) == before == {"read": 9000, "failed": 1000}
    assert retention.run() == 0


def test_a_run_is_bounded_and_the_next_goes_on(
    session: Session, ended: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_MOST_ROWS", 3)
    monkeypatch.setattr(retention, "_SLICE", 2)
    assert retention.run() == 3
    assert left(session, ended.occurrence.id)["deliveries"] == 2
    # Whoever meanwhile chooses to keep longer doesn't get half an occurrence.
    keep(session, ended.ref.workspace_id, 3650)
    assert retention.run() == 2
    assert retention.run() == 0
    assert ended.occurrence.forgotten_at is not None
    assert sums(session, ended) == {"read": 5}


def test_a_callback_meanwhile_counts(session: Session, ended: Campaign) -> None:
    assert rows.claim(session, ended.occurrence.id)
    session.execute(
        text("""INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
                VALUES (:w, :o, 'read', -1), (:w, :o, 'failed', 1)"""),
        {"w": ended.ref.workspace_id, "o": ended.occurrence.id},
    )
    session.commit()
    assert sums(session, ended) == {"read": 4, "failed": 1}
    retention.run()
    assert sums(session, ended) == {"read": 4, "failed": 1}
    assert left(session, ended.occurrence.id) == dict.fromkeys(TABLES, 0)


def test_it_is_written_down(session: Session, ended: Campaign) -> None:
    retention.run()
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.object_id == ended.occurrence.id)
    ).one()
    assert (entry.action, entry.actor_kind) == ("occurrence.forgotten", "system")
    assert entry.after == {"counts": {"read": 5}}


@pytest.mark.parametrize(
    "still",
    [
        "UPDATE occurrences SET status = 'running' WHERE id = :id",
        "UPDATE occurrences SET status = 'held' WHERE id = :id",
        "UPDATE occurrences SET completed_at = now() - interval '19 days' WHERE id = :id",
        "UPDATE deliveries SET status = 'sending' WHERE occurrence_id = :id",
        """UPDATE deliveries SET status = 'unconfirmed', updated_at = now() - interval '7 days'
            WHERE (occurrence_id, id) = (SELECT occurrence_id, id FROM deliveries
                                          WHERE occurrence_id = :id ORDER BY id DESC LIMIT 1)""",
        """INSERT INTO webhook_inbox (digest, body, received_at)
           SELECT 'd', 'b', now() - interval '11 minutes' WHERE CAST(:id AS uuid) IS NOT NULL""",
        """INSERT INTO lanes (occurrence_id, sender_id, workspace_id, message_version_id,
                              priority, state, version, service_window, category)
           SELECT id, sender_id, workspace_id, id, 1, 'cancelled', 1, 'enforce', 'utility'
             FROM occurrences WHERE id = :id""",
    ],
    ids=["running", "held", "young", "sending", "in doubt of late", "callbacks wait", "lane"],
)  # fmt: skip
def test_what_may_still_change_is_kept(session: Session, ended: Campaign, still: str) -> None:
    session.execute(text(still), {"id": ended.occurrence.id})
    session.commit()
    assert retention.run() == 0
    assert left(session, ended.occurrence.id)["deliveries"] == 5
    assert ended.occurrence.kept_counts is None


def test_a_workspace_that_says_nothing_keeps_everything(session: Session, ended: Campaign) -> None:
    session.get_one(Workspace, ended.ref.workspace_id).retention_days = {}
    session.commit()
    assert retention.run() == 0


def test_nothing_of_it_is_resent(session: Session, ended: Campaign) -> None:
    session.execute(text("UPDATE schedules SET status = 'completed'"))
    key = (ended.occurrence.id, ended.deliveries[0].id)
    assert rows.claim(session, ended.occurrence.id)
    with pytest.raises(ConflictError):
        reopenings.reopen(session, ended.ref.workspace_id, [(ended.ref.id, key)])


def test_direct_sends_go_with_all_that_is_theirs(session: Session) -> None:
    bakery = shop(session)
    keep(session, bakery.workspace_id, 20)
    people = [
        recipients.recipient(session, bakery.workspace_id, f"+44207946{n:04}") for n in range(3)
    ]
    old, doubted, new = (
        deliveries.sending(session, bakery.sender, person, status=status, outcome="accepted")
        for person, status in zip(people, ("read", "sending", "read"), strict=True)
    )
    for sent in (old, doubted):
        session.execute(
            text("""UPDATE deliveries SET created_at = now() - interval '30 days',
                           due_at = now() - interval '30 days',
                           updated_at = now() - interval '30 days' WHERE id = :id"""),
            {"id": sent.delivery.id},
        )
    session.commit()
    assert retention.run() == 1
    assert left(session, old.delivery.occurrence_id) == dict.fromkeys(TABLES, 0)
    told = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "delivery.forgotten")
    ).one()
    assert (told.workspace_id, told.actor_kind, told.after) == (
        *(bakery.workspace_id, "system", {"n": 1}),
    )
    for sent in (doubted, new):
        assert left(session, sent.delivery.occurrence_id)["attempts"] == 1


def test_other_workspaces_keep_theirs(session: Session, ended: Campaign) -> None:
    other = make_ended(session, 2)
    session.get_one(Workspace, other.ref.workspace_id).retention_days = {}
    session.commit()
    assert retention.run() == 5
    found = session.get_one(Occurrence, other.occurrence.id)
    assert found.kept_counts is None
    assert Ref(found.workspace_id, found.id) != ended.ref
