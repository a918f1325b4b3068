"""Redis may go away under a worker that holds messages it has not acknowledged.

When its connection is lost, Celery closes the channel after the transport has let go of its
client; kombu 5.7 then tries to give the messages back through that client, and the worker ends
with ``AttributeError: 'NoneType' object has no attribute 'hostname'``. It takes one unacknowledged
message: a doorbell that waits for its time, or one fetched while all threads are busy. They can't
be given back without a connection; Redis redelivers them itself after the visibility timeout,
and doorbells may be lost at any time.
"""

from typing import Any

from celery.app import amqp
from kombu import Connection
from kombu.transport import redis

# Celery's own waits grow to 30 s, so a worker would sleep on long after Redis is back.
_RETRY_S = {"interval_start": 1, "interval_step": 1, "interval_max": 3}


class ForgetfulQoS(redis.QoS):
    """Gives back what is not acknowledged only while there is a connection to do so."""

    def restore_unacked(self, client: Any = None) -> None:
        """Called at the end of a channel."""
        if self.channel.connection is None or self.channel.connection.client is None:
            if self._delivered:
                self._delivered.clear()
        else:
            super().restore_unacked(client)


class EagerConnection(Connection):
    """Tries to connect again every one to three seconds."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """As kombu's, with shorter waits."""
        return super().ensure_connection(*args, **{**_RETRY_S, **options})


class Amqp(amqp.AMQP):
    """Where Celery takes its connections from."""

    Connection = EagerConnection


def install() -> None:
    """Make every Redis channel of this process use it."""
    redis.Channel.QoS = ForgetfulQoS
