"""WhatsApp's own switch for marketing messages.

``stop`` opts a person out of marketing. ``resume`` opts them in again, but only when it was this
switch that had opted them out: it never undoes a stop word or what people wrote down.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.integrations.whatsapp.callback_events import PreferenceEvent
from app.models.recipients import Recipient
from app.repositories import callback_people, callback_senders
from app.services import consents
from app.services.webhooks import bodies, people
from app.services.webhooks.bodies import Read
from app.services.webhooks.people import Person

SOURCE = "whatsapp_preference"
_MARKETING = "marketing_messages"

Wish = tuple[datetime, str, Person]


def take_in(session: Session, batch: Sequence[Read]) -> None:
    """Take in all preferences of a batch, in the order people chose; repeats change nothing."""
    wishes = _wishes(session, batch)
    whose = people.resolve(session, [person for _, _, person in wishes], create=True)
    living = callback_people.lock(session, {ref.id for ref in whose.values()}) if whose else {}
    for n, (at, value, _) in enumerate(wishes):
        if n in whose and whose[n].id in living:
            _obey(session, whose[n], living[whose[n].id], value, f"{value} at {at.isoformat()}")


def _wishes(session: Session, batch: Sequence[Read]) -> list[Wish]:
    told = [
        (body, event)
        for body, event in bodies.of_kind(batch, PreferenceEvent)
        if event.category == _MARKETING
    ]
    numbers = {event.origin.phone_number_id or "" for _, event in told}
    senders = callback_senders.by_number(session, numbers) if told else {}
    wishes = set()
    for body, event in told:
        for sender in senders.get(event.origin.phone_number_id or "", ()):
            person = people.named(sender.workspace_id, event.wa_id, event.user_id)
            if person and body.speaks_for(sender.workspace_id):
                wishes.add((event.at or body.received_at, event.value, person))
    return sorted(wishes, key=itemgetter(0, 1))


def _obey(session: Session, ref: Ref, row: Recipient, value: str, evidence: str) -> None:
    undone = row.consent_marketing == "opted_out" and row.consent_source == SOURCE
    wanted = {"stop": "opted_out", "resume": "opted_in" if undone else None}.get(value)
    if wanted and not callback_people.has_said(session, ref, SOURCE, evidence):
        consents.state(session, ref, marketing=wanted, source=SOURCE, evidence=evidence)
