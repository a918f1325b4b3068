"""Shapes the simulator's control API answers with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict


class LedgerRow(TypedDict):
    """One POST /messages as it arrived; ``received_at`` epoch seconds.

    ``outcome``: accepted, held, refused, dropped (vanished before acceptance) or noted (a read
    receipt). ``http_status`` 0: no whole answer left. ``destiny``: the furthest status this
    message gets: silent, sent, delivered, read or failed (with ``destiny_code``).
    """

    seq: int
    received_at: float
    connection_id: int
    phone_number_id: str
    to: str | None
    wa_id: str | None
    type: str | None
    template: str | None
    opaque: str | None
    wamid: str | None
    outcome: str
    http_status: int
    error_code: int | None
    fault: str | None
    destiny: str | None
    destiny_code: int | None
    body: Any


class Callbacks(TypedDict):
    """Counts of status and message updates since the last reset; ``posts`` of HTTP requests."""

    queued: int
    sent: int
    acked: int
    lost: int
    posts: int
    refused_posts: int
    pending: int
    next_due_in_s: float | None


@dataclass(frozen=True, slots=True)
class Business:
    """All a sender is connected with."""

    app_id: str
    app_secret: str
    waba_id: str
    phone_number_id: str
    display_phone_number: str
    access_token: str


def opaque_ids(rows: Iterable[LedgerRow]) -> list[str]:
    """Opaque ids of accepted messages, one per acceptance, for exactly-once checks."""
    return [
        row["opaque"] for row in rows
        if row["outcome"] in ("accepted", "held") and row["opaque"] is not None
    ]  # fmt: skip
