"""What is sent: senders, people and schedules, made through the REST API as a user would."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import phonenumbers

from chaos.stage import Stage
from devstack.rest_api import Api

_CREDENTIALS = {"email": "owner@example.com", "password": "a long and seldom used phrase"}
_BULK = 1000
# Nothing may be due before everything is planned.
_LEAD_S = 3.0
_PER_AREA = 100
# A cancelled campaign for every so many that run to their end.
_CANCELLED_EVERY = 4


@dataclass
class World:
    """``schedules`` ends by itself; ``doomed`` will be cancelled while they send."""

    api: Api
    message_id: str = ""
    sender_ids: list[str] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    doomed: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)  # external ids
    planned: int = 0
    doomed_people: int = 0
    ends_at: float = 0.0  # epoch seconds: when the last message would leave without any fault


def build(stage: Stage) -> World:
    """Make everything and plan it, the first message a few seconds from now."""
    world = World(_logged_in(stage))
    world.message_id = world.api.post("messages", _message())["id"]
    groups = []
    for number in range(stage.size.senders):
        sender_id = _sender(stage, world, number)
        world.sender_ids.append(sender_id)
        groups.append((sender_id, _people(stage, world, number)))
    _plan(stage, world, groups)
    return world


def _logged_in(stage: Stage) -> Api:
    api = Api(stage.api_url)
    owner = {"workspace_name": "Chaos", "name": "Owner", "timezone": "UTC", "country": "US",
             "locale": "en", **_CREDENTIALS}  # fmt: skip
    api.post("setup", owner)
    api.with_token(api.post("auth/login", _CREDENTIALS)["access_token"])
    areas = ("messages", "recipients", "groups", "schedules", "senders", "deliveries")
    scopes = [f"{area}:{verb}" for area in areas for verb in ("read", "write")]
    api.with_token(api.post("api-keys", {"name": "Chaos", "scopes": scopes})["key"])
    return api


def _message() -> dict[str, Any]:
    return {
        "title": "News",
        "kind": "text",
        "category": "utility",
        "content": 'Hello {{ name | default: "you" }}, the rye is back.',
    }


def _sender(stage: Stage, world: World, number: int) -> str:
    business = stage.simulator.business(
        webhook_url=f"{stage.api_url}/webhook/whatsapp",
        display_phone_number=f"+1 555 555 0{100 + number}",
        throughput_mps=stage.size.rate,
    )
    made = world.api.post(
        "senders",
        {
            "name": f"Sender {number}",
            "phone_number_id": business.phone_number_id,
            "waba_id": business.waba_id,
            "access_token": business.access_token,
            "app_secret": business.app_secret,
            "throughput_mps": stage.size.rate,
        },
    )
    return str(made["id"])


def _people(stage: Stage, world: World, number: int) -> str:
    group: str = world.api.post("groups", {"name": f"Group {number}", "kind": "static"})["id"]
    many = stage.size.people_each
    numbers = range(number * many, (number + 1) * many)
    for first in numbers[::_BULK]:
        items = [
            {"external_id": f"p{n}", "name": f"Person {n}", "phone": phone(n)}
            for n in range(first, min(first + _BULK, numbers.stop))
        ]
        answer = world.api.post("recipients/bulk", {"items": items, "group_ids": [group]})
        if answer["errors"]:
            raise ValueError(f"people were refused: {answer['errors'][:3]}")
        world.people += [item["external_id"] for item in items]
    return group


def _plan(stage: Stage, world: World, groups: list[tuple[str, str]]) -> None:
    size = stage.size
    first_at = time.time() + _LEAD_S + size.rounds * size.senders * 0.05
    each_s = size.people_each / size.rate
    names = _names(size.rounds)
    for turn, (name, list_) in enumerate((n, world.doomed if "doomed" in n else world.schedules)
                                         for n in names):  # fmt: skip
        for sender_id, group in groups:
            at = datetime.fromtimestamp(first_at + turn * each_s, UTC)
            body = {
                "name": name,
                "sender_id": sender_id,
                "message_id": world.message_id,
                "audience": {"group_ids": [group]},
                "timing": {"kind": "once", "at": at.isoformat(timespec="milliseconds")},
                "service_window": "ignore",
                "expires_after_s": 86_400,
            }
            list_.append(world.api.post("schedules", body)["id"])
    world.planned = len(names) * size.senders * size.people_each
    world.doomed_people = len(world.doomed) * size.people_each
    world.ends_at = first_at + len(names) * each_s


def _names(rounds: int) -> list[str]:
    """Of all rounds some are cancelled half-way, the first never."""
    return [
        f"doomed {n}" if n % _CANCELLED_EVERY == 1 else f"round {n}" for n in range(max(2, rounds))
    ]


def send_now(world: World, name: str, people: list[str], sender: int = 0, **more: Any) -> None:
    """Plan one more schedule, due at once; ``people`` by external id."""
    body: dict[str, Any] = {
        "name": name,
        "sender_id": world.sender_ids[sender],
        "message_id": world.message_id,
        "audience": {"recipient_ids": [f"external:{id_}" for id_ in people]},
        "timing": {"kind": "now"},
        "service_window": "ignore",
    }
    world.api.post("schedules", body | more)
    world.planned += len(people)


def phone(number: int) -> str:
    """The n-th number of the ranges that North America reserves for fiction (555-0100 to -0199)."""
    area = _areas()[number // _PER_AREA]
    return f"+1{area}55501{number % _PER_AREA:02}"


@lru_cache(maxsize=1)
def _areas() -> list[int]:
    return [area for area in range(201, 990) if _is_number(f"+1{area}5550100")]


def _is_number(text: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(text))


def spoil(stage: Stage) -> None:
    """Let the imitated API misbehave: every fault it knows, each for a share of the requests."""
    simulator = stage.simulator
    for kind, share in _FAULTS:
        simulator.add_fault(kind, probability=share, hang_s=_HANG_S)
    for code, share in _ERRORS:
        simulator.add_fault("error", code=code, probability=share)
    simulator.set_mix(
        {"weight": 60, "reach": "read"},
        {"weight": 25, "reach": "delivered"},
        {"weight": 6, "reach": "sent"},
        {"weight": 5, "reach": "silent"},
        {"weight": 4, "reach": "failed", "code": 131026},
    )
    simulator.set_knobs(
        enforce_window=False,
        durable_answers=True,
        callbacks={
            "duplicate_probability": 0.2,
            "duplicate_copies": 2,
            "reorder_probability": 0.2,
            "read_without_delivered_probability": 0.1,
            "delivered_after_failed_probability": 0.2,
            "before_answer_probability": 0.05,
            "loss_probability": 0.02,
            "late_probability": 0.1,
            "late_s": _LATER_THAN_ANYBODY_WAITS_S,
            "opaque_on_failed": False,
            "delivered_delay": {"low": 0, "high": 1},
            "read_delay": {"low": 0, "high": 1},
            "batch_max": 50,
            "concurrency": 4,
            "retry_delays_s": [1, 2, 4],
        },
    )


# Longer than a worker waits for an answer.
_HANG_S = 30.0
# Kept back until the run has gone quiet, then sent at once: see ``run.settle_down``.
_LATER_THAN_ANYBODY_WAITS_S = 86_000
_FAULTS = (
    ("timeout_after_acceptance", 0.01),
    ("timeout_before_acceptance", 0.003),
    ("reset_after_acceptance", 0.005),
    ("reset_before_acceptance", 0.005),
    ("close_after_acceptance", 0.002),
    ("half_answer", 0.002),
    ("answer_without_id", 0.002),
    ("html_502", 0.003),
    ("html_502_after_acceptance", 0.003),
)
_ERRORS = ((130429, 0.002), (131000, 0.002), (131056, 0.002))
