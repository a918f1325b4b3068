"""What people do on their phones: write, tap, stop, change their number."""

import base64
import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator import phones, statuses
from simulator.callbacks.queue import News
from simulator.state import Simulator
from simulator.world import Number, Recipient

Json = dict[str, Any]
# Reactions and system messages don't open the 24-hour window.
_OPENS_NO_WINDOW = {"reaction", "system", "unsupported"}


class Inbound(BaseModel):
    """One message from a person; ``content`` is the object under ``type``, and is made from
    ``text`` and ``payload`` for the types text, button and interactive when absent."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    phone_number_id: str
    sender: str = Field(alias="from")
    type: str = "text"
    text: str = ""
    payload: str | None = None
    content: Json | list[Json] | None = None
    context_id: str | None = None
    profile_name: str | None = None
    timestamp: int | None = None


class Preference(BaseModel):
    """WhatsApp's own stop control for marketing messages."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    phone_number_id: str
    sender: str = Field(alias="from")
    value: Literal["stop", "resume"]


def receive(sim: Simulator, number: Number, message: Inbound) -> str:
    """Report it, open the window, count it against throughput; returns its wamid."""
    wa_id = phones.wa_id("".join(filter(str.isdigit, message.sender)))
    wamid = "wamid.HBg" + base64.b64encode(f"in|{secrets.token_hex(12)}".encode()).decode()
    person = sim.world.person(wa_id, None)
    item = _item(sim, message, wamid, wa_id, person)
    if message.type not in _OPENS_NO_WINDOW:
        sim.open_window(number, wa_id)
    sim.limits.number(number.id, number.throughput_mps, sim.clock.now()).debit(sim.clock.now())
    contact = None if message.type == "system" else _contact(message, wa_id, person)
    sim.queue.publish(News(number.waba_id, number.id, "messages", "messages", item, contact))
    return wamid


def _item(
    sim: Simulator, message: Inbound, wamid: str, wa_id: str, person: Recipient | None
) -> Json:
    item: Json = {
        "id": wamid,
        "timestamp": str(message.timestamp or int(sim.clock.now())),
        "type": message.type,
        "from_user_id": _user_id(wa_id, person),
    }
    if person is None or not person.hide_phone:
        item["from"] = wa_id
    if message.context_id is not None:
        item["context"] = {"from": wa_id, "id": message.context_id}
    if message.type == "unsupported":
        item["errors"] = [{"code": 131051, "title": "Message type unknown"}]
    else:
        item[message.type] = message.content or _content(message)
    return item


def _content(message: Inbound) -> Json:
    payload = message.payload or message.text
    if message.type == "button":
        return {"payload": payload, "text": message.text}
    if message.type == "interactive":
        return {"type": "button_reply", "button_reply": {"id": payload, "title": message.text}}
    return {"body": message.text}


def _contact(message: Inbound, wa_id: str, person: Recipient | None) -> Json:
    name = message.profile_name or (person.profile_name if person else "Simulated person")
    contact: Json = {"profile": {"name": name}, "user_id": _user_id(wa_id, person)}
    if person is None or not person.hide_phone:
        contact["wa_id"] = wa_id
    if person is not None and person.username:
        contact["profile"]["username"] = person.username
    return contact


def _user_id(wa_id: str, person: Recipient | None) -> str:
    return (person.user_id if person else None) or statuses.scoped_id(wa_id)


def prefer(sim: Simulator, number: Number, preference: Preference) -> None:
    """Remember a person's marketing preference and report it."""
    wa_id = phones.wa_id("".join(filter(str.isdigit, preference.sender)))
    person = sim.world.person(wa_id, None) or Recipient(phone=preference.sender)
    person.stopped_marketing = preference.value == "stop"
    sim.world.recipients[wa_id] = person
    sim.save()
    item = {
        "wa_id": wa_id,
        "user_id": _user_id(wa_id, person),
        "detail": f"User requested to {preference.value} marketing messages",
        "category": "marketing_messages",
        "value": preference.value,
        "timestamp": int(sim.clock.now()),
    }
    contact = {"profile": {"name": person.profile_name}, "wa_id": wa_id}
    sim.queue.publish(
        News(number.waba_id, number.id, "user_preferences", "user_preferences", item, contact)
    )


def change_number(sim: Simulator, number: Number, old: str, new: str) -> str:
    """The person's ``system`` message; ``from`` is the old number."""
    wa_id = phones.wa_id("".join(filter(str.isdigit, new)))
    content = {
        "body": f"User changed from {old} to {new}",
        "wa_id": wa_id,
        "user_id": statuses.scoped_id(wa_id),
        "type": "user_changed_number",
    }
    message = Inbound.model_validate(
        {"phone_number_id": number.id, "from": old, "type": "system", "content": content}
    )
    return receive(sim, number, message)
