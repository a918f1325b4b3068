"""What a status costs that comes back: taken in, stored, merged; one in each body.

Beside FastAPI with an UPDATE a status, and a bare ASGI callable that only checks signatures.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import accepted, cpu, intake
from bench.line import Goals, Line, each, micro, middle, parts, unequal
from bench.stage import Stage
from devstack import health, ports
from devstack.processes import StartError, wait_until

_ROUNDS, _STEPS = 3, 3
_MESSAGES = 2_000
_STATUSES = _MESSAGES * _STEPS
_PENDING = "SELECT count(*) FROM webhook_inbox WHERE state = 'pending'"
_READ = """
    SELECT count(*) FROM deliveries WHERE status = 'read' AND sent_at IS NOT NULL
       AND delivered_at IS NOT NULL AND read_at IS NOT NULL
"""
_TABLE = """
    CREATE TABLE bench_messages (wamid text PRIMARY KEY, status text NOT NULL, sent_at timestamptz,
                                 delivered_at timestamptz, read_at timestamptz)
"""
_FILL = "INSERT INTO bench_messages (wamid, status) SELECT unnest(%s), 'accepted'"
_UPDATED = """
    SELECT count(*) FROM bench_messages
     WHERE status = 'read' AND sent_at IS NOT NULL AND delivered_at IS NOT NULL
"""
Messages = Sequence[tuple[str, str, str]]


@dataclass
class Found:
    """Of each round: ``ours`` by part; the others' processor seconds a status."""

    ours: list[dict[str, float]] = field(default_factory=list)
    update: list[float] = field(default_factory=list)
    constant: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def measure(stage: Stage, send_each: float) -> list[Line]:
    """Of deliveries that are accepted; ``send_each`` is what sending one has cost."""
    messages = accepted.read_all(stage)
    stage.trial.start("worker")
    stage.trial.ready("worker")
    stage.execute(_TABLE)
    found = Found()
    for round_ in range(_ROUNDS):
        some = messages[round_ * _MESSAGES : (round_ + 1) * _MESSAGES]
        _ours(stage, some, found, (round_ + 1) * _MESSAGES)
        stage.execute(_FILL, [[wamid for _, wamid, _ in some]])
        found.update.append(_plain(stage, "update", some, found))
        found.constant.append(_plain(stage, "constant", some, found))
    found.wrong += unequal({"updated": (stage.scalar(_UPDATED), _ROUNDS * _MESSAGES)})
    stage.stop("worker")
    return _lines(found, send_each)


def _ours(stage: Stage, messages: Messages, found: Found, total: int) -> None:
    url = f"{stage.trial.plan.api_url}/webhook/whatsapp"
    before = stage.used("api", "worker")
    load = intake.load(stage, url, messages, rate=None, single=True)
    stage.wait(_PENDING, 0)
    found.ours.append(cpu.since(before, stage.used("api", "worker")))
    counted = stage.scalar("SELECT sum(n) FROM delivery_counts WHERE status = 'read'")
    found.wrong += unequal(
        {
            "answers other than 200": (load["wrong"], 0),
            "read": (stage.scalar(_READ), total),
            "counted as read": (counted, total),
        }
    )


def _plain(stage: Stage, name: str, messages: Messages, found: Found) -> float:
    port = ports.any_free()
    server = stage.helper(
        "uvicorn", f"bench.plain_intake:{name}", "--port", str(port), "--no-access-log",
        BENCH_DATABASE=stage.trial.postgres.url,
        BENCH_SECRET=stage.trial.simulator.demo().app_secret,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    if not wait_until(lambda: health.get(url)[0] > 0, seconds=30):
        raise StartError(f"{name} does not answer")
    before = stage.used(server=server.pid)
    load = intake.load(stage, url, messages, rate=None, single=True)
    found.wrong += unequal({f"{name}: answers other than 200": (load["wrong"], 0)})
    spent = sum(cpu.since(before, stage.used(server=server.pid)).values())
    stage.end(server)
    return spent / _STATUSES


def _lines(found: Found, send_each: float) -> list[Line]:
    ours = each([sum(one.values()) for one in found.ours], _STATUSES)
    shown = parts(middle(found.ours), _STATUSES)
    update, constant = statistics.median(found.update), statistics.median(found.constant)
    cycle = send_each + _STEPS * ours
    return [
        Line("intake and merge of a status, beside FastAPI and an UPDATE a status", shown,
             micro(update), update / ours, Goals(2, 3, 4), found.wrong),
        Line("the same, beside a bare ASGI constant", shown, micro(constant), constant / ours,
             Goals(0.1, 0.14, 0.18), found.wrong),
        Line("message with its three statuses, beside sending alone", micro(cycle),
             micro(send_each), cycle / send_each, Goals(15, 10, 8, more=False), found.wrong),
    ]  # fmt: skip
