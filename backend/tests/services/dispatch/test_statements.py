"""How many SQL statements a batch costs: as many for one row as for many."""

import pytest
from sqlalchemy import select

from app.core.ids import new_id
from app.models.schedules import Occurrence
from app.repositories import claims, marks, settlements
from app.repositories.marks import MarkRow
from app.repositories.settlements import Settlement
from app.services.dispatch import expand, inflow, settle
from tests.factories import recipients, schedules
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk

# Round trips: the mark's locks travel with it, the settle's too.
EXPAND, CLAIM, MARK, SETTLE = 14, 1, 1, 1
# Ask the guard, settle, renew the lease, count what came in (not each turn), look at the lanes,
# claim; versions are read only once.
TURN = 1 + SETTLE + 1 + 1 + 1 + CLAIM


@pytest.mark.parametrize("size", [1, 25])
def test_expand(bench: Bench, statements: list[str], size: int) -> None:
    workspace_id = bench.sender.workspace_id
    people = [
        recipients.recipient(bench.session, workspace_id, f"+4420794{60000 + n}")
        for n in range(size)
    ]
    group = recipients.group(bench.session, workspace_id, *people)
    schedules.schedule(
        bench.session, workspace_id, message_id=bench.message_id, sender_id=bench.sender.id,
        audience={"group_ids": [group.id]},
    )  # fmt: skip
    occurrence = bench.session.scalars(select(Occurrence)).one()
    statements.clear()
    expand.open_occurrence(occurrence.id)
    assert len(statements) == EXPAND
    bench.session.refresh(occurrence)
    assert occurrence.audience == size


@pytest.mark.parametrize("size", [1, 25])
def test_claim_mark_and_settle(bench: Bench, statements: list[str], size: int) -> None:
    deliveries, lease = drains.crowd(bench, size), bench.acquire()
    shares = [(one.occurrence_id, 1) for one in deliveries]
    claim_id = new_id()
    statements.clear()
    rows = claims.take(bench.session, lease, claim_id, "w", shares, ahead_s=1, lease_s=60)
    assert (len(rows), len(statements)) == (size, CLAIM)
    jobs = [
        MarkRow(row.occurrence_id, row.id, row.recipient_id, new_id(), claim_id, 1, {})
        for row in rows
    ]
    statements.clear()
    verdicts = marks.mark(bench.session, lease, "w", jobs)
    assert list(verdicts.values()) == ["mark"] * size
    assert len(statements) == MARK
    settled = [
        Settlement(
            job.occurrence_id, job.delivery_id, claim_id, "accepted",
            attempt_id=job.attempt_id, outcome="accepted", wamid=f"wamid.{job.delivery_id}",
        )
        for job in jobs
    ]  # fmt: skip
    statements.clear()
    assert len(settlements.settle(bench.session, settled)) == size
    assert len(statements) == SETTLE


@pytest.mark.parametrize("size", [1, 25])
async def test_settle_and_claim_are_one_turn(
    bench: Bench, statements: list[str], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(inflow, "ASK_EVERY_S", 0)
    drains.crowd(bench, 1)
    state, keeper, _ = drains.parts(bench, Desk())
    keeper._turn(bench.session, settle.Returned())
    drains.crowd(bench, size)
    [first] = drains.crowd(bench, 1)
    bench.claim(state.lease, first)
    back = settle.Returned([Settlement(first.occurrence_id, first.id, bench.claim_id, "scheduled")])
    statements.clear()
    jobs, _ = keeper._turn(bench.session, back)
    assert len(jobs) == size + 1
    assert len(statements) == TURN
