"""The first owner, with callers that race."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from app.core import db, walls
from app.domain.errors import ConflictError
from app.models.users import User
from app.models.workspaces import Workspace
from app.services import accounts
from app.services.accounts import NewOwner


@pytest.fixture
def nobody(stack: Path) -> Iterator[None]:
    """A database without people; what the test commits is removed."""
    with db.transaction(None) as session:
        session.execute(delete(User))
    yield
    with db.transaction(None) as session:
        session.execute(delete(User))
        session.execute(delete(Workspace).where(Workspace.name == "Race"))


def _set_up(number: int) -> bool:
    try:
        with db.transaction(walls.AUTH) as session:
            owner = NewOwner("Race", f"owner{number}@example.com", "seven brown loaves")
            accounts.set_up(session, owner)
    except ConflictError:
        return False
    return True


def test_of_many_first_owners_one_is_made(nobody: None) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(_set_up, range(8)))
    assert made.count(True) == 1
    with db.reading(None) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1
