"""What begins badly is held until a person has looked at it."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.refs import Ref
from app.integrations.whatsapp.answers import Answer, Refused
from app.integrations.whatsapp.errors import MetaError
from app.integrations.whatsapp.transport import SendRequest
from app.models.recipients import ConsentEvent, Recipient
from app.models.workspaces import Workspace
from app.repositories import breakers
from app.services import occurrences
from app.services.dispatch import drain
from tests.services.dispatch import drains
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("rung")
HELD, DONE = ("held", "breaker", "held"), ("completed", None, None)


def _shop(session: Session, **breaker: int | None) -> Shop:
    mine = shop(session, throughput_mps=20)
    session.get_one(Workspace, mine.workspace_id).breaker = {"first_n": 20} | breaker
    session.flush()
    return mine


def _refusing(people: list[Recipient]) -> Wire:
    phones = {person.phone for person in people}

    def answer(request: SendRequest) -> Answer:
        if json.loads(request.body)["to"] in phones:
            return Refused(MetaError(131026, None, "No", "No", None, False, 400))
        return drains.accept(request)

    return Wire(answer)


async def _serve(mine: Shop, wire: Wire) -> None:
    await drain.serve(mine.sender.id, Desk(wire))


async def test_too_many_failures_hold_the_rest_and_a_person_lets_it_go_on(
    session: Session,
) -> None:
    mine = _shop(session, max_failed_pct=25)
    people = mine.people(60)
    campaign, other = mine.campaign(people), mine.campaign(mine.people(3))
    wire = _refusing(people)
    await _serve(mine, wire)
    assert (campaign.state(), other.state()) == (HELD, DONE)
    counts = campaign.counts()
    assert 6 <= counts["failed"] <= 45
    assert counts["failed"] + counts["scheduled"] == 60
    occurrences.resume(session, campaign.ref.beside(campaign.occurrence.id))
    await _serve(mine, wire)
    assert campaign.state() == DONE
    assert campaign.counts() == {"failed": 60}


@pytest.mark.parametrize("breaker", [{"max_failed_pct": 25}, {"max_opt_out_pct": 0}])
async def test_what_is_within_the_limits_or_not_judged_goes_on(
    session: Session, breaker: dict[str, int]
) -> None:
    mine = _shop(session, **breaker)
    people = mine.people(20)
    campaign = mine.campaign(people)
    await _serve(mine, _refusing(people[:5]))
    assert campaign.state() == DONE
    assert campaign.counts() == {"accepted": 15, "failed": 5}


async def test_people_who_leave_because_of_it_count(session: Session) -> None:
    mine = _shop(session, max_opt_out_pct=10)
    people = mine.people(40)
    campaign, sender = mine.campaign(people), Ref(mine.workspace_id, mine.sender.id)
    wire = Wire()
    desk = Desk(wire)
    serving = asyncio.create_task(drain.serve(mine.sender.id, desk))
    while len(wire.sent) < 8:
        await asyncio.sleep(0.01)
    desk.stopping.set()
    await serving
    reached = [one.recipient_id for one in campaign.deliveries if one.attempts]
    waiting = [one.recipient_id for one in campaign.deliveries if not one.attempts]
    _leave(campaign, [*reached[:2], *waiting[:5]])
    assert breakers.tripped(session, sender) == []
    _leave(campaign, reached[2:3])
    assert breakers.tripped(session, sender) == [campaign.occurrence.id]
    session.get_one(Workspace, mine.workspace_id).breaker = None
    session.flush()
    assert breakers.tripped(session, sender) == []


def _leave(campaign: Campaign, people: list[UUID]) -> None:
    for person in people:
        for about in ("marketing", "all"):
            campaign.session.add(
                ConsentEvent(
                    id=new_id(),
                    workspace_id=campaign.ref.workspace_id,
                    recipient_id=person,
                    about=about,
                    value="opted_out",
                    source="stop_word",
                )
            )
    campaign.session.flush()
