"""Messages from people: kept, windows opened, stop words obeyed. Never touches deliveries."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import live
from app.core.ids import new_id
from app.domain import stop_words
from app.domain.refs import Ref
from app.integrations.whatsapp.callback_events import InboundEvent
from app.repositories import callback_people, callback_senders, inbound_messages
from app.services import consents, workspaces
from app.services.webhooks import bodies, people
from app.services.webhooks.bodies import Read
from app.services.webhooks.people import Person
from app.services.webhooks.statuses import LONGEST_WAMID

logger = logging.getLogger(__name__)

# A caption or a place's name is no wish.
_MAY_STOP = frozenset({"text", "button", "interactive"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message at one of our senders; ``at`` is never later than when we got it."""

    id: UUID
    sender: Ref
    person: Person
    event: InboundEvent
    at: datetime


def take_in(session: Session, batch: Sequence[Read]) -> None:
    """Take in all messages of a batch; repeats change nothing."""
    letters = _letters(session, batch)
    whose = people.resolve(session, [letter.person for letter in letters], create=True)
    if len(whose) < len(letters):
        logger.warning("%s messages came from nobody we can know", len(letters) - len(whose))
    known = [(letters[n], ref) for n, ref in sorted(whose.items())]
    if not known:
        return
    living = callback_people.lock(session, {ref.id for _, ref in known})
    known = [(letter, ref) for letter, ref in known if ref.id in living]
    callback_people.learn(
        session,
        people.lessons(
            {ref.id: letter.person for letter, ref in known if letter.event.kind != "system"}
        ),
    )
    fresh = inbound_messages.insert_new(session, [_row(letter, ref) for letter, ref in known])
    news = [(letter, ref) for letter, ref in known if letter.id in fresh]
    _open_windows(session, news)
    _obey(session, news)
    for letter, ref in news:
        live.announce(
            session,
            ref.workspace_id,
            "inbound.message",
            id=letter.id,
            recipient_id=ref.id,
            sender_id=letter.sender.id,
        )


def _letters(session: Session, batch: Sequence[Read]) -> list[Letter]:
    told = list(bodies.of_kind(batch, InboundEvent))
    numbers = {event.origin.phone_number_id or "" for _, event in told}
    senders = callback_senders.by_number(session, numbers) if told else {}
    letters = []
    for body, event in told:
        for sender in senders.get(event.origin.phone_number_id or "", ()):
            person = people.named(sender.workspace_id, event.wa_id, event.user_id)
            if person and body.speaks_for(sender.workspace_id) and len(event.wamid) < LONGEST_WAMID:
                person = replace(person, name=event.profile_name, username=event.username)
                at = min(event.at or body.received_at, body.received_at)
                letters.append(Letter(new_id(), sender, person, event, at))
    return letters


def _row(letter: Letter, ref: Ref) -> dict[str, Any]:
    event = letter.event
    return {
        "id": letter.id,
        "workspace_id": ref.workspace_id,
        "sender_id": letter.sender.id,
        "recipient_id": ref.id,
        "wamid": event.wamid,
        "kind": event.kind,
        "text": event.text,
        "payload": event.raw,
        "answers_wamid": event.answers_wamid,
        "received_at": letter.at,
    }


def _open_windows(session: Session, news: Sequence[tuple[Letter, Ref]]) -> None:
    last: dict[tuple[UUID, UUID, UUID], datetime] = {}
    for letter, ref in news:
        if letter.event.opens_window:
            key = (ref.workspace_id, ref.id, letter.sender.id)
            last[key] = max(letter.at, last.get(key, letter.at))
    if last:
        inbound_messages.open_windows(session, last)


def _obey(session: Session, news: Sequence[tuple[Letter, Ref]]) -> None:
    own: dict[UUID, Any] = {}
    for letter, ref in news:
        event = letter.event
        if event.kind not in _MAY_STOP:
            continue
        if ref.workspace_id not in own:
            own[ref.workspace_id] = workspaces.get(session, ref.workspace_id).stop_words
        words = own[ref.workspace_id]
        said = (text for text in (event.text, event.payload) if text)
        if any(stop_words.is_stop(text, words) for text in said):
            consents.stop(session, ref, evidence=event.wamid)
