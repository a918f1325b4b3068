"""Accepts a message: its id, its fate, and the answer Meta gives at once."""

import base64
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator import fates, messages, statuses
from simulator.ledger import Entry
from simulator.messages import Outgoing
from simulator.pacing import Parcel
from simulator.state import Simulator
from simulator.world import Number, Template

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer's body, and ids of callbacks that must be delivered before it leaves."""

    body: Json
    callbacks_first: list[int]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A message that passed every check."""

    number: Number
    message: Outgoing
    template: Template | None


def accept(sim: Simulator, admitted: Admitted, entry: Entry, rng: Random) -> Accepted:
    """Fill the ledger row and queue what will be reported, or hold it."""
    message, template = admitted.message, admitted.template
    parcel = _parcel(admitted, entry, rng)
    entry.wamid = parcel.wamid
    if template is not None and sim.pacing.must_hold(template):
        entry.outcome = "held"
        sim.pacing.hold(parcel)
        return Accepted(_answer(message, parcel, held=True), [])
    entry.outcome = "accepted"
    media_id = message.content.get("id") if message.type in messages.MEDIA else None
    first = launch(sim, parcel, entry, rng, media_id)
    return Accepted(_answer(message, parcel, held=False), first)


def _parcel(admitted: Admitted, entry: Entry, rng: Random) -> Parcel:
    message, template = admitted.message, admitted.template
    return Parcel(
        wamid=_wamid(entry, rng),
        seq=entry.seq,
        waba_id=admitted.number.waba_id,
        phone_number_id=admitted.number.id,
        phone=message.phone,
        wa_id=entry.wa_id,
        user_id=message.user_id,
        opaque=message.opaque,
        type=message.type,
        category=template.category.lower() if template else "service",
        template_id=template.id if template else None,
    )


def launch(
    sim: Simulator, parcel: Parcel, entry: Entry, rng: Random, media_id: str | None = None
) -> list[int]:
    """Decide the fate and queue its reports; ids of those that must beat the answer."""
    fate = fates.decide(sim, parcel, media_id, rng)
    entry.destiny, entry.destiny_code = fate.furthest, fate.code
    sim.ledger.save(entry)
    return statuses.publish(sim, parcel, fate, rng)


def _wamid(entry: Entry, rng: Random) -> str:
    # The sequence number makes it unique even if two seeds draw alike.
    raw = f"{entry.wa_id or entry.to}|{entry.seq}|".encode() + rng.randbytes(9)
    return "wamid.HBg" + base64.b64encode(raw).decode()


def _answer(message: Outgoing, parcel: Parcel, *, held: bool) -> Json:
    contact = {"input": message.to}
    if message.user_id is not None:
        contact["user_id"] = message.user_id
    else:
        contact["wa_id"] = parcel.wa_id or "".join(filter(str.isdigit, message.to))
    sent = {"id": parcel.wamid}
    if message.type == "template":
        sent["message_status"] = "held_for_quality_assessment" if held else "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}
