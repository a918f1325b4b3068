"""Which settings fit together."""

from dataclasses import replace

import pytest

from app.core.config_rules import Chosen, contradictions
from app.domain.send_timing import TIMING

GOOD = Chosen(
    database_url="postgresql+psycopg2://u:p@db/scheduler",
    redis_url="redis://cache:6379/0",
    public_url="https://scheduler.example.com",
    whatsapp_api_base_url="https://graph.example.com",
    whatsapp_api_version="v26.0",
    cors_origins="https://shop.example.com, http://localhost:5173",
    secret_key="fN3-p0Tq9_xWv7LzRk2YhUe8sJdGbMc41AoQ",
    production=True,
)


def test_good_settings_pass() -> None:
    assert list(contradictions(GOOD)) == []
    assert TIMING.contradictions() == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("database_url", "mysql://u@db/x", "DATABASE_URL"),
        ("redis_url", "amqp://queue", "REDIS_URL"),
        ("public_url", "scheduler.example.com", "PUBLIC_URL"),
        ("public_url", "https://example.com/app", "no path"),
        ("public_url", "https://graph.example.com", "sent to ourselves"),
        ("public_url", "https://[::1", "PUBLIC_URL"),
        ("whatsapp_api_base_url", "graph.example.com", "WHATSAPP_API_BASE_URL"),
        ("whatsapp_api_base_url", "https://graph.example.com/v26.0", "leave it out"),
        ("whatsapp_api_base_url", "http://graph.example.com", "in the clear"),
        ("cors_origins", "*", "CORS_ORIGINS"),
        ("cors_origins", "https://a.example.com/path", "CORS_ORIGINS"),
        ("secret_key", "a" * 40, "placeholder"),
        ("secret_key", "please-ChangeMe-please-0123456789", "placeholder"),
    ],
)
def test_says_what_does_not_fit(field: str, value: str, says: str) -> None:
    found = list(contradictions(replace(GOOD, **{field: value})))  # type: ignore[arg-type]
    assert len(found) == 1
    assert says in found[0]


def test_a_simulator_on_this_machine_may_be_plain_http() -> None:
    local = replace(GOOD, whatsapp_api_base_url="http://127.0.0.1:9000")
    assert list(contradictions(local)) == []


def test_outside_production_a_simple_key_will_do() -> None:
    assert list(contradictions(replace(GOOD, secret_key="a" * 40, production=False))) == []


def test_bounds_longer_than_the_longest_send() -> None:
    assert replace(TIMING, claim_lease_s=45.0, doubt_s=45.0).contradictions() == []
    for timing in (replace(TIMING, claim_lease_s=44.9), replace(TIMING, doubt_s=44.9)):
        found = timing.contradictions()
        assert len(found) == 1
        assert "44.9 s" in found[0]


def test_nothing_is_marked_in_batches_of_none() -> None:
    assert replace(TIMING, max_batch=0).contradictions()
    assert replace(TIMING, horizon_s=0.0).contradictions()
