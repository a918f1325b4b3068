"""A pause and a mark meet at the lane: two real transactions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError

from app.core import db
from app.domain.refs import Ref
from app.models.schedules import Lane
from app.models.senders import Sender
from app.models.workspaces import Workspace
from app.services import senders
from tests.factories import lanes as lane_factory
from tests.factories import senders as sender_factory
from tests.factories import workspaces


@pytest.fixture
def lane(stack: Path) -> Iterator[Lane]:
    """A committed lane, which both transactions can see."""
    with db.reading() as session:
        workspace = workspaces.workspace(session)
        session.commit()
        sender = sender_factory.sender(session, workspace.id)
        made = lane_factory.lane(session, sender)
    yield made
    with db.transaction() as session:
        for row in (Lane, Sender):
            session.execute(delete(row).where(row.workspace_id == workspace.id))
        session.execute(delete(Workspace).where(Workspace.id == workspace.id))


def _active(lane: Lane) -> bool:
    with db.reading() as session:
        return session.scalars(
            select(Lane.sender_active).where(Lane.occurrence_id == lane.occurrence_id)
        ).one()


def _pause_without_patience(ref: Ref) -> None:
    with db.transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        senders.pause(session, ref)


def test_a_pause_waits_for_the_mark_in_flight_and_stops_the_next(lane: Lane) -> None:
    ref = Ref(lane.workspace_id, lane.sender_id)
    with db.transaction() as mark:
        mark.execute(
            select(Lane).where(Lane.occurrence_id == lane.occurrence_id).with_for_update(read=True)
        )
        with pytest.raises(OperationalError, match="lock timeout"):
            _pause_without_patience(ref)
    assert _active(lane)
    with db.transaction() as session:
        senders.pause(session, ref)
    assert not _active(lane)
    with db.transaction() as session:
        senders.resume(session, ref)
    assert _active(lane)
