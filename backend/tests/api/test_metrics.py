"""Prometheus' view: requests, the engine's numbers, and who may look."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import clock, redis, tally
from app.core.config import Settings
from app.repositories import callback_traffic
from app.repositories import load as load_rows
from app.repositories.settlements import Settlement
from app.services import load
from app.services.dispatch import release, settle
from app.services.dispatch.settle import Returned
from tests.factories import deliveries, recipients
from tests.services.dispatch.conftest import Bench, bench, make_bench
from tests.services.dispatch.test_expand import _schedule

__all__ = ["bench"]


def _settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name.upper(), value)
    changed = Settings()
    for module in ("app.api.routes.docs", "app.api.routes.metrics"):
        monkeypatch.setattr(f"{module}.settings", lambda: changed)


def test_metrics_count_by_route_and_say_what_waits(local: TestClient) -> None:
    local.get("/api/v1/groups/0190a1b2-0000-7000-8000-000000000000")
    text = local.get("/metrics").text
    line = 'http_requests_total{method="GET",route="/groups/{group_id}",status="401"}'
    assert line in text
    assert "0190a1b2" not in text
    for name in (
        "http_request_duration_seconds_bucket",
        "scheduler_deliveries_due 0.0",
        "scheduler_oldest_due_seconds 0.0",
        'scheduler_queue_length{queue="dispatch"}',
    ):
        assert name in text


def test_metrics_are_not_there_for_strangers(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anonymous.get("/metrics").status_code == 404
    _settings(monkeypatch, metrics_token="let-prometheus-in")
    headers = {"Authorization": "Bearer let-prometheus-in"}
    assert anonymous.get("/metrics", headers=headers).status_code == 200
    headers = {"Authorization": "Bearer other"}
    assert anonymous.get("/metrics", headers=headers).status_code == 404


def _lines(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_the_engines_numbers_are_those_of_the_rows(local: TestClient, session: Session) -> None:
    bench = make_bench(session)
    late, later = bench.send(), bench.send(due_at=clock.now() + timedelta(hours=1))
    session.execute(
        text("UPDATE deliveries SET next_attempt_at = now() - interval '90 s' WHERE id = :id"),
        {"id": late.id},
    )
    just_now = clock.now() - timedelta(seconds=5)
    for n in range(3):
        person = recipients.recipient(session, bench.sender.workspace_id, f"+521555010020{n}")
        deliveries.sending(session, bench.sender, person, status="unconfirmed", marked_at=just_now)
    session.execute(
        text("""INSERT INTO webhook_inbox (digest, body, state, received_at) VALUES
                ('a', 'x', 'pending', now() - interval '40 s'), ('b', 'x', 'pending', now()),
                ('c', 'x', 'quarantined', now()), ('d', 'x', 'merged', now())""")
    )
    release.hold("a look")
    found = _lines(local)
    sender = f'{{sender="{bench.sender.id}"}}'
    assert found["scheduler_deliveries_due"] == 1
    assert 90 <= found["scheduler_oldest_due_seconds"] < 150
    assert found["scheduler_deliveries_unconfirmed"] == 3
    assert found[f"scheduler_sender_rate{sender}"] == pytest.approx(3 / 60)
    assert found[f"scheduler_sender_rate_limit{sender}"] == bench.sender.throughput_mps
    assert found["scheduler_callbacks_pending"] == 2
    assert 40 <= found["scheduler_callback_lag_seconds"] < 100
    assert found["scheduler_callbacks_quarantined"] == 1
    assert found["scheduler_dispatch_held"] == 1
    assert found["scheduler_database_up"] == 1
    assert found["scheduler_database_connections_allowed"] == 200
    assert later.status == "scheduled"


def test_the_planners_lag_is_how_late_an_occurrence_opens(
    local: TestClient, session: Session
) -> None:
    assert _lines(local)["scheduler_planner_lag_seconds"] == 0
    bench = make_bench(session)
    _schedule(bench, recipient_ids=[str(bench.person.id)])
    session.execute(text("UPDATE occurrences SET due_at = now() - interval '60 s'"))
    # Opened five minutes ahead, when all is well.
    assert 360 <= _lines(local)["scheduler_planner_lag_seconds"] < 420


def test_all_processes_count_together(local: TestClient, bench: Bench) -> None:
    # What earlier tests counted in this process isn't ours.
    tally.flush()
    before = _lines(local).get('scheduler_attempts_total{outcome="accepted"}', 0)
    _, delivery, attempt_id = bench.sending()
    row = Settlement(delivery.occurrence_id, delivery.id, bench.claim_id, "accepted")
    accepted = replace(row, attempt_id=attempt_id, outcome="accepted", wamid="wamid.9")
    settle.in_transaction(lambda session: settle.settle(session, Returned([accepted])))
    bench.send()
    tally.add("retries", "merge", 2)
    tally.flush()
    found = _lines(local)
    assert found['scheduler_attempts_total{outcome="accepted"}'] == before + 1
    assert found['scheduler_retries_total{where="merge"}'] >= 2


def test_counts_wait_for_a_redis_that_is_away(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tally.read("rescues").get("due_again", 0)
    tally.add("rescues", "due_again", 4)
    with monkeypatch.context() as away:
        away.setattr(redis, "client", lambda: None)
        tally.flush()
        assert tally.read("rescues") == {}
    tally.flush()
    assert tally.read("rescues")["due_again"] == before + 4


def test_without_a_database_the_rest_is_told(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(session: Session) -> load.Load:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(load, "measure", away)
    found = _lines(local)
    assert found["scheduler_database_up"] == 0
    assert 'scheduler_queue_length{queue="dispatch"}' in found
    assert "scheduler_deliveries_due" not in found


def test_a_scrape_counts_by_partial_indexes(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plans = ""
    for statement in (load_rows._IN_DOUBT, callback_traffic._TRAFFIC):
        plans += "\n".join(session.scalars(text(f"EXPLAIN {statement.text}")))
    for index in (
        "ix_delivery_counts_unconfirmed",
        "ix_webhook_inbox_pending",
        "ix_webhook_inbox_quarantined",
    ):
        assert index in plans
