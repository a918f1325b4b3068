"""One run of the whole stack, from the first server to the ready line."""

import os
import sys
import time

from devstack import console, credentials, health, node, parts, postgres, valkey
from devstack import plan as plans
from devstack.bootstrap import SECONDS
from devstack.layout import REQUIREMENTS, ROOT, script
from devstack.plan import Plan
from devstack.ports import Reserved
from devstack.processes import StartError
from devstack.run_state import Lock, RunState
from devstack.supervisor import StopRequested, Supervisor

SERVER_SECONDS = 60.0
READY_SECONDS = 120.0


class Stack:
    """One run: the plan, the supervisor, and the count of steps told so far."""

    def __init__(self, plan: Plan, lock: Lock, port: Reserved, *, dev: bool) -> None:
        """Makes the data folders, publishes pid and addresses; starts nothing yet."""
        self._plan, self._dev = plan, dev
        self._port = port
        self._steps = console.Steps(total=6 if plan.demo else 5)
        known = plans.known(plan, **parts.prepare_servers(plan))
        mode = "demo" if plan.demo else "live"
        lock.publish(RunState(os.getpid(), plan.url, mode, known))
        self._supervisor = Supervisor(
            logs=plan.data_dir / "logs", root=ROOT, environment={**plan.environment, **known}
        )

    def run_until_stopped(self) -> int:
        """Start everything, say so, watch; the exit code after everything has ended."""
        try:
            self._start()
            self._supervisor.watch()
        except StopRequested:
            console.say("Ending: beat, workers, API, servers (once more to end at once) ...")
            return 0
        except StartError as error:
            console.say(str(error))
            return 1
        finally:
            self._supervisor.stop()

    def _start(self) -> None:
        self._steps.finished("Python libraries ready", float(os.environ.get(SECONDS, 0)))
        began = time.monotonic()
        arguments = ["--install-only"] if self._dev else []
        build = self._supervisor.begin(
            "dashboard", [sys.executable, "-m", "devstack.dashboard", *arguments]
        )
        self._start_servers()
        if self._supervisor.finish(build):
            what = "packages of the dashboard installed" if self._dev else "dashboard built"
            self._steps.finished(what, time.monotonic() - began)
        else:
            self._steps.finished("dashboard NOT built, going on without", time.monotonic() - began)
        self._start_product()
        if self._plan.demo:
            self._seed()
        self._say_ready()

    def _start_servers(self) -> None:
        began = time.monotonic()
        for part in (*parts.servers(self._plan), *parts.simulator(self._plan, sys.executable)):
            self._supervisor.start(part)
        if not self._supervisor.wait(self._servers_answer, seconds=SERVER_SECONDS):
            raise StartError(f"The servers do not answer; see {self._plan.data_dir / 'logs'}.")
        self._steps.finished("PostgreSQL and Redis answer", time.monotonic() - began)
        began = time.monotonic()
        migration = self._supervisor.begin("migrations", [script("alembic"), "upgrade", "head"])
        if not self._supervisor.finish(migration):
            raise StartError("The database could not be brought up to date.")
        self._steps.finished("tables up to date", time.monotonic() - began)

    def _start_product(self) -> None:
        began = time.monotonic()
        self._port.release()
        for part in parts.product(self._plan, dev=self._dev):
            self._supervisor.start(part)
        if self._plan.vite_port is not None:
            npm = node.find(REQUIREMENTS / "requirements-node.txt").npm
            self._supervisor.start(parts.vite(self._plan.vite_port, npm))
        if not self._supervisor.wait(self._product_is_ready, seconds=READY_SECONDS):
            status, body = health.get(f"{self._plan.api_url}/health/ready")
            raise StartError(
                f"Not ready after {READY_SECONDS:.0f} s: /health/ready says {status} {body}. "
                f"See {self._plan.data_dir / 'logs'}."
            )
        self._steps.finished("API, workers and beat ready", time.monotonic() - began)

    def _seed(self) -> None:
        began = time.monotonic()
        seeding = self._supervisor.begin("demo", [sys.executable, "-m", "devstack.demo"])
        if not self._supervisor.finish(seeding):
            raise StartError("The demo's data could not be made.")
        self._steps.finished("demo data there", time.monotonic() - began)

    def _say_ready(self) -> None:
        status, body = health.get(f"{self._plan.api_url}/health/ready")
        if status != 200 and isinstance(body, dict) and "dispatch" in body.get("ill", ()):
            console.say(f"Nothing is sent: {body['checks']['dispatch']}")
        ready = f"WhatsApp Scheduler is ready: {self._plan.url}  "
        account = credentials.read(self._plan.data) if self._plan.demo else None
        if account is None:
            _, setup = health.get(f"{self._plan.api_url}/api/v1/setup")
            needed = not isinstance(setup, dict) or setup.get("needed", True)
            console.say(ready + ("open it to create the owner" if needed else "open it to log in"))
            return
        console.say(f"{ready}log in: {account.log_in()}")
        if account.api_key:
            console.say(account.curl(self._plan.api_url))

    def _servers_answer(self) -> bool:
        plan = self._plan
        return (
            (plan.postgres_port is None or postgres.is_ready(plan.data / "postgres"))
            and (
                plan.valkey_port is None or valkey.is_ready(plan.data / "valkey", plan.valkey_port)
            )
            and (
                plan.simulator_url is None
                or health.get(f"{plan.simulator_url}/control/health")[0] == 200
            )
        )

    def _product_is_ready(self) -> bool:
        status, body = health.get(f"{self._plan.api_url}/health/ready")
        # Sending that is held (after a restore, say) is for a person, who needs the rest to run.
        return status == 200 or (isinstance(body, dict) and body.get("ill") == ["dispatch"])
