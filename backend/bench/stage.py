"""The real processes with a crowd to send to, and a stand-in API that can take it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import psycopg2

from bench import cpu
from devstack import parts, ports, trial_people
from devstack.layout import ROOT
from devstack.processes import StartError, end, spawn, wait_until
from devstack.trial import Trial
from devstack.trial_people import Shop

_PATIENCE_S = 180.0
_SETTLE_S = 0.7
_PEOPLE = """
    WITH made AS (
      INSERT INTO recipients (id, workspace_id, name, phone, timezone, timezone_source,
                              version, consent_marketing, consent_all, reachable)
      SELECT uuidv7(), g.workspace_id, 'Person ' || n, '+44700' || lpad(n::text, 7, '0'),
             'Europe/London', 'workspace', 1, 'opted_in', 'allowed', true
        FROM groups g, generate_series(1, %s) n WHERE g.id = %s
      RETURNING workspace_id, id
    )
    INSERT INTO group_members (workspace_id, group_id, recipient_id)
    SELECT workspace_id, %s, id FROM made
"""


class Stage:
    """``people`` in one group, ``senders`` of 1,000 a second each; fsync on, as in production."""

    def __init__(self, folder: Path, *, people: int, senders: int = 1, **settings: str) -> None:
        self.folder = folder
        self._port = ports.any_free()
        self.trial = Trial(folder, fsync=True, **settings)
        self._people, self._senders = people, senders
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._batches: list[list[str]] = []
        self.shop: Shop
        self.senders: list[str] = []

    def __enter__(self) -> Self:
        self.trial.__enter__()
        try:
            self.trial.start("api")
            self.trial.ready("api")
            self.shop = trial_people.open_shop(self.trial, people=1)
            self.execute(_PEOPLE, [self._people - 1, self.shop.group_id, self.shop.group_id])
            self.execute("ANALYZE recipients, group_members")
            self.senders = [self.shop.sender_id, *map(self._sender, range(1, self._senders))]
            self._turn_to_answerer()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything by force."""
        for helper in self._helpers:
            end(helper, patience=0)
        self.trial.close()

    @property
    def answerer(self) -> str:
        """Address of the stand-in API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def sqlalchemy_url(self) -> str:
        """The database's, for SQLAlchemy with the product's driver."""
        return self.trial.postgres.url.replace("postgresql:", "postgresql+psycopg2:", 1)

    def tally(self) -> dict[str, int]:
        """What the stand-in API got."""
        with urllib.request.urlopen(f"{self.answerer}/tally", timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
        return found

    def helper(self, module: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start ``python -m module``; ends with the stage. Its log is MODULE.log."""
        with (self.folder / f"{module}.log").open("ab") as log:
            started = spawn(
                [sys.executable, "-m", module, *arguments],
                output=log,
                cwd=ROOT / "backend",
                env={**os.environ, **self.trial.environment, **variables},
            )
        self._helpers.append(started)
        return started

    def delay(self, seconds: float) -> None:
        """Have the stand-in API answer after so long from now on."""
        change = urllib.request.Request(f"{self.answerer}/delay/{seconds}", method="PUT")
        with urllib.request.urlopen(change, timeout=30) as answer:
            answer.read()

    def end(self, helper: subprocess.Popen[bytes]) -> None:
        """End a helper in its own time."""
        self._helpers.remove(helper)
        end(helper, patience=10)

    def open(self, batches: int = 1) -> None:
        """``batches`` schedules to everybody at each sender, expanded and paused."""
        api = self.shop.api
        self._batches = [
            [
                str(api.post("schedules", self.shop.body() | {"sender_id": sender_id})["id"])
                for sender_id in self.senders
            ]
            for _ in range(batches)
        ]
        self.trial.start("worker")
        self.trial.ready("worker")
        self.wait("SELECT count(*) FROM lanes", batches * len(self.senders))
        for schedule_id in (one for batch in self._batches for one in batch):
            api.post(f"schedules/{schedule_id}/pause", {})
        self.stop("worker")
        self.execute("VACUUM ANALYZE deliveries")

    def release(self, batch: int) -> None:
        """Let a batch leave."""
        for schedule_id in self._batches[batch]:
            self.shop.api.post(f"schedules/{schedule_id}/resume", {})

    def start_worker(self, name: str, module: str) -> None:
        """Start a dispatch worker as ``name`` whose Celery application is ``module``'s."""
        own = {parts.CELERY[1]: module}
        argv = [own.get(word, word) for word in parts.dispatch_worker()]
        with self.trial.log_file(name).open("wb") as log:
            self.trial.running[name] = spawn(argv, output=log, env=self.trial.environment, cwd=ROOT)
        self.trial.ready(name)

    def stop(self, name: str) -> None:
        """End a part of the product in its own time."""
        end(self.trial.running.pop(name), patience=45)

    @cached_property
    def _connection(self) -> Any:
        # Kept: a new one for each question would be time of PostgreSQL's that is not ours.
        connection = psycopg2.connect(self.trial.postgres.url)
        connection.autocommit = True
        return connection

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, list(values) or None)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def scalar(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first value that a query finds."""
        return self.rows(query, values)[0][0]

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        """One statement, committed."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, list(values) or None)

    def wait(
        self, query: str, wanted: Any, seconds: float = _PATIENCE_S, every: float = 0.05
    ) -> None:
        """Wait until a query answers ``wanted``. Raises StartError."""
        if not wait_until(lambda: self.scalar(query) == wanted, seconds=seconds, every=every):
            raise StartError(f"{query}: {self.scalar(query)} instead of {wanted}")

    def used(self, *names: str, **others: int) -> dict[str, float]:
        """Processor seconds of the servers, these parts and ``others`` (process ids) so far."""
        # A backend's time is its postmaster's a moment after it has ended.
        time.sleep(_SETTLE_S)
        return cpu.read(others | self._pids(names))

    def memory(self, *names: str) -> dict[str, int]:
        """Bytes that the servers and these parts have in memory."""
        return cpu.memory(self._pids(names))

    def _pids(self, names: Sequence[str]) -> dict[str, int]:
        parts_ = {name: self.trial.running[name].pid for name in names}
        return parts_ | {"postgres": self.trial.postgres.pid, "redis": self.trial.valkey.pid}

    def _sender(self, number: int) -> str:
        simulator = self.trial.simulator
        business = simulator.demo()
        made = simulator.create(
            "numbers",
            waba_id=business.waba_id,
            display_phone_number=f"+1 555 010 {number:04d}",
            throughput_mps=1000,
        )
        sender = {
            "name": f"Number {number}",
            "phone_number_id": made["id"],
            "waba_id": business.waba_id,
            "access_token": business.access_token,
            "app_secret": business.app_secret,
            "throughput_mps": 1000,
        }
        return str(self.shop.api.post("senders", sender)["id"])

    def _turn_to_answerer(self) -> None:
        self.helper("bench.answerer", str(self._port))
        self.execute("UPDATE senders SET api_base_url = %s", [self.answerer])
        self.trial.environment["WHATSAPP_API_BASE_URL"] = self.answerer
