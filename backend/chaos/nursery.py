"""Starts parts in an instant: imports the product once, then forks each process from that.

python -m chaos.nursery [hurry]: each line of standard input is a JSON object ``{argv, env,
log}``, answered by the pid of a process that runs ``argv`` (celery or uvicorn and its arguments)
in a group of its own. At the end of the input all of them are killed, so that none outlives a
harness that died.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from chaos import hurry

PRELOAD = (
    "app.worker.tasks.dispatch",
    "app.worker.tasks.imports",
    "app.worker.tasks.templates",
    "app.worker.tasks.webhooks",
    "app.main",
    "uvicorn.main",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.auto",
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "kombu.transport.redis",
)


def main(arguments: list[str]) -> None:
    """Serve until the input ends."""
    if "hurry" in arguments:
        hurry.before_import()
    for module in PRELOAD:
        __import__(module)
    if "hurry" in arguments:
        hurry.after_import()
    signal.signal(signal.SIGCHLD, _reap)
    print("ready", flush=True)
    children: list[int] = []
    for line in sys.stdin:
        children.append(_fork(json.loads(line)))
        print(children[-1], flush=True)
    for pid in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    # What was imported may hold threads: nothing of it is wanted any more.
    os._exit(0)


def _reap(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(order)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return pid


def _become(order: dict[str, Any]) -> NoReturn:
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(order["env"])
    code = 1
    try:
        _run(order["argv"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _run(argv: list[str]) -> None:
    from celery.bin.celery import main as celery
    from uvicorn.main import main as uvicorn

    from app.core import config

    config.settings.cache_clear()
    sys.argv = argv
    programs: dict[str, Callable[[], object]] = {"celery": celery, "uvicorn": uvicorn}
    programs[argv[0]]()


if __name__ == "__main__":
    main(sys.argv[1:])
