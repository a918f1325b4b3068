"""Chains of requests, each using what earlier ones made: create, read, change, act, delete."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from tests.contract.test_openapi_schemathesis import headers, says_whatsapp_is_away, schema, server
from tests.support import effort

__all__ = ["headers", "server"]


@pytest.mark.fuzz
@pytest.mark.timeout(0)
def test_no_chain_of_requests_breaks_the_server(
    server: str, headers: dict[str, str], stack: Path
) -> None:
    """Only failures of the server count: that answers have the promised form is tested singly."""
    seen: list[str] = []

    class Chains(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"headers": headers, "base_url": server}

        def validate_response(self, response: Any, case: schemathesis.Case[Any], **_: Any) -> None:
            seen.append(f"{case.operation.label} {response.status_code}")
            if not says_whatsapp_is_away(response):
                case.validate_response(response, checks=[not_a_server_error])

    Chains.run(
        settings=settings(
            max_examples=60 * effort.FACTOR,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    reached = {call for call in seen if "{" in call and call.split()[-1] in ("200", "204")}
    assert reached, "no request reached what another had made"
