"""The status stream of one message: which statuses, when, in what words."""

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator.callbacks.queue import News
from simulator.errors import callback_error
from simulator.fates import Fate
from simulator.knobs import CallbackKnobs
from simulator.pacing import Parcel
from simulator.state import Simulator
from simulator.world import Recipient

Json = dict[str, Any]
_DUPLICATE_WITHIN_S = 0.2


@dataclass(slots=True)
class Moment:
    """A status happens ``at_s`` after acceptance and is reported after ``told_s``."""

    status: str
    at_s: float
    told_s: float


def moments(fate: Fate, knobs: CallbackKnobs, rng: Random) -> list[Moment]:
    """When each status happens and is reported, disorder and duplicates included."""
    happened = _happenings(fate, knobs, rng)
    told = [at for _, at in happened]
    if len(told) > 1 and rng.random() < knobs.reorder_probability:
        told.reverse()
    result: list[Moment] = []
    for (status, at), reported in zip(happened, told, strict=True):
        moment = Moment(status, at, reported + _lateness(knobs, rng))
        result.append(moment)
        if rng.random() < knobs.duplicate_probability:
            result += [
                Moment(status, at, moment.told_s + rng.uniform(0, _DUPLICATE_WITHIN_S))
                for _ in range(knobs.duplicate_copies)
            ]
    return result


def _happenings(fate: Fate, knobs: CallbackKnobs, rng: Random) -> list[tuple[str, float]]:
    if fate.reach == "silent":
        return []
    if fate.reach == "failed":
        at = knobs.failed_delay.draw(rng)
        happened = [("failed", at)]
        if fate.delivered_after:
            happened.append(("delivered", at + knobs.delivered_delay.draw(rng)))
        return happened
    at = knobs.sent_delay.draw(rng)
    happened = [("sent", at)]
    if fate.reach in ("delivered", "read"):
        at += knobs.delivered_delay.draw(rng)
        happened.append(("delivered", at))
    if fate.reach == "read":
        if rng.random() < knobs.read_without_delivered_probability:
            happened.pop()
        happened.append(("read", at + knobs.read_delay.draw(rng)))
    return happened


def _lateness(knobs: CallbackKnobs, rng: Random) -> float:
    late = 0.0
    if rng.random() < knobs.loss_probability:
        # Lost on its way: the receiver sees only the redelivery.
        late += knobs.retry_delays_s[0]
    if rng.random() < knobs.late_probability:
        late += knobs.late_s
    return late


def publish(sim: Simulator, parcel: Parcel, fate: Fate, rng: Random) -> list[int]:
    """Queue all reports of a message; returns ids of those that must beat the answer."""
    knobs = sim.knobs.callbacks
    stream = moments(fate, knobs, rng)
    priced = _priced(stream, rng)
    early = bool(stream) and rng.random() < knobs.before_answer_probability
    if early:
        stream[0].told_s = 0
    ids: list[list[int]] = []
    for moment in stream:
        item, contact = _report(sim, parcel, fate, moment, moment.status in priced)
        ids.append(sim.queue.publish(_news(parcel, item, contact, moment.told_s)))
    return ids[0] if early else []


def _news(parcel: Parcel, item: Json, contact: Json | None, after_s: float) -> News:
    return News(
        parcel.waba_id, parcel.phone_number_id, "messages", "statuses", item, contact, after_s
    )


def _priced(stream: list[Moment], rng: Random) -> set[str]:
    """``pricing`` comes with sent and with one of delivered and read, never with both."""
    later = sorted({m.status for m in stream} & {"delivered", "read"})
    return {"sent", rng.choice(later)} if later else {"sent"}


def _report(
    sim: Simulator, parcel: Parcel, fate: Fate, moment: Moment, priced: bool
) -> tuple[Json, Json | None]:
    """The status, and the contact that comes with all but ``failed``."""
    failed = moment.status == "failed"
    person = sim.world.person(parcel.wa_id, parcel.user_id)
    contact = _contact(parcel, person, moment)
    item: Json = {
        "id": parcel.wamid,
        "status": moment.status,
        "timestamp": str(int(sim.clock.now() + moment.at_s)),
    }
    if "wa_id" in contact:
        item["recipient_id"] = contact["wa_id"]
    if not failed or parcel.wa_id is None:
        item["recipient_user_id"] = contact["user_id"]
    if parcel.opaque is not None and (not failed or sim.knobs.callbacks.opaque_on_failed):
        item["biz_opaque_callback_data"] = parcel.opaque
    if failed:
        item["errors"] = [callback_error(fate.code or 131000)]
        return item, None
    if priced:
        item["pricing"] = _pricing(parcel)
    return item, contact


def _contact(parcel: Parcel, person: Recipient | None, moment: Moment) -> Json:
    profile = {"name": person.profile_name if person else "Simulated person"}
    if person and person.username and moment.status != "sent":
        profile["username"] = person.username
    own_id = person.user_id if person else None
    user_id = parcel.user_id or own_id or scoped_id(parcel.wa_id or "")
    contact: Json = {"profile": profile, "user_id": user_id}
    if parcel.wa_id and not (person and person.hide_phone):
        contact["wa_id"] = parcel.wa_id
    return contact


def _pricing(parcel: Parcel) -> Json:
    return {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": parcel.category,
    }


def scoped_id(wa_id: str) -> str:
    """The business-scoped id of a person who was given none: made from the phone."""
    return f"US.{int(hashlib.sha256(wa_id.encode()).hexdigest()[:15], 16):020d}"
