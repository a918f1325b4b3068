"""POST /messages from the parsed request to what must be answered.

One synchronous step per request: the ledger row, the limits and the acceptance can't be
interleaved with another request's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator import acceptance, access, messages, phones, registry
from simulator.acceptance import Admitted
from simulator.errors import GraphError
from simulator.faults import Fault, Kind, Manner
from simulator.ledger import Entry
from simulator.messages import Outgoing
from simulator.state import Simulator
from simulator.world import Number

Json = dict[str, Any]
_NUMBER_REFUSALS = {
    "PENDING": 133010, "DISCONNECTED": 133010, "DELETED": 133010, "UNVERIFIED": 133010,
    "MIGRATED": 133010, "BANNED": 368, "RESTRICTED": 131031, "RATE_LIMITED": 131048,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it came in."""

    raw: bytes
    number_id: str
    authorization: str | None
    connection_id: int
    received_at: float


@dataclass(slots=True)
class Reply:
    """What to answer and how; ``callbacks_first`` are updates that must be delivered before."""

    status: int
    body: Json
    manner: Manner = Manner.WHOLE
    hang_s: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    callbacks_first: list[int] = field(default_factory=list)


def receive(sim: Simulator, arrival: Arrival) -> Reply:
    """Write the ledger row and decide; never raises for what a client may send."""
    entry = sim.ledger.open(arrival.received_at, arrival.connection_id, arrival.number_id)
    try:
        reply = _handle(sim, arrival, entry)
    except GraphError as error:
        entry.error_code = error.code
        reply = Reply(error.status, error.body())
    entry.http_status = reply.status if reply.manner in (Manner.WHOLE, Manner.HTML) else 0
    return reply


def _handle(sim: Simulator, arrival: Arrival, entry: Entry) -> Reply:
    token = access.token_of(sim, arrival.authorization)
    body = _parse(arrival.raw)
    if sim.knobs.record_bodies:
        entry.body = body
    access.require(token, "whatsapp_business_messaging")
    number = access.number(sim, token, arrival.number_id)
    if isinstance(body, dict) and body.get("status") == "read":
        return _read_receipt(body, entry)
    _note(body, entry)
    message = messages.read(body, number.digits)
    entry.wa_id = phones.wa_id(message.phone) if message.phone else None
    rng = sim.rng_for(message.to)
    fault = sim.faults.choose(message.to, number.id, rng)
    if fault is not None:
        entry.fault = fault.kind
        if not fault.accepts:
            return _fail(fault, entry)
    admitted = _admit(sim, number, message, entry)
    accepted = acceptance.accept(sim, admitted, entry, rng)
    reply = Reply(200, accepted.body, callbacks_first=accepted.callbacks_first)
    return _spoil(reply, fault, lambda: _again(sim, admitted, arrival, rng))


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise GraphError(100, "The body is not valid JSON") from None


def _note(body: Any, entry: Entry) -> None:
    """Note what the request claims before any check may refuse it."""
    if not isinstance(body, dict):
        return
    to = body.get("to") or body.get("recipient")
    entry.to = to if isinstance(to, str) else None
    kind = body.get("type", "text")
    entry.type = kind if isinstance(kind, str) else None
    opaque = body.get("biz_opaque_callback_data")
    entry.opaque = opaque if isinstance(opaque, str) else None
    template = body.get("template")
    if isinstance(template, dict) and isinstance(template.get("name"), str):
        entry.template = template["name"]


def _read_receipt(body: Json, entry: Entry) -> Reply:
    entry.type = "read_receipt"
    if not isinstance(body.get("message_id"), str):
        raise GraphError(131009, "message_id is required")
    entry.outcome = "noted"
    return Reply(200, {"success": True})


def _fail(fault: Fault, entry: Entry) -> Reply:
    if fault.code is None:
        entry.outcome = "dropped"
        return Reply(502, {}, fault.manner, fault.hang_s)
    error = GraphError(fault.code, "Injected fault")
    entry.error_code = fault.code
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    return Reply(error.status, error.body(), headers=headers)


def _admit(sim: Simulator, number: Number, message: Outgoing, entry: Entry) -> Admitted:
    """Limits, then the template; raises what Meta would refuse at once."""
    now, knobs = sim.clock.now(), sim.knobs.limits
    if number.maintenance_until > now:
        raise GraphError(131057, "The number is being upgraded")
    if number.status in _NUMBER_REFUSALS:
        raise GraphError(_NUMBER_REFUSALS[number.status], f"The number is {number.status}")
    bucket = sim.limits.number(number.id, number.throughput_mps, now)
    if knobs.throughput and not bucket.take(now):
        raise GraphError(130429, "Cloud API message throughput has been reached.")
    person = entry.wa_id or message.user_id
    if knobs.pair and person is not None:
        pair = sim.limits.pair(number.id, person, knobs.pair_interval_s, knobs.pair_burst, now)
        if not pair.take(now):
            raise GraphError(131056, "Too many messages to this person in a short time")
    template = None
    if message.type == "template":
        template = registry.for_send(sim, number.waba_id, message.content)
    return Admitted(number, message, template)


def _again(sim: Simulator, admitted: Admitted, arrival: Arrival, rng: Random) -> None:
    entry = sim.ledger.open(arrival.received_at, arrival.connection_id, arrival.number_id)
    message, template = admitted.message, admitted.template
    entry.to, entry.type, entry.opaque = message.to, message.type, message.opaque
    entry.wa_id = phones.wa_id(message.phone) if message.phone else None
    entry.template = template.name if template else None
    entry.fault = Kind.ACCEPT_TWICE
    acceptance.accept(sim, admitted, entry, rng)


def _spoil(reply: Reply, fault: Fault | None, again: Callable[[], None]) -> Reply:
    """Apply a fault that strikes after acceptance."""
    if fault is None:
        return reply
    if fault.kind is Kind.ACCEPT_TWICE:
        again()
    elif fault.kind is Kind.WITHOUT_ID:
        reply.body = {"messaging_product": "whatsapp", "contacts": reply.body["contacts"]}
    elif fault.manner is Manner.HTML:
        reply.status = 502
    reply.manner, reply.hang_s = fault.manner, fault.hang_s
    return reply
