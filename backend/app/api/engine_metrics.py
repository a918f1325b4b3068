"""The engine's numbers in Prometheus' families; what each means stands in docs/operations.md."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.services.load import Load

_COUNTERS = {
    "attempts": ("Calls to WhatsApp, by what came of them.", "outcome"),
    "rescues": ("Rows that a dead worker left.", "became"),
    "retries": ("Transactions repeated after a deadlock.", "where"),
    "callbacks": ("What WhatsApp told about accounts, numbers and templates.", "came_to"),
}


# Registries tell collectors apart by identity.
@dataclass(frozen=True, slots=True, eq=False)
class Engine(Collector):
    """``load`` is None while the database doesn't answer."""

    load: Load | None
    queues: Mapping[str, int]
    counted: Mapping[str, Mapping[str, int]]
    pool_in_use: int

    def collect(self) -> Iterable[Metric]:
        """All families that are known."""
        yield _one("database_up", "Whether the database answers.", float(self.load is not None))
        yield _one("api_pool_in_use", "Connections this process uses now.", self.pool_in_use)
        yield _many("queue_length", "Doorbells waiting in the broker.", "queue", self.queues)
        for name, (text, label) in _COUNTERS.items():
            family = CounterMetricFamily(f"scheduler_{name}", text, labels=[label])
            for value, n in sorted(self.counted.get(name, {}).items()):
                family.add_metric([value], n)
            yield family
        if self.load is not None:
            yield from _sending(self.load)
            yield from _surroundings(self.load)


def _sending(load: Load) -> Iterator[Metric]:
    yield _one("deliveries_due", "Deliveries that should have gone out.", load.due)
    yield _one("oldest_due_seconds", "How late the oldest is.", load.oldest_due_seconds)
    yield _one("planner_lag_seconds", "How late an occurrence opens.", load.planner_lag_seconds)
    yield _one("deliveries_unconfirmed", "Deliveries in doubt.", load.in_doubt)
    yield _one("dispatch_held", "1 while a person must confirm.", float(load.held))
    rates = {str(pace.sender_id): pace.rate for pace in load.paces}
    limits = {str(pace.sender_id): float(pace.limit) for pace in load.paces}
    yield _many("sender_rate", "Messages a second, last minute.", "sender", rates)
    yield _many("sender_rate_limit", "Messages a second allowed.", "sender", limits)


def _surroundings(load: Load) -> Iterator[Metric]:
    calls = load.callbacks
    yield _one("callbacks_pending", "Callbacks not merged yet.", calls.pending)
    yield _one("callback_lag_seconds", "How long the oldest of them waits.", calls.lag_s)
    yield _one("callbacks_quarantined", "Callbacks nobody can read.", calls.quarantined)
    yield _one("callbacks_unmatched", "Statuses of messages not known yet.", calls.unmatched)
    if calls.last_heard_s is not None:
        yield _one("callback_age_seconds", "Since the last callback.", calls.last_heard_s)
    ages = load.heartbeat_ages
    yield _many("heartbeat_age_seconds", "Seconds since a part was heard of.", "part", ages)
    yield _many("database_connections", "Our connections, by state.", "state", load.connections)
    yield _one("database_connections_allowed", "What it allows.", load.connections_allowed)
    database = {clock.who: clock.database_ahead_s for clock in load.clocks}
    heard = {c.who: c.provider_ahead_s for c in load.clocks if c.provider_ahead_s is not None}
    yield _many("clock_database_ahead_seconds", "Database before host.", "host", database)
    yield _many("clock_whatsapp_ahead_seconds", "WhatsApp before host.", "host", heard)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"scheduler_{name}", text, value)


def _many(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"scheduler_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
