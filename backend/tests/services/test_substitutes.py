"""A campaign held for its template goes on with another one, or with its own as it is now."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.errors import ConflictError, InvalidError
from app.models.messages import MessageVersion
from app.models.schedules import Lane
from app.models.templates import Template
from app.services import occurrences
from app.services.dispatch import template_guard
from tests.services.dispatch.campaigns import Campaign, Shop, shop

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")


@pytest.fixture
def mine(session: Session) -> Shop:
    return shop(session, waba_id="200000000000001-hello_world")


def held(mine: Shop, **values: Any) -> Campaign:
    campaign = mine.campaign(mine.people(2))
    changed = update(Template).where(Template.id == mine.template.id).values(**values)
    mine.session.execute(changed)
    template_guard.look()
    assert campaign.state()[0] == "held"
    return campaign


def sends(mine: Shop, campaign: Campaign) -> MessageVersion:
    found = mine.session.query(Lane).filter_by(occurrence_id=campaign.occurrence.id).one()
    mine.session.refresh(found)
    return mine.session.get_one(MessageVersion, found.message_version_id)


def test_only_what_takes_the_same_parameters_is_offered(mine: Shop) -> None:
    campaign = held(mine, status="PAUSED")
    spare = mine.copy()
    mine.copy(name="asks", components=[{"type": "BODY", "text": "Hi {{1}}"}])
    mine.copy(name="stopped", status="PAUSED")
    mine.copy(name="elsewhere", waba_id="1")
    ref = campaign.ref.beside(campaign.occurrence.id)
    found = occurrences.offered(mine.session, ref)
    assert found is not None
    assert [one.id for one in found] == [spare.id]


def test_the_rest_goes_with_the_substitute(mine: Shop) -> None:
    campaign, spare = held(mine, status="PAUSED"), mine.copy(category="marketing")
    before = sends(mine, campaign)
    occurrences.resume(mine.session, campaign.ref.beside(campaign.occurrence.id), spare.id)
    assert campaign.state() == ("running", None, "runnable")
    now = sends(mine, campaign)
    assert now.content["template_id"] == str(spare.id)
    assert (now.category, now.version, now.message_id) == ("marketing", 2, before.message_id)
    assert before.content["template_id"] == str(mine.template.id)
    template_guard.look()
    assert campaign.state()[0] == "running"


def test_a_changed_template_is_taken_as_it_is_when_a_person_says_so(mine: Shop) -> None:
    campaign = held(mine, components=[{"type": "BODY", "text": "New words"}])
    occurrences.resume(mine.session, campaign.ref.beside(campaign.occurrence.id))
    assert campaign.state() == ("running", None, "runnable")
    assert sends(mine, campaign).content["components"] == [{"type": "BODY", "text": "New words"}]


def test_a_stopped_template_is_no_way_on(mine: Shop) -> None:
    campaign = held(mine, status="PAUSED")
    ref = campaign.ref.beside(campaign.occurrence.id)
    with pytest.raises(ConflictError) as refused:
        occurrences.resume(mine.session, ref)
    assert refused.value.code == "template_unavailable"
    for wrong, code in ((new_id(), "unknown_reference"), (mine.copy(waba_id="1").id, None)):
        with pytest.raises(InvalidError) as invalid:
            occurrences.resume(mine.session, ref, wrong)
        assert invalid.value.errors[0].field == "substitute_template_id"
        assert invalid.value.errors[0].code == (code or "template_unavailable")
    assert campaign.state()[0] == "held"
