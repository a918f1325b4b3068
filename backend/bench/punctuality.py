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

from bench.report import Table
from devstack import trial_people
from devstack.simulator_types import Business
from devstack.trial import Trial

SCHEDULES = 40
# Beyond short notice: the doorbell comes with a time of its own.
_FIRST_IN = timedelta(seconds=15)
_PATIENCE_S = 60.0


def run(folder: Path) -> Table:
    """One schedule a second, the baseline half a second after each."""
    with Trial(folder, fsync=True) as trial:
        for name in ("api", "dispatch", "worker", "beat"):
            trial.start(name)
        trial.ready("api", "dispatch", "worker")
        shop = trial_people.open_shop(trial, people=SCHEDULES)
        other = trial.simulator.business()
        first = datetime.now(UTC).replace(microsecond=0) + _FIRST_IN
        due = [first + timedelta(seconds=n) for n in range(SCHEDULES)]
        for at, person in zip(due, shop.people, strict=True):
            shop.schedule(at=at, to=[person])
        between = [at.timestamp() + 0.5 for at in due]
        asyncio.run(_plain_timer(trial.simulator.url, other, between))
        rows = trial.simulator.wait_for_requests(2 * SCHEDULES, _PATIENCE_S)
    plain = [row["received_at"] for row in rows if row["phone_number_id"] == other.phone_number_id]
    ours = [row["received_at"] for row in rows if row["phone_number_id"] != other.phone_number_id]
    return _table(_late(ours, [at.timestamp() for at in due]), _late(plain, between))


def _late(arrived: Sequence[float], due: Sequence[float]) -> list[float]:
    return [(at - when) * 1000 for at, when in zip(sorted(arrived), due, strict=True)]


def _table(ours: list[float], plain: list[float]) -> Table:
    ratio = statistics.median(ours) / statistics.median(plain)
    intro = (
        f"{SCHEDULES} single schedules at boundaries of seconds through API, PostgreSQL (fsync "
        "on), Redis, Celery and both workers; milliseconds from the due instant to the request's "
        "arrival in the simulator's ledger, both by this host's clock. The plain timer runs in "
        "the same minute, half a second off. Goals: median at most 50 ms, 99th percentile at most "
        f"500 ms, none early. The median is {ratio:.1f} times the plain timer's."
    )
    head = ["", "median", "p90", "p99", "longest", "shortest", "early"]
    return Table("Punctuality", intro, [head, _row("scheduler", ours), _row("plain timer", plain)])


def _row(name: str, late: list[float]) -> list[str]:
    cuts = statistics.quantiles(late, n=100, method="inclusive")
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
