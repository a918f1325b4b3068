"""What the API costs with a million deliveries: lists, deep pages, sums, and making things."""

import base64
import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.repositories import counts
from bench import cpu, million
from bench.line import Goals, Line, micro, middle, parts, unequal
from bench.stage import Stage
from devstack import health, ports, trial_people
from devstack.layout import ROOT
from devstack.processes import StartError, wait_until

_ROUNDS = 3
# So many requests in a round.
_LISTS, _CONSTANTS, _MADE = 150, 2_000, 150
_PAGE = 50
_DEEP = 0.9
# A credential may ask 50 times a second.
_KEYS = 40
_GROUPED = "SELECT status, count(*) FROM deliveries GROUP BY status"
Requests = list[tuple[str, str, Any]]


class Apis:
    """Ours and the minimal one, each asked in turn."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.wrong: list[str] = []
        scopes = ["deliveries:read", "schedules:write", "recipients:write"]
        self._keys = [
            stage.shop.api.post("api-keys", {"name": f"Bench {n}", "scopes": scopes})["key"]
            for n in range(_KEYS)
        ]
        self._ours = f"{stage.trial.plan.api_url}/api/v1"
        port = ports.any_free()
        self._plain = f"http://127.0.0.1:{port}"
        server = stage.helper(
            "uvicorn", "bench.plain_api:app", "--port", str(port), "--no-access-log",
            BENCH_DATABASE=stage.sqlalchemy_url,
        )  # fmt: skip
        self._pid = server.pid
        if not wait_until(lambda: health.get(f"{self._plain}/constant")[0] == 200, seconds=60):
            raise StartError("the minimal API does not answer")

    def ours(self, requests: Requests, status: int = 200) -> dict[str, float]:
        """Processor seconds of a request, by part."""
        before = self._stage.used("api")
        self._ask(self._ours, requests, status)
        spent = cpu.since(before, self._stage.used("api"))
        return {name: used / len(requests) for name, used in spent.items()}

    def plain(self, requests: Requests, status: int = 200) -> float:
        """Processor seconds of a request, in all."""
        before = self._stage.used(api=self._pid)
        self._ask(self._plain, requests, status)
        return sum(cpu.since(before, self._stage.used(api=self._pid)).values()) / len(requests)

    def page(self, path: str) -> Any:
        """One answer of ours."""
        return self._ask(self._ours, [("GET", path, None)], 200)

    def _ask(self, url: str, requests: Requests, status: int) -> Any:
        plan = {"url": url, "keys": self._keys, "status": status, "requests": requests}
        done = subprocess.run(
            [sys.executable, "-m", "bench.api_load"], cwd=ROOT / "backend",
            input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        found = json.loads(done.stdout)
        path = requests[0][1]
        self.wrong += unequal({f"{path}: answers other than {status}": (found["wrong"], 0)})
        return json.loads(found["last"])


def run(folder: Path, *, people: int = 100_000) -> list[Line]:
    """Six lines."""
    with Stage(folder, people=people) as stage:
        for name in ("dispatch", "worker"):
            stage.trial.start(name)
        stage.trial.ready("dispatch", "worker")
        apis = Apis(stage)
        apis.ours(_gets("/deliveries", 20))
        few = stage.memory("api", "dispatch", "worker")
        deliveries = million.make(stage)
        lines = [*_lists(stage, apis, deliveries), *_made(stage, apis)]
        many = stage.memory("api", "dispatch", "worker")
        memory = Line(f"memory with {deliveries:,} deliveries, beside none", _megabytes(many),
                      _megabytes(few), sum(many.values()) / sum(few.values()))  # fmt: skip
        return [*lines, memory]


def _megabytes(memory: dict[str, int]) -> str:
    names = ", ".join(f"{name} {used / 2**20:,.0f}" for name, used in memory.items())
    return f"{sum(memory.values()) / 2**20:,.0f} MB ({names})"


def _lists(stage: Stage, apis: Apis, deliveries: int) -> list[Line]:
    skipped = int(deliveries * _DEEP)
    deep = f"/deliveries?cursor={_cursor(stage, skipped)}"
    first, last, constant = [], [], []
    for _ in range(_ROUNDS):
        first.append(apis.ours(_gets("/deliveries", _LISTS)))
        last.append(apis.ours(_gets(deep, _LISTS)))
        constant.append(apis.plain(_gets("/constant", _CONSTANTS)))
    wrong = [*apis.wrong, *unequal({
        "first page": (_ids(apis.page("/deliveries")), _expected(stage, 0)),
        "deep page": (_ids(apis.page(deep)), _expected(stage, skipped)),
    })]  # fmt: skip
    one = statistics.median(sum(spent.values()) for spent in first)
    other = statistics.median(sum(spent.values()) for spent in last)
    least = statistics.median(constant)
    summed, grouped, unlike = _sums(stage)
    return [
        Line(f"page of {_PAGE} deliveries of {deliveries:,}, beside a constant",
             parts(middle(first), 1), micro(least), least / one, Goals(0.08, 0.2, 0.35), wrong),
        Line("the same, nine tenths down, beside the first", parts(middle(last), 1), micro(one),
             other / one, Goals(2, 1.5, 1.2, more=False), wrong),
        Line("counts of all, beside GROUP BY, by the clock", f"{summed * 1e3:.2f} ms",
             f"{grouped * 1e3:.0f} ms", grouped / summed, Goals(50, 200, 400), unlike),
    ]  # fmt: skip


def _cursor(stage: Stage, skipped: int) -> str:
    """The product's own, made with its key: turning 18,000 pages would take minutes."""
    after = stage.rows("SELECT id::text FROM deliveries ORDER BY id DESC OFFSET %s LIMIT 1",
                       [skipped - 1])  # fmt: skip
    raw = UUID(after[0][0]).bytes
    key = stage.trial.environment["SECRET_KEY"].encode()
    signature = hmac.digest(key, b"cursor" + raw, hashlib.sha256)[:8]
    return base64.urlsafe_b64encode(raw + signature).decode().rstrip("=")


