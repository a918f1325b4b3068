"""Callers that race for the same people, on committed rows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from app.core import db
from app.domain.errors import ConflictError
from app.domain.recipients import Draft
from app.domain.refs import Ref
from app.models.recipients import Recipient
from app.models.workspaces import Workspace
from app.repositories import imports
from app.services import recipient_bulk, recipients
from app.services.imports import running, uploads
from tests.factories import workspaces

PHONES = [f"+5215512{n:06}" for n in range(1500)]


@pytest.fixture
def workspace_id(stack: Path) -> Iterator[UUID]:
    """A workspace that is really there; it and all in it are removed."""
    with db.transaction() as session:
        made = workspaces.workspace(session, name="Race").id
    yield made
    with db.transaction() as session:
        session.execute(delete(Workspace).where(Workspace.id == made))


def people(workspace_id: UUID) -> int:
    with db.reading() as session:
        count = select(func.count()).select_from(Recipient)
        return session.scalar(count.where(Recipient.workspace_id == workspace_id)) or 0


def test_bulk_calls_with_the_same_people_in_other_orders(workspace_id: UUID) -> None:
    def save(backwards: bool) -> tuple[int, int]:
        phones = PHONES[::-1] if backwards else PHONES
        drafts = [(index, Draft(phone=phone)) for index, phone in enumerate(phones)]
        rules = recipient_bulk.Rules(on_conflict="update")
        with db.transaction() as session:
            outcome = recipient_bulk.save(session, workspace_id, drafts, rules)
        assert not outcome.errors
        return outcome.created, outcome.updated

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(save, [False, True, False, True]))
    assert sorted(done) == [(0, 1500)] * 3 + [(1500, 0)]
    assert people(workspace_id) == len(PHONES)


def test_of_many_with_one_phone_one_is_made(workspace_id: UUID) -> None:
    def create(_: int) -> bool:
        try:
            with db.transaction() as session:
                recipients.create(session, workspace_id, Draft(phone=PHONES[0]), None)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(create, range(8))).count(True) == 1


def test_many_sends_to_a_new_number_are_for_one_person(workspace_id: UUID) -> None:
    def whom(_: int) -> Ref:
        with db.transaction() as session:
            return recipients.for_send(session, workspace_id, to=PHONES[0])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(whom, range(8)))) == 1


def test_two_workers_at_one_import_do_each_row_once(workspace_id: UUID) -> None:
    data = ("phone\n" + "\n".join(PHONES)).encode()
    with db.transaction() as session:
        options = uploads.Options(on_conflict="update")
        job = uploads.create(
            session, workspace_id, "people.csv", data, options, user_id=None, actor="user:1"
        )
    ref = Ref(workspace_id, job.id)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(running.run, [ref] * 3))
    with db.reading() as session:
        done = imports.get(session, ref)
        assert done is not None
        assert (done.status, done.created, done.updated) == ("completed", 1500, 0)
    assert people(workspace_id) == len(PHONES)
