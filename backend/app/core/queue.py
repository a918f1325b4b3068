"""Asking for work: doorbells through Celery, by name, with ids only.

A doorbell is a hint given after the commit. Losing one costs at most the minute until the
next sweep, so publishing neither retries nor raises.
"""

import logging
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from celery import Celery
from kombu import Queue
from sqlalchemy.orm import Session
from structlog import contextvars

from app.core.config import settings
from app.core.db import after_commit

logger = logging.getLogger(__name__)

DISPATCH, WEBHOOKS, DEFAULT = "dispatch", "webhooks", "default"
# Only drains run on the dispatch worker: everything else must not wait behind a campaign.
_QUEUES = {"dispatch.drain": DISPATCH, "webhooks.merge": WEBHOOKS}

VISIBILITY_TIMEOUT_S = 600
FAIL_FAST = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@lru_cache(maxsize=1)
def _producer() -> Celery:
    # Apart from the worker's app: a producer must fail fast, a worker must hold on.
    app = Celery("producer", broker=settings().redis_url)
    app.conf.update(
        broker_transport_options={
            **FAIL_FAST,
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "socket_timeout": 2,
            "socket_connect_timeout": 1,
        },
        broker_connection_retry=False,
        task_ignore_result=True,
        result_backend=None,
    )
    return app


def publish(
    task: str, *ids: str, eta: datetime | None = None, expires: datetime | None = None
) -> bool:
    """Publish one task now; False when the broker is away."""
    queue = _QUEUES.get(task, DEFAULT)
    try:
        _producer().send_task(
            task,
            args=ids,
            queue=queue,
            eta=eta,
            expires=expires,
            retry=False,
            ignore_result=True,
            # So that the task's log lines name the request that asked for it.
            headers={"request_id": contextvars.get_contextvars().get("request_id")},
        )
    except Exception as failure:
        logger.warning("could not ring %s: %s", task, type(failure).__name__)
        return False
    return True


def publish_to(own_queue: Queue, task: str, *, expires_s: float) -> bool:
    """Publish to one worker's own queue; False when the broker is away."""
    # As an object it is declared again with each message: a wiped Redis has forgotten it.
    options: dict[str, Any] = {"queue": own_queue, "expires": expires_s}
    try:
        _producer().send_task(task, retry=False, ignore_result=True, **options)
    except Exception:
        return False
    return True


def nudge(session: Session, task: str, *ids: str) -> None:
    """Publish ``task`` after the session's commit."""
    after_commit(session, partial(_publish, task, *ids))


def _publish(task: str, *ids: str) -> None:
    publish(task, *ids)
