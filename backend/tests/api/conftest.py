"""The API in-process, called as an owner would."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api import rate_limit
from app.models.users import User
from tests.api import right_bodies
from tests.factories import workspaces
from tests.support import application


@pytest.fixture
def anonymous(session: Session) -> Iterator[TestClient]:
    """A client without credentials."""
    with TestClient(application.application(), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def owner(anonymous: TestClient, session: Session) -> TestClient:
    """A client logged in as the owner of a fresh workspace."""
    token = workspaces.owner_token(session)
    anonymous.headers["Authorization"] = f"Bearer {token}"
    return anonymous


@pytest.fixture
def local(session: Session) -> Iterator[TestClient]:
    """A client without credentials on the API's own machine, where nobody has logged in yet."""
    session.execute(delete(User))
    session.commit()
    app = application.application()
    with TestClient(app, "http://127.0.0.1:8000", client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many requests as the machine can make: a 429 would hide what is looked for."""
    monkeypatch.setattr(rate_limit, "take", lambda _credential: {})


@pytest.fixture
def world(owner: TestClient) -> dict[str, Any]:
    """Ids of one object of each kind, made by the owner."""
    return right_bodies.world(owner)
