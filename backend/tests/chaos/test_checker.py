"""The checker finds each kind of lie in a forged history, and none in an honest one."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from chaos import checker, statuses
from chaos.evidence import Act, Change, Delivery, Evidence, Occurrence, Request, request_of
from chaos.figures import figures
from devstack.simulator_control import SimulatorControl
from tests.chaos.histories import ANA, BEN, OCCURRENCE, SENDER, good
from tests.support import simulator

Forge = Callable[[Evidence], Evidence]


def plus(name: str, *rows: Any) -> Forge:
    return lambda e: _with(e, name, [*getattr(e, name), *rows])


def _with(e: Evidence, name: str, rows: list[Any]) -> Evidence:
    changes: dict[str, Any] = {name: rows}
    return replace(e, **changes)


def without(name: str, key: str, value: object) -> Forge:
    def forge(e: Evidence) -> Evidence:
        return _with(e, name, [r for r in getattr(e, name) if getattr(r, key) != value])

    return forge


def changed(name: str, index: int, **values: Any) -> Forge:
    def forge(e: Evidence) -> Evidence:
        rows = list(getattr(e, name))
        rows[index] = replace(rows[index], **values)
        return _with(e, name, rows)

    return forge


FORGERIES: dict[str, tuple[str, Forge]] = {
    "accepted twice": ("I1", plus("requests", Request(1001.0, "accepted", "d1", "a1"))),
    "sent without our id": ("I1", plus("requests", Request(1001.0, "accepted"))),
    "still scheduled": ("I2", changed("deliveries", 1, status="scheduled")),
    "still sending": ("I2", changed("deliveries", 1, status="sending")),
    "ended and due": ("I2", changed("deliveries", 1, due=True)),
    "a row that was never made": ("I2", lambda e: replace(e, planned=3)),
    "an occurrence without an end": ("I2", changed("occurrences", 0, status="running")),
    "a claim left over": ("I2", lambda e: replace(e, left_over={"claims": 1})),
    "marked early": ("I3", changed("attempts", 0, marked_at=999.9)),
    "sent early": ("I3", changed("requests", 0, received_at=999.0)),
    "sent before its mark": ("I3", changed("requests", 2, received_at=1002.90)),
    "marked after an opt-out": (
        "I4",
        plus("history", Change(11, "consent", BEN, 1002.0, None, "allowed", "opted_out")),
    ),
    "marked after a cancel": (
        "I4",
        plus("history", Change(11, "lane", OCCURRENCE, 1000.5, None, "runnable", "cancelled")),
    ),
    "marked after a sender's pause": (
        "I4",
        plus("history", Change(11, "lane", OCCURRENCE, 1000.5, None, "runnable", "sender")),
    ),
    "marked after a promise": ("I4", plus("acts", Act("cancel", "schedule", 1000.0, 1001.0))),
    "claims more than happened": ("I5", changed("requests", 0, destiny="sent")),
    "claims less than happened": ("I5", changed("deliveries", 0, status="accepted")),
    "failed without a refusal": ("I5", changed("deliveries", 1, status="failed")),
    "doubt that was resolved": ("I5", changed("requests", 2, destiny="delivered")),
    "skipped although accepted": ("I5", changed("deliveries", 0, status="skipped", reason="x")),
    "skipped without a reason": (
        "I5",
        lambda e: changed("deliveries", 1, status="skipped")(
            replace(e, requests=[r for r in e.requests if r.delivery != "d2"])
        ),
    ),
    "another message's id": ("I5", changed("deliveries", 0, wamid="w9")),
    "a status that fell": (
        "I5",
        plus("history", Change(11, "status", "d1", 1090.0, None, "read", "sent")),
    ),
    "sending put back by time": (
        "I5",
        plus("history", Change(11, "status", "d2", 1090.0, None, "unconfirmed", "scheduled")),
    ),
    "no attempt on disk": ("I5", without("attempts", "id", "a1")),
    "arrived, recorded as not sent": ("I5", changed("attempts", 1, outcome="not_sent")),
    "accepted, recorded as refused": ("I5", changed("attempts", 0, outcome="refused")),
    "refused, recorded as accepted": ("I5", changed("attempts", 1, outcome="accepted")),
    "counters that lie": (
        "I5",
        lambda e: replace(e, counts={OCCURRENCE: {"read": 2}}),
    ),
    "outcomes that don't sum": ("I6", changed("occurrences", 0, audience=3)),
    "a mark by a drain taken over from": ("I7", changed("attempts", 0, epoch=3)),
    "two attempts open": ("I7", changed("attempts", 1, outcome="unconfirmed")),
}


def test_an_honest_history_passes() -> None:
    assert checker.judge(good()) == []


@pytest.mark.parametrize(("rule", "forge"), FORGERIES.values(), ids=FORGERIES.keys())
def test_every_lie_is_found(rule: str, forge: Forge) -> None:
    found = checker.judge(forge(good()))
    assert rule in {violation.rule for violation in found}


def test_every_rule_has_a_forgery() -> None:
    assert {rule for rule, _ in FORGERIES.values()} == {f"I{n}" for n in range(1, 8)}


def test_a_stop_that_ended_stops_no_more() -> None:
    stop = Change(11, "lane", OCCURRENCE, 1000.5, None, "runnable", "paused")
    resume = Change(12, "lane", OCCURRENCE, 1002.0, None, "paused", "runnable")
    assert checker.judge(plus("history", stop, resume)(good())) == []


def test_what_was_cancelled_needs_no_request() -> None:
    cancelled = Delivery("d3", "o2", ANA, SENDER, "cancelled", 1000, 2000, reason="cancelled")
    evidence = replace(
        plus("deliveries", cancelled)(good()),
        occurrences=[*good().occurrences, Occurrence("o2", "s2", "cancelled", 1)],
        counts={**good().counts, "o2": {"cancelled": 1}},
        planned=3,
    )
    assert checker.judge(evidence) == []


def test_retries_end_only_after_enough_refusals() -> None:
    delivery = Delivery("d", "o", ANA, SENDER, "failed", 0, 1, reason="retries_exhausted")
    refused = Request(1.0, "refused", "d", "a", error_code=131000)
    assert statuses.lie(delivery, [refused] * 3)
    assert statuses.lie(delivery, [refused] * 6) is None


def test_evidence_survives_its_file(tmp_path: Path) -> None:
    good().save(tmp_path / "evidence.json.gz")
    assert Evidence.load(tmp_path / "evidence.json.gz") == good()


def test_figures_of_a_kill() -> None:
    evidence = changed("requests", 2, destiny="delivered")(good())
    summed = figures(evidence)
    assert (summed.ambiguous, summed.told, summed.resolved) == (1, 1, 0)
    assert summed.resolved_share == 0


def test_the_imitated_api_accepting_twice_is_found(tmp_path: Path) -> None:
    """The whole way: a real simulator told to accept twice, its ledger, the checker."""
    with simulator.running(tmp_path / "data") as control:
        request = _send_once(control)
    twice = replace(good(), requests=[*good().requests, *request])
    assert [v.rule for v in checker.judge(twice) if v.subject == _DELIVERY] == ["I1", "I5", "I5"]


_DELIVERY = "01890000-0000-7000-8000-000000000002"


def _send_once(control: SimulatorControl) -> list[Request]:
    ids = [UUID(int=UUID(_DELIVERY).int - 1 + n) for n in range(3)]
    words = [base64.urlsafe_b64encode(id_.bytes).rstrip(b"=").decode() for id_ in ids]
    business = control.business()
    control.add_fault("accept_twice")
    body = {
        "messaging_product": "whatsapp", "to": "+12125550100", "type": "text",
        "text": {"body": "Hi"}, "biz_opaque_callback_data": ".".join(("v1", *words, "mac")),
    }  # fmt: skip
    answer = requests.post(
        f"{control.url}/v26.0/{business.phone_number_id}/messages",
        json=body,
        headers={"Authorization": f"Bearer {business.access_token}"},
        timeout=10,
    )
    assert answer.ok
    return [request_of(row) for row in control.ledger()]
