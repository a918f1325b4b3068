"""WhatsApp says that a template has other components: it is read again, and guarded."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.core import queue
from app.domain.states import SenderStatus
from app.models.senders import Sender
from app.services import template_sync
from app.services.dispatch import template_guard
from app.services.webhooks import merge
from tests.factories import callbacks, graph, senders, templates
from tests.services.dispatch.campaigns import shop


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Doorbells given, with their ids."""
    found: list[tuple[str, ...]] = []

    def publish(*ids: str, **_: object) -> bool:
        found.append(ids)
        return True

    monkeypatch.setattr(queue, "publish", publish)
    return found


def tell(session: Session, sender: Sender, times: int = 1) -> None:
    value = {"message_template_name": "hello_world", "message_template_element": "Other words"}
    field = "message_template_components_update"
    raws = (callbacks.body("1", field, sender.waba_id, **value | {"n": n}) for n in range(times))
    callbacks.store(session, *raws)
    merge.run()


def asked(given: list[tuple[str, ...]]) -> list[str]:
    return [ids[0] for task, *ids in given if task == "templates.sync"]


def test_it_is_read_again_and_what_was_planned_with_it_is_held(
    session: Session, given: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shop(session)
    mine.template.waba_id = mine.sender.waba_id
    session.commit()
    campaign = mine.campaign(mine.people(1))
    tell(session, mine.sender)
    [sender_id] = asked(given)
    listed: dict[str, Any] = templates.LISTED["hello_world"]
    changed = {**listed, "components": [{"type": "BODY", "text": "Other words"}]}
    graph.install(monkeypatch).answers["message_templates"] = {"data": [changed]}
    assert template_sync.run(UUID(sender_id)) == 1
    template_guard.look()
    assert campaign.state() == ("held", "template_changed", "held")


def test_many_changes_are_asked_for_once_by_who_may_send(
    session: Session, given: list[tuple[str, ...]]
) -> None:
    mine = shop(session)
    other = senders.sender(
        session, mine.workspace_id, phone_number_id="77", waba_id=mine.sender.waba_id
    )
    first, second = sorted((mine.sender, other), key=lambda one: one.id)
    first.status = SenderStatus.PAUSED
    session.commit()
    tell(session, mine.sender, times=3)
    assert asked(given) == [str(second.id)]
