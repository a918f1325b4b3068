"""What the OpenAPI document promises, tried with made-up requests on a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from limits import RateLimitItemPerSecond
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks
from sqlalchemy import delete

from app.api import rate_limit
from app.core import config, db, tokens
from app.models.users import User
from app.models.workspaces import Workspace
from devstack import openapi
from tests.api import live_server
from tests.factories import workspaces
from tests.support import effort

# The stream never ends; logging out would end the session that all other cases need.
LEFT_OUT = ["/api/v1/events", "/api/v1/auth/logout"]
# Judged by rules that no schema can say: a known zone, a number that is possible.
NOT_CHECKED = [openapi_checks.positive_data_acceptance]
# Items of a bulk are judged one by one, and those that are wrong listed in a 200.
JUDGES_ITEMS = "/api/v1/recipients/bulk"


@pytest.fixture(scope="module")
def server(stack: Path) -> Iterator[str]:
    """The API, asked faster than its limit allows, with nobody where WhatsApp would be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limit, "_LIMIT", RateLimitItemPerSecond(10_000))
        patch.setenv("WHATSAPP_API_BASE_URL", "http://127.0.0.1:9")
        config.settings.cache_clear()
        with live_server.serve() as url:
            yield url
    config.settings.cache_clear()


@pytest.fixture(scope="module")
def headers(stack: Path) -> Iterator[dict[str, str]]:
    """An owner, whose workspace is removed afterwards with all that was made in it."""
    with db.transaction(None) as session:
        token = workspaces.owner_token(session)
    yield {"Authorization": f"Bearer {token}"}
    claims = tokens.read_access(token)
    with db.transaction(None) as session:
        session.execute(delete(Workspace).where(Workspace.id == claims.workspace_id))
        session.execute(delete(User).where(User.id == claims.user_id))


# The committed document, which another test compares with the answered one.
CONFIG = schemathesis.Config.from_dict(
    {
        # 412: an If-Match that is no version can't be the current one.
        "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
        # Every limit of every field: 5,000 cases more, left to `make fuzz`. Here every field gets
        # wrong values from test_hostile_bodies.py and test_hostile_queries.py.
        "phases": {"coverage": {"enabled": effort.FACTOR > 1}},
    }
)
schema = schemathesis.openapi.from_path(openapi.TARGET, config=CONFIG).exclude(path=LEFT_OUT)


@pytest.mark.fuzz
@schema.parametrize()
@settings(
    max_examples=effort.times(12, 1),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_as_promised(
    case: schemathesis.Case[Any], server: str, headers: dict[str, str]
) -> None:
    excluded: list[Any] = list(NOT_CHECKED)
    if case.operation.path == JUDGES_ITEMS:
        excluded.append(openapi_checks.negative_data_rejection)
    response = case.call(base_url=server, headers=headers)
    if says_whatsapp_is_away(response):
        # Declared and true: nobody is there. Form and headers of the answer are still checked.
        excluded.append(not_a_server_error)
    case.validate_response(response, headers=headers, excluded_checks=excluded)


def says_whatsapp_is_away(response: Any) -> bool:
    """The one honest 5xx of a server that is well itself."""
    return bool(response.status_code == 502 and response.json()["code"] == "upstream_unavailable")
