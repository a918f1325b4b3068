"""Refresh tokens used by two tabs at once, on real transactions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import delete

from app.core import db, refresh_tokens, walls
from app.core.ids import new_id
from app.core.refresh_tokens import RefreshToken
from app.models.users import User
from app.services import sessions
from app.services.sessions import Device, Tokens
from tests.factories import workspaces

ROUNDS, TABS = 20, 4


@pytest.fixture
def first(stack: Path) -> Iterator[RefreshToken]:
    """The refresh token of a log-in that is committed."""
    with db.transaction(None) as session:
        workspace_id = workspaces.workspace(session).id
        user = User(email=f"{new_id()}@example.com", name="Ana", password_hash="-")
        session.add(user)
        session.flush()
        token = sessions.start(session, user, workspace_id, Device()).refresh
    yield token
    with db.transaction(None) as session:
        session.execute(delete(User).where(User.id == user.id))
        workspaces.remove(session, workspace_id)


def test_tabs_that_refresh_at_once_get_one_successor(first: RefreshToken) -> None:
    current = first
    together = Barrier(TABS)

    def refresh(text: str) -> Tokens | None:
        together.wait()
        with db.transaction(walls.AUTH) as session:
            return sessions.refresh(session, text)

    with ThreadPoolExecutor(TABS) as tabs:
        for _ in range(ROUNDS):
            got = list(tabs.map(refresh, [current.text] * TABS))
            successors = {one.refresh.text for one in got if one is not None}
            assert (len(successors), got.count(None)) == (1, 0)
            after = refresh_tokens.read(successors.pop())
            assert after is not None
            current = after
