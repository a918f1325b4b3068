"""The worker's Celery application: doorbells only, with the settings they need.

Tasks carry ids, are acknowledged early, never retried by Celery and have no results: what
has to happen is a row in PostgreSQL, and the sweep rings again for whatever was missed.
"""

from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from kombu import Queue

from app.core import db, logging, queue
from app.core.config import settings
from app.services import boot
from app.worker import beat, broker, engine, log_context, vitals, watchdog

SWEEP_EVERY_S = 60
FORGET_EVERY_S = 900
# Longer than a connection and an answer may take together.
_SETTLE_WITHIN_S = 40

broker.install()
log_context.listen()

app = Celery("scheduler", broker=settings().redis_url, amqp=broker.Amqp)
app.conf.update(
    include=[
        "app.worker.tasks.deliveries",
        "app.worker.tasks.dispatch",
        "app.worker.tasks.imports",
        "app.worker.tasks.templates",
        "app.worker.tasks.vitals",
        "app.worker.tasks.webhooks",
    ],
    task_queues=[Queue(name) for name in (queue.DEFAULT, queue.DISPATCH, queue.WEBHOOKS)],
    task_default_queue=queue.DEFAULT,
    worker_direct=True,  # a queue of its own for each worker's canary
    task_ignore_result=True,
    result_backend=None,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_eta_task_limit=1000,
    worker_timer_precision=0.1,
    worker_send_task_events=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_soft_shutdown_timeout=0,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": queue.VISIBILITY_TIMEOUT_S,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 15,
    },
    enable_utc=True,
    timezone="UTC",
    beat_scheduler="app.worker.beat:Scheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "sweep": {
            "task": "dispatch.sweep",
            "schedule": SWEEP_EVERY_S,
            # A sweep that waited longer than its interval has been overtaken by the next.
            "options": {"queue": queue.DEFAULT, "expires": SWEEP_EVERY_S - 5},
        },
        "forget": {
            "task": "deliveries.forget",
            "schedule": FORGET_EVERY_S,
            "options": {"queue": queue.DEFAULT, "expires": FORGET_EVERY_S - 5},
        },
    },
)


@setup_logging.connect
def _configure_logging(**_: Any) -> None:
    logging.configure()


@celeryd_init.connect
def _refuse_what_must_not_run(**_: Any) -> None:
    boot.check()


@worker_process_init.connect
def _forget_parents_connections(**_: Any) -> None:
    db.dispose()


@worker_ready.connect
def _come_alive(sender: Any, **_: Any) -> None:
    hostname = str(sender.hostname)
    vitals.start(hostname)
    if queue.DISPATCH in sender.app.amqp.queues.consume_from:
        engine.engine().patrol()
        watchdog.start(hostname, engine.engine().lag)
    else:
        watchdog.start(hostname, lambda: 0.0)


@worker_shutting_down.connect
def _mark_nothing_more(**_: Any) -> None:
    if engine.engine.cache_info().currsize:
        engine.engine().stop()


@worker_shutdown.connect
def _finish_what_is_on_the_wire(**_: Any) -> None:
    if engine.engine.cache_info().currsize:
        engine.engine().wait_until_settled(_SETTLE_WITHIN_S)


@beat_init.connect
def _sweep_at_once(**_: Any) -> None:
    boot.check()
    # Beat counts its first minute from its start; what fell due while it was away can't wait.
    beat.beat_heart()
    vitals.link(beat.PART)
    queue.publish("dispatch.sweep")
