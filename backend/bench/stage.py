"""The real processes with a crowd to send to, and a stand-in API that can take it."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import psycopg2

from bench import cpu
from devstack import ports, trial_people
from devstack.layout import ROOT
from devstack.processes import StartError, end, spawn, wait_until
from devstack.trial import Trial
from devstack.trial_people import Shop

_PATIENCE_S = 180.0
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

    def tally(self) -> dict[str, int]:
        """What the stand-in API got."""
        with urllib.request.urlopen(f"{self.answerer}/tally", timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
        return found

    def helper(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``python -m module``; ends with the stage."""
        with (self.folder / f"{module}.log").open("ab") as log:
            started = spawn(
                [sys.executable, "-m", module, *arguments],
                output=log,
                cwd=ROOT / "backend",
                env={**os.environ, **self.trial.environment},
            )
        self._helpers.append(started)
        return started

    def open(self, *, waiting: bool = True) -> None:
        """A schedule to everybody at each sender, expanded; ``waiting``: none may leave yet."""
        for sender_id in self.senders:
            self.shop.api.post("schedules", self.shop.body() | {"sender_id": sender_id})
        self.trial.start("worker")
        self.trial.ready("worker")
        self.wait("SELECT count(*) FROM lanes", len(self.senders))
        self.stop("worker")
        if waiting:
            self.execute("UPDATE lanes SET state = 'paused'")
        self.execute("VACUUM ANALYZE deliveries")

    def stop(self, name: str) -> None:
        """End a part of the product in its own time."""
        end(self.trial.running.pop(name), patience=45)

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        """One statement, committed."""
        with contextlib.closing(psycopg2.connect(self.trial.postgres.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, list(values))

    def wait(self, query: str, wanted: Any, seconds: float = _PATIENCE_S) -> None:
        """Wait until a query answers ``wanted``. Raises StartError."""
        if not wait_until(lambda: self.trial.scalar(query) == wanted, seconds=seconds, every=0.1):
            raise StartError(f"{query}: {self.trial.scalar(query)} instead of {wanted}")

    def used(self, *names: str) -> dict[str, float]:
        """Processor seconds of the servers and these parts so far."""
        roots = {name: self.trial.running[name].pid for name in names}
        servers = {"postgres": self.trial.postgres.pid, "redis": self.trial.valkey.pid}
        return cpu.read(roots | servers)

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
