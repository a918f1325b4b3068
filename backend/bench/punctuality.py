"""How late single schedules are: from the due instant to the request's arrival at the API.

Beside it a plain timer: one asyncio process that sleeps until the instant and posts the same
kind of request to the same server, with no database and nothing to survive.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from bench.line import Goals, Line, Page
from devstack import trial_people
from devstack.processes import StartError, wait_until
from devstack.simulator_types import Business
from devstack.trial import Trial
from devstack.trial_people import Shop

SCHEDULES = 40
_APART = timedelta(seconds=0.5)
_CAMPAIGN_MPS, _CAMPAIGN, _CAMPAIGN_LEAST = 80, 5_000, 1_000
# Beyond short notice: the doorbell comes with a time of its own.
_FIRST_IN = timedelta(seconds=15)
_PATIENCE_S = 60.0
Late = tuple[list[float], list[float]]  # ours and the plain timer's, in milliseconds
_MOST_MS = {"median": 50, "99th percentile": 500}


def run(folder: Path) -> Page:
    """Half a second apart, the baseline a quarter of a second after each; then the same again
    beside a campaign."""
    with Trial(folder, fsync=True) as trial:
        for name in ("api", "dispatch", "worker", "beat"):
            trial.start(name)
        trial.ready("api", "dispatch", "worker")
        shop = trial_people.open_shop(trial, people=SCHEDULES)
        idle = _measure(trial, shop, before=0)
        campaign = _campaign(trial, shop)
        busy = _measure(trial, shop, before=SCHEDULES)
        sent = len(_arrivals(trial, campaign))
    return _page(idle, busy, sent)


def _measure(trial: Trial, shop: Shop, *, before: int) -> Late:
    """Of schedules made now, after ``before`` others at the same number."""
    number, other = trial.simulator.demo().phone_number_id, trial.simulator.business()
    first = datetime.now(UTC).replace(microsecond=0) + _FIRST_IN
    due = [first + _APART * n for n in range(SCHEDULES)]
    for at, person in zip(due, shop.people, strict=True):
        shop.schedule(at=at, to=[person])
    between = [(at + _APART / 2).timestamp() for at in due]
    asyncio.run(_plain_timer(trial.simulator.url, other, between))

    def all_came() -> bool:
        return len(_arrivals(trial, number)) == before + SCHEDULES

    if not wait_until(all_came, seconds=_PATIENCE_S, every=0.5):
        raise StartError(f"{len(_arrivals(trial, number))} came instead of {before + SCHEDULES}")
    ours, plain = _arrivals(trial, number)[before:], _arrivals(trial, other.phone_number_id)
    return _late(ours, [at.timestamp() for at in due]), _late(plain, between)


def _arrivals(trial: Trial, number: str) -> list[float]:
    return sorted(
        row["received_at"] for row in trial.simulator.ledger() if row["phone_number_id"] == number
    )


def _campaign(trial: Trial, shop: Shop) -> str:
    """Start one from another number; its id."""
    api, business = shop.api, trial.simulator.business()
    sender = {
        "name": "Campaigns",
        "phone_number_id": business.phone_number_id,
        "waba_id": business.waba_id,
        "access_token": business.access_token,
        "app_secret": business.app_secret,
        "throughput_mps": _CAMPAIGN_MPS,
    }
    sender_id = api.post("senders", sender)["id"]
    group_id = api.post("groups", {"name": "Crowd", "kind": "static"})["id"]
    crowd = [trial_people.crowd_person(n) for n in range(_CAMPAIGN)]
    api.post("recipients/bulk", {"items": crowd, "group_ids": [group_id]})
    audience = {"group_ids": [group_id]}
    api.post("schedules", shop.body() | {"sender_id": sender_id, "audience": audience})
    return business.phone_number_id


def _late(arrived: Sequence[float], due: Sequence[float]) -> list[float]:
    return [(at - when) * 1000 for at, when in zip(sorted(arrived), due, strict=True)]


def _page(idle: Late, busy: Late, sent: int) -> Page:
    ratio = statistics.median(idle[0]) / statistics.median(idle[1])
    intro = (
        f"{SCHEDULES} single schedules half a second apart through API, PostgreSQL (fsync on), "
        "Redis, Celery and both workers; milliseconds from the due instant to the request's "
        "arrival in the simulator's ledger, both by this host's clock. The plain timer runs in "
        "the same seconds, between them. Then the same beside a campaign, which sent "
        f"{sent:,} messages from another number at {_CAMPAIGN_MPS} a second. Goals: median at most "
        "50 ms, 99th percentile at most 500 ms, none early; beside a campaign 99th percentile at "
        f"most 2 s. The median is {ratio:.1f} times the plain timer's."
    )
    head = ["", "median", "p90", "p99", "longest", "shortest", "early"]
    names = ("scheduler", "plain timer", "scheduler beside a campaign", "plain timer beside it")
    rows = [head, *(_row(name, late) for name, late in zip(names, [*idle, *busy], strict=True))]
    few = [] if sent >= _CAMPAIGN_LEAST else [f"the campaign sent only {sent}"]
    lines = [_line("alone", *idle, []), _line("beside a campaign", *busy, few)]
    return Page("Punctuality", intro, rows, _missed(idle[0]), lines)


def _line(when: str, ours: list[float], plain: list[float], wrong: list[str]) -> Line:
    shown = [f"median {statistics.median(late):.1f} ms, 99th percentile {_cuts(late)[98]:.1f} ms"
             for late in (ours, plain)]  # fmt: skip
    early = [f"{n} early" for n in [sum(one < 0 for one in ours)] if n]
    return Line(
        f"from the due instant to the request, {when}: seconds, 99th percentile",
        shown[0], f"plain timer: {shown[1]}", _cuts(ours)[98] / 1000,
        Goals(2, 1, 0.25, more=False), wrong + early,
    )  # fmt: skip


def _missed(late: Sequence[float]) -> list[str]:
    cuts = {"median": statistics.median(late), "99th percentile": _cuts(late)[98]}
    slow = [f"{name} {cuts[name]:.0f} ms, at most {most}" for name, most in _MOST_MS.items()
            if cuts[name] > most]  # fmt: skip
    early = sum(one < 0 for one in late)
    return [*slow, f"{early} early"] if early else slow


def _cuts(late: Sequence[float]) -> list[float]:
    return statistics.quantiles(late, n=100, method="inclusive")


def _row(name: str, late: list[float]) -> list[str]:
    cuts = _cuts(late)
    figures = (statistics.median(late), cuts[89], cuts[98], max(late), min(late))
    return [name, *(f"{figure:.1f}" for figure in figures), str(sum(one < 0 for one in late))]


async def _plain_timer(url: str, business: Business, instants: Sequence[float]) -> None:
    headers = {"Authorization": f"Bearer {business.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for number, instant in enumerate(instants):
            # As a timer would: sleep for what is left, by the monotonic clock.
            await asyncio.sleep(max(0.0, instant - time.time()))
            body = {
                "messaging_product": "whatsapp",
                "to": trial_people.phone(number),
                "type": "text",
                "text": {"body": "Hi"},
            }
            target = f"{url}/v26.0/{business.phone_number_id}/messages"
            async with session.post(target, json=body) as answer:
                await answer.read()
