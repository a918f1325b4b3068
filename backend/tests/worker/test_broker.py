"""A channel that loses its connection with messages it has not acknowledged."""

import os
from pathlib import Path

import pytest
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from kombu.utils import functional

from app.worker import broker


def test_a_channel_without_a_connection_gives_nothing_back(stack: Path) -> None:
    """As Celery does it: the transport has let go of its client before the channel is closed."""
    broker.install()
    with Connection(os.environ["REDIS_URL"]) as connection:
        channel = connection.channel()
        queue = Queue("unacknowledged", channel=channel)
        queue.declare()
        with connection.Producer() as producer:
            producer.publish({}, routing_key="unacknowledged")
        assert queue.get() is not None
        connection.transport.client = None
        channel.close()  # type: ignore[attr-defined]
    with Connection(os.environ["REDIS_URL"]) as connection:
        Queue("unacknowledged", channel=connection.channel()).purge()


def test_with_a_connection_they_are_given_back(stack: Path) -> None:
    broker.install()
    with Connection(os.environ["REDIS_URL"]) as connection:
        channel = connection.channel()
        queue = Queue("given-back", channel=channel)
        queue.declare()
        with connection.Producer() as producer:
            producer.publish({}, routing_key="given-back")
        assert queue.get() is not None
        channel.close()  # type: ignore[attr-defined]
        again = Queue("given-back", channel=connection.channel()).get(no_ack=True)
        assert again is not None


def test_a_worker_tries_often_to_find_redis_again(
    stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.worker.celery_app import app

    waits: list[float] = []
    monkeypatch.setattr(functional, "sleep", lambda _seconds: None)
    connection = app.connection_for_read("redis://127.0.0.1:1/0")
    with connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda _error, wait: waits.append(wait), 6)
    assert len(waits) == 6
    assert max(waits) <= 3
