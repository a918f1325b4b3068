"""Connecting a number and reading its templates, over real HTTP."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.core import config
from app.services import template_sync
from devstack.simulator_control import SimulatorControl
from tests.factories import templates
from tests.support import simulator

_NAMES = ("order_update", "hello_world")


@pytest.fixture
def control(stack: Path, tmp_path: Path) -> Iterator[SimulatorControl]:
    with (
        simulator.running(tmp_path / "simulator") as control,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("WHATSAPP_API_BASE_URL", control.url)
        config.settings.cache_clear()
        yield control
    config.settings.cache_clear()


def test_connects_checks_and_syncs(owner: TestClient, control: SimulatorControl) -> None:
    business = control.business(messaging_limit="TIER_2K")
    made = [{k: v for k, v in templates.LISTED[name].items() if k != "id"} for name in _NAMES]
    control.add_templates(business.waba_id, *made)
    body = {
        "name": "Bakery",
        "phone_number_id": business.phone_number_id,
        "waba_id": business.waba_id,
        "access_token": business.access_token,
    }
    wrong = owner.post("/api/v1/senders", json={**body, "access_token": "EAAGwrong"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "token_invalid")
    answer = owner.post("/api/v1/senders", json=body)
    assert answer.status_code == 201, answer.text
    sender = answer.json()
    assert (sender["messaging_limit"], sender["quality_rating"]) == (2000, "GREEN")
    assert template_sync.run(UUID(sender["id"])) == len(_NAMES)
    listed = owner.get("/api/v1/templates?status=approved").json()["items"]
    assert {item["name"] for item in listed} == set(_NAMES)
    control.change_token(business.access_token, expired=True)
    checked = owner.post(f"/api/v1/senders/{sender['id']}/check").json()
    assert (checked["status"], checked["status_reason"]) == ("paused", "token_invalid")
