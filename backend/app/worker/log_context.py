"""Log lines of a task carry its name, its ids, and the request that asked for it."""

import inspect
from typing import Any

from celery.signals import task_postrun, task_prerun
from structlog import contextvars

from app.core import redaction, tally


def listen() -> None:
    """From now on every task of this process has a context of its own."""
    task_prerun.connect(_bind, weak=False)
    task_postrun.connect(_clear, weak=False)


def _bind(task: Any, task_id: str, args: tuple[Any, ...], **_: Any) -> None:
    named = dict(zip(inspect.signature(task.run).parameters, args, strict=False))
    ids = {name: value for name, value in named.items() if name in redaction.FIELDS}
    request_id = getattr(task.request, "request_id", None)
    contextvars.clear_contextvars()
    contextvars.bind_contextvars(task=task.name, task_id=task_id, **ids)
    if request_id is not None:
        contextvars.bind_contextvars(request_id=request_id)


def _clear(**_: Any) -> None:
    contextvars.clear_contextvars()
    # A forked child has no thread of its own that would do it.
    tally.flush()
