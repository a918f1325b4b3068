"""One Celery task a message, with care: claimed, sent over a kept session, settled.

Its worker: ``celery -A bench.celery_sender worker``, with BENCH_DATABASE, BENCH_BROKER and
BENCH_URL set.
"""

import os
import threading
from typing import Any

import psycopg2
import requests
from celery import Celery

from bench import plain_senders

TABLE = "CREATE TABLE bench_tasks (id int PRIMARY KEY, status text NOT NULL, wamid text)"
FILL = "INSERT INTO bench_tasks SELECT n, 'scheduled' FROM generate_series(%s, %s) n"
SENT = "SELECT count(DISTINCT wamid) FROM bench_tasks WHERE status = 'accepted'"
TASK = "bench.send"
_CLAIM = "UPDATE bench_tasks SET status = 'sending' WHERE id = %s AND status = 'scheduled'"
_SETTLE = "UPDATE bench_tasks SET status = 'accepted', wamid = %s WHERE id = %s"


def application(broker: str) -> Celery:
    """To publish with, or to work for."""
    app = Celery("bench", broker=broker)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
    )
    return app


app = application(os.environ.get("BENCH_BROKER", ""))
_kept = threading.local()


@app.task(name=TASK)
def send(number: int) -> None:
    """Send one message, on disk before it leaves and after it was answered."""
    connection, session = _own()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [number])
        if not cursor.rowcount:
            return
        body = plain_senders.body(number)
        answer = session.post(os.environ["BENCH_URL"], data=body, timeout=20)
        cursor.execute(_SETTLE, [answer.json()["messages"][0]["id"], number])


def _own() -> tuple[Any, requests.Session]:
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg2.connect(os.environ["BENCH_DATABASE"])
        _kept.connection.autocommit = True
        _kept.session = requests.Session()
        _kept.session.trust_env = False
        _kept.session.headers.update(plain_senders.HEADERS)
    return _kept.connection, _kept.session
