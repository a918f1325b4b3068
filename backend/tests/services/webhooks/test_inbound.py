"""What people and WhatsApp itself tell us, besides the fate of messages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.domain.refs import Ref
from app.models.callbacks import InboundMessage
from app.models.recipients import ConsentEvent, Recipient, ServiceWindow
from app.models.senders import Sender
from app.models.workspaces import Workspace
from app.services import consents
from app.services.webhooks import merge
from tests.factories import callbacks, deliveries, recipients, senders, workspaces

NUMBER = "106540352242922"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)


@pytest.fixture
def take(session: Session, sender: Sender) -> Callable[..., None]:
    def merged(*items: dict[str, Any], contacts: Any = (), **scope: Any) -> None:
        for item in items:
            raw = callbacks.body(NUMBER, messages=[item], contacts=list(contacts))
            callbacks.store(session, raw, **scope)
        merge.run()
        session.expire_all()

    return merged


def letter(text: str = "Hello", *, who: str = "14155550123", **more: Any) -> dict[str, Any]:
    stamp = str(int(NOW.timestamp()))
    base = {"from": who, "id": f"wamid.{new_id()}", "timestamp": stamp, "type": "text"}
    return base | ({} if "type" in more else {"text": {"body": text}}) | more


def people(session: Session) -> list[Recipient]:
    return list(session.scalars(select(Recipient).order_by(Recipient.id)))


def windows(session: Session) -> dict[Any, datetime]:
    return {w.recipient_id: w.last_inbound_at for w in session.scalars(select(ServiceWindow))}


def test_a_known_person_writes(session: Session, sender: Sender, take: Any) -> None:
    ana = recipients.recipient(
        session, sender.workspace_id, "+14155550123", reachable=False, unreachable_reason="x"
    )
    profile = {"profile": {"name": "A.", "username": "ana.m"}, "wa_id": "14155550123"}
    take(letter("Hi", from_user_id="US.77", context={"id": "wamid.ours"}), contacts=[profile])
    message = session.scalars(select(InboundMessage)).one()
    assert (message.recipient_id, message.sender_id) == (ana.id, sender.id)
    assert (message.kind, message.text, message.answers_wamid) == ("text", "Hi", "wamid.ours")
    assert message.received_at == NOW
    assert windows(session) == {ana.id: NOW}
    assert (ana.name, ana.username, ana.whatsapp_user_id, ana.wa_id) == (
        "Ana", "ana.m", "US.77", "14155550123"
    )  # fmt: skip
    assert (ana.reachable, ana.unreachable_reason, ana.version) == (True, None, 1)


@pytest.mark.parametrize(
    ("phone", "wa_id"),
    [
        ("+525512345678", "5215512345678"),
        ("+5491123456789", "541123456789"),
        ("+5511987654321", "551187654321"),
        ("+14155550123", "14155550123"),
    ],
)
def test_every_form_of_a_number_is_the_same_person(
    session: Session, sender: Sender, take: Any, phone: str, wa_id: str
) -> None:
    known = recipients.recipient(session, sender.workspace_id, phone)
    take(letter(who=wa_id), letter(who=wa_id))
    assert people(session) == [known]
    assert known.wa_id == wa_id
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 2


def test_an_unknown_person_is_added(session: Session, sender: Sender, take: Any) -> None:
    profile = {"profile": {"name": "María"}, "wa_id": "34612345678"}
    take(letter(who="34612345678"), letter(who="34612345678"), contacts=[profile])
    maria = people(session)[0]
    assert people(session) == [maria]
    assert (maria.name, maria.phone, maria.wa_id) == ("María", "+34612345678", "34612345678")
    assert (maria.country, maria.consent_marketing, maria.consent_all) == (
        "ES", "unknown", "allowed"
    )  # fmt: skip


def test_a_person_without_a_number_is_known_by_user_id(
    session: Session, sender: Sender, take: Any
) -> None:
    hidden = {"from_user_id": "US.13491208655302741918"}
    for _ in range(2):
        item = letter(**hidden)
        del item["from"]
        take(item)
    assert [(p.phone, p.whatsapp_user_id) for p in people(session)] == [
        (None, "US.13491208655302741918")
    ]


@pytest.mark.parametrize(
    ("item", "opens"),
    [
        ({"type": "image", "image": {"id": "1"}}, True),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, True),
        ({"type": "order", "order": {"catalog_id": "1", "product_items": []}}, True),
        ({"type": "reaction", "reaction": {"message_id": "w", "emoji": "x"}}, False),
        ({"type": "unsupported", "errors": [{"code": 131051}]}, False),
        ({"type": "system", "system": {"body": "new number", "wa_id": "14155550124"}}, False),
        ({"type": "of_the_future", "of_the_future": {}}, False),
    ],
)
def test_which_kinds_open_a_window(
    session: Session, sender: Sender, take: Any, item: Any, opens: bool
) -> None:
    take(letter() | item)
    assert bool(windows(session)) == opens
    assert session.scalars(select(InboundMessage.kind)).one() == item["type"]


def test_a_window_is_never_set_back_nor_ahead(session: Session, sender: Sender, take: Any) -> None:
    for seconds in (0, -3600, -7200):
        at = NOW + timedelta(seconds=seconds)
        take(letter(timestamp=str(int(at.timestamp()))))
    assert list(windows(session).values()) == [NOW]
    take(letter(timestamp=str(int((NOW + timedelta(days=2)).timestamp()))))
    assert next(iter(windows(session).values())) <= clock.now()


def test_a_repeat_changes_nothing(session: Session, sender: Sender, take: Any) -> None:
    item = letter("BAJA")
    take(item)
    take(item | {"new": 1})
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2


@pytest.mark.parametrize(
    "item",
    [
        {"text": {"body": "  ¡Baja! "}},
        {"text": {"body": "STOP"}},
        {"type": "button", "button": {"text": "No more, please", "payload": "STOP"}},
        {"type": "button", "button": {"text": "Parar", "payload": "x"}},
        {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": "s", "title": "Stop"}},
        },
        {"text": {"body": "no más"}},  # a word of the workspace
    ],
)
def test_a_stop_word_opts_out_of_everything(
    session: Session, sender: Sender, take: Any, item: Any
) -> None:
    workspace = session.get_one(Workspace, sender.workspace_id)
    workspace.stop_words = {"es": ["no más"]}
    ana = recipients.recipient(session, sender.workspace_id, "+14155550123")
    session.commit()
    said = letter() | item
    take(said)
    assert (ana.consent_marketing, ana.consent_all) == ("opted_out", "opted_out")
    assert ana.consent_source == "stop_word"
    proof = session.scalars(select(ConsentEvent).order_by(ConsentEvent.about)).all()
    assert [(e.about, e.value, e.source, e.evidence) for e in proof] == [
        ("all", "opted_out", "stop_word", said["id"]),
        ("marketing", "opted_out", "stop_word", said["id"]),
    ]


@pytest.mark.parametrize(
    "item",
    [
        {"text": {"body": "Don't stop!"}},
        {"type": "image", "image": {"id": "1", "caption": "stop"}},
        {"type": "location", "location": {"name": "Stop"}},
    ],
)
def test_what_is_no_stop_word(session: Session, sender: Sender, take: Any, item: Any) -> None:
    take(letter() | item)
    assert people(session)[0].consent_all == "allowed"


def prefer(session: Session, value: str, minute: int = 0) -> None:
    item = {
        "wa_id": "14155550123",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(NOW.timestamp()) + 60 * minute,
    }
    callbacks.store(
        session, callbacks.body(NUMBER, "user_preferences", user_preferences=[item, item])
    )
    merge.run()
    session.expire_all()


def test_whatsapps_own_switch(session: Session, sender: Sender) -> None:
    ana = recipients.recipient(session, sender.workspace_id, "+14155550123")
    prefer(session, "resume", -2)
    assert ana.consent_marketing == "unknown"
    prefer(session, "stop", -1)
    assert (ana.consent_marketing, ana.consent_all) == ("opted_out", "allowed")
    prefer(session, "resume")
    assert (ana.consent_marketing, ana.consent_source) == ("opted_in", "whatsapp_preference")
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2


def test_resume_never_undoes_a_stop_word(session: Session, sender: Sender) -> None:
    ana = recipients.recipient(session, sender.workspace_id, "+14155550123")
    session.commit()
    consents.stop(session, Ref(sender.workspace_id, ana.id))
    session.commit()
    prefer(session, "resume")
    assert ana.consent_marketing == "opted_out"


def test_statuses_and_messages_of_one_body(session: Session, sender: Sender) -> None:
    ana = recipients.recipient(session, sender.workspace_id, "+14155550123")
    sent = deliveries.sending(session, sender, ana)
    raw = callbacks.body(
        NUMBER, statuses=[callbacks.status(sent, "read", NOW)], messages=[letter("stop")]
    )
    callbacks.store(session, raw)
    merge.run()
    session.expire_all()
    assert sent.delivery.status == "read"
    assert ana.consent_all == "opted_out"


def test_a_tenants_secret_speaks_only_for_its_own_numbers(
    session: Session, sender: Sender, take: Any
) -> None:
    other = workspaces.workspace(session, name="Other")
    take(letter("stop"), workspace_ids=(other.id,))
    assert people(session) == []
    take(letter("stop"), workspace_ids=(other.id, sender.workspace_id))
    assert len(people(session)) == 1


def test_a_number_of_two_workspaces_tells_both(session: Session, sender: Sender, take: Any) -> None:
    other = workspaces.workspace(session, name="Other")
    senders.sender(session, other.id, phone_number_id=NUMBER)
    take(letter("hi"))
    assert {p.workspace_id for p in people(session)} == {sender.workspace_id, other.id}