def _gets(path: str, count: int) -> Requests:
    return [("GET", path, None)] * count


def _ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def _expected(stage: Stage, skipped: int) -> list[str]:
    query = "SELECT id::text FROM deliveries ORDER BY id DESC OFFSET %s LIMIT %s"
    return [row[0] for row in stage.rows(query, [skipped, _PAGE])]


def _sums(stage: Stage) -> tuple[float, float, list[str]]:
    ids = [UUID(row[0]) for row in stage.rows("SELECT id::text FROM schedules")]
    with Session(create_engine(stage.sqlalchemy_url)) as session:
        found: list[dict[UUID, dict[str, int]]] = []
        summed = _took(lambda: found.append(counts.of_schedules(session, ids)), 50)
    rows: list[list[tuple[Any, ...]]] = []
    grouped = _took(lambda: rows.append(stage.rows(_GROUPED)), _ROUNDS)
    totals = {status: sum(one.get(status, 0) for one in found[0].values()) for status, _ in rows[0]}
    return summed, grouped, unequal({"counts": (totals, dict(rows[0]))})


def _took(work: Callable[[], object], times: int) -> float:
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _made(stage: Stage, apis: Apis) -> list[Line]:
    plan = stage.shop.body(to=stage.shop.people[:1])
    plan["timing"] = {"kind": "once", "at": "2030-01-01T09:00:00.000Z"}
    kinds: list[tuple[str, str, Callable[[int], Any]]] = [
        ("creating a schedule", "/schedules", lambda _: plan),
        ("creating a recipient", "/recipients", trial_people.crowd_person),
    ]
    lines = []
    for what, path, bodies in kinds:
        ours, plain = [], []
        for round_ in range(_ROUNDS):
            numbers = range(round_ * _MADE, (round_ + 1) * _MADE)
            requests: Requests = [("POST", path, bodies(n)) for n in numbers]
            ours.append(apis.ours(requests, 201))
            plain.append(apis.plain(requests, 201))
        each = statistics.median(sum(one.values()) for one in ours)
        other = statistics.median(plain)
        name = f"{what}, beside a minimal FastAPI and SQLAlchemy"
        shown, wrong = parts(middle(ours), 1), list(apis.wrong)
        lines.append(Line(name, shown, micro(other), other / each, None, wrong))
    return lines
