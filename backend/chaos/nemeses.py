"""Each mishap: how it strikes, how long it lasts, and how it is put right."""

import contextlib
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psycopg2
import redis

from chaos.crew import API, BEATS, OTHER_WORKER
from chaos.size import Size
from chaos.stage import Stage

Undo = Callable[[], None] | None
Strike = Callable[[Stage, random.Random], Undo]
Make = Callable[[random.Random], "Nemesis"]


@dataclass(frozen=True, slots=True)
class Nemesis:
    """``strike`` answers how to put it right after ``lasts_s``; None: nothing to put right."""

    name: str
    strike: Strike
    lasts_s: float
    random: random.Random


def shares(size: Size) -> list[tuple[Make, int]]:
    """How often each strikes in a run of this size."""
    # Past the lease, so that a successor is at work when the stopped one wakes.
    past_lease = (2.2, 4.0) if size.hurry else (10.5, 20.0)
    few = max(1, size.kills // 40)
    return [
        (_kind("worker killed", _kill_worker), size.kills),
        (_kind("worker stopped", _stop_worker, *past_lease), size.stops),
        (_kind("postgres crashed", _crash_database), size.crashes - size.crashes // 5),
        (_kind("postgres killed", _kill_database), size.crashes // 5),
        (_kind("redis killed", _kill_broker), 2 * few),
        (_kind("redis frozen", _freeze_broker, 1, 6), few),
        (_kind("redis unreachable", _hide_broker, 1, 4), few),
        (_kind("default worker killed", _kill_other_worker), 2 * few),
        (_kind("api down", _kill_api, 1, 4), 2 * few),
        (_kind("beat killed", _kill_beat), few),
        (_kind("database slow", _slow_database, 1, 3), few),
        (_kind("commits cut", _cut_commits), 3 * few),
        (_kind("provider unreachable", _hide_provider, 1, 4), few),
        (_kind("requests cut", _cut_requests, 1, 2), few),
    ]


def heal(stage: Stage) -> None:
    """End whatever may still go on."""
    for proxy in (stage.database_proxy, stage.broker_proxy, stage.provider_proxy):
        proxy.heal()
    for name in stage.crew.pids:
        stage.crew.signal(name, signal.SIGCONT)
    for name in (API, *stage.crew.dispatchers, OTHER_WORKER, *BEATS):
        stage.crew.start(name)


def flush(stage: Stage) -> bool:
    """FLUSHALL; False when the broker doesn't answer just now."""
    try:
        stage.flush_broker()
    except redis.RedisError:
        return False
    return True


def _kind(name: str, strike: Strike, least_s: float = 0, most_s: float = 0) -> Make:
    def make(chance: random.Random) -> Nemesis:
        return Nemesis(name, strike, chance.uniform(least_s, most_s), chance)

    return make


def _kill_worker(stage: Stage, chance: random.Random) -> Undo:
    name = busy_worker(stage, chance)
    stage.crew.kill(name)
    stage.crew.start(name)
    return None


def _stop_worker(stage: Stage, chance: random.Random) -> Undo:
    name = busy_worker(stage, chance)
    stage.crew.signal(name, signal.SIGSTOP)
    return partial(stage.crew.signal, name, signal.SIGCONT)


def busy_worker(stage: Stage, chance: random.Random | None = None) -> str:
    """A worker that drains just now, by the lease it holds; by ``chance`` sometimes any."""
    chance = chance or random.Random(0)
    names = {pid: name for name, pid in stage.crew.pids.items()}
    owners: list[str] = []
    with (
        contextlib.suppress(psycopg2.Error),
        stage.connected() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT owner FROM sender_drains WHERE leased_until > clock_timestamp()")
        owners = [str(owner) for (owner,) in cursor]
    busy = [names[pid] for owner in owners if (pid := int(owner.rpartition(":")[2])) in names]
    if busy and chance.random() < 0.8:
        return chance.choice(sorted(busy))
    return chance.choice(stage.crew.dispatchers)


def _crash_database(stage: Stage, chance: random.Random) -> Undo:
    """SIGKILL one server process: PostgreSQL drops all connections and recovers."""
    with contextlib.suppress(psycopg2.Error), stage.connected() as connection:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND pid <> pg_backend_pid() ORDER BY pid"
            )
            pids = [int(pid) for (pid,) in cursor]
        if pids:
            os.kill(chance.choice(pids), signal.SIGKILL)
    return None


def _kill_database(stage: Stage, _: random.Random) -> Undo:
    stage.database.kill()
    stage.restart_database()
    return None


def _kill_broker(stage: Stage, _: random.Random) -> Undo:
    stage.broker.kill()
    stage.restart_broker()
    return None


def _freeze_broker(stage: Stage, _: random.Random) -> Undo:
    pid = stage.broker.pid
    os.kill(pid, signal.SIGSTOP)

    def thaw() -> None:
        # Another mishap may have killed it meanwhile.
        if stage.broker.pid == pid:
            os.kill(pid, signal.SIGCONT)

    return thaw


def _hide_broker(stage: Stage, _: random.Random) -> Undo:
    stage.broker_proxy.black_hole = True
    return stage.broker_proxy.heal


def _kill_other_worker(stage: Stage, _: random.Random) -> Undo:
    stage.crew.kill(OTHER_WORKER)
    stage.crew.start(OTHER_WORKER)
    return None


def _kill_api(stage: Stage, _: random.Random) -> Undo:
    stage.crew.kill(API)
    return partial(stage.crew.start, API)


def _kill_beat(stage: Stage, chance: random.Random) -> Undo:
    name = chance.choice(BEATS)
    stage.crew.kill(name)
    stage.crew.start(name)
    return None


def _slow_database(stage: Stage, _: random.Random) -> Undo:
    stage.database_proxy.latency_s = 0.05
    return stage.database_proxy.heal


def _cut_commits(stage: Stage, _: random.Random) -> Undo:
    stage.database_proxy.cut_commits += 2
    return None


def _hide_provider(stage: Stage, _: random.Random) -> Undo:
    stage.provider_proxy.black_hole = True
    return stage.provider_proxy.heal


def _cut_requests(stage: Stage, chance: random.Random) -> Undo:
    stage.provider_proxy.reset_after = chance.randrange(100, 20_000)
    return stage.provider_proxy.heal
