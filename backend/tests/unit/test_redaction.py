"""What a log line says, and what it never does."""

from pathlib import Path

import pytest

from app.core import redaction
from app.core.config import settings

PHONE = "+5215550100123"
UUID = "0190a1b2-1234-7000-8000-123456789012"


@pytest.fixture(autouse=True)
def _environment(stack: Path) -> None:
    """Patterns aside, the secrets of this installation are known by their values."""


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ('{"authorization": "Bearer abc.def-123"}', "abc.def-123"),
        ("key wsk_0190_s3cr3t used", "0190_s3cr3t"),
        ("token EAAGm0PX4ZCpsBAKZC refused", "GmOPX"),
        ("EAAGm0PX4ZCpsBAKZC", "Gm0PX4"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJzdWIi"),
        ("redis://:hunter2hunter@cache:6379/0", "hunter2"),
        ("postgresql+psycopg2://u:p4ss@db/x failed", "p4ss"),
        ("GET /webhook?hub.verify_token=opensesame&x=1", "opensesame"),
        ("access_token=abcdef12", "abcdef12"),
        ("{'password': 'seven loaves'}", "loaves"),
        ("{'password': 'seven loaves'}", "seven"),
        ("Set-Cookie: refresh=r4nd0m", "r4nd0m"),
        ("DETAIL:  Key (name)=(Ana Torres) already exists.", "Ana"),
        ("x\nLINE 3: VALUES ('Hola Ana')\n  ^", "Hola"),
        ("accepted as wamid.HBgNNTIxNTU1MDEwMDEyMxUCABEYEjZ", "NTIxNTU1"),
        (f"to {PHONE}", "52155501"),
        ("to 5215550100123, twice", "52155501"),
        ("Key (5215550100123)", "52155501"),
    ],
)
def test_hides(text: str, secret: str) -> None:
    assert secret not in redaction.text(text)


@pytest.mark.parametrize(
    "text",
    [
        f"delivery {UUID}",
        "2026-11-24T12:00:00.123456Z",
        "GET /api/v1/schedules/{schedule_id} 200",
        "25 of 1000000 rows, 12.5 ms",
        "dispatch@box-10.0.0.12 ready",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert redaction.text(text) == text


def test_a_number_can_be_followed_but_not_called() -> None:
    one, same = redaction.text(f"to {PHONE}"), redaction.text(f"from {PHONE[1:]}")
    other = redaction.text("to +5215550100223")
    assert one.removeprefix("to ") == same.removeprefix("from ")
    assert one.endswith(other[-6:]) is False
    assert "…123#" in one


def test_knows_the_secrets_of_this_installation() -> None:
    for value in (settings().secret_key, settings().whatsapp_app_secret):
        assert value is not None
        assert value.get_secret_value() not in redaction.text(f"it is {value.get_secret_value()}!")
