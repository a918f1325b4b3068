import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.domain import meta_errors, reasons
from app.domain.meta_errors import Kind, Scope
from app.domain.meta_errors import Path as Path_
from app.integrations.whatsapp import answers, callbacks
from app.integrations.whatsapp.answers import Refused
from app.integrations.whatsapp.callback_events import StatusEvent

# An answer and a callback for every code of Meta's error pages, and what has to follow.
FILE = Path(__file__).parents[1] / "contract" / "fixtures" / "errors.json"
KNOWN: dict[int, dict[str, Any]] = {item["code"]: item for item in json.loads(FILE.read_text())}


@pytest.mark.parametrize("item", KNOWN.values(), ids=map(str, KNOWN))
def test_what_every_code_makes_of_a_message(item: dict[str, Any]) -> None:
    body = json.dumps(item["answer"]).encode()
    answer = answers.classify(item["http_status"], body)
    assert isinstance(answer, Refused)
    verdict = meta_errors.classify(answer.error.code, answer.error.subcode)
    assert asdict(verdict) == item["verdict"]
    assert answer.error.details
    assert reasons.REASONS[verdict.reason].action


@pytest.mark.parametrize("item", KNOWN.values(), ids=map(str, KNOWN))
def test_what_every_code_says_after_acceptance(item: dict[str, Any]) -> None:
    status = {"id": "wamid.1", "status": "failed", "errors": [item["callback"]]}
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [status]}
    entry = {"id": "2", "changes": [{"field": "messages", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    [event] = callbacks.parse(json.dumps(body).encode())
    assert isinstance(event, StatusEvent)
    [error] = event.errors
    assert (error.code, error.title) == (item["code"], item["callback"]["title"])
    verdict = meta_errors.classify(error.code, path=Path_.CALLBACK)
    expected = item["verdict"]
    assert (verdict.reason, verdict.scope) == (expected["reason"], expected["scope"])
    assert verdict.kind == ("fail" if expected["kind"] == "retry" else expected["kind"])


def test_no_code_is_without_payloads() -> None:
    assert meta_errors.VERDICTS.keys() <= KNOWN.keys()


def test_no_code_has_two_verdicts() -> None:
    codes = [code for _, group in meta_errors._RULES for code in group]
    assert len(codes) == len(set(codes)) == len(meta_errors.VERDICTS)


@pytest.mark.parametrize(
    ("codes", "counts_as", "max_tries"),
    [
        ([1, 2, 131000, 131016, 131057], "try", 5),
        ([4, 80007, 130429, 131056], "deferral", 5),
        ([999999, 424242, None], "try", 2),
    ],
)
def test_temporary_answers_are_tries_and_rate_answers_are_deferrals(
    codes: list[int | None], counts_as: str, max_tries: int
) -> None:
    for code in codes:
        verdict = meta_errors.classify(code)
        assert (verdict.counts_as, verdict.max_tries) == (counts_as, max_tries)
        assert verdict.requeue


@pytest.mark.parametrize(
    ("code", "kind", "scope"),
    [
        (190, Kind.STOP, Scope.SENDER),
        (200, Kind.STOP, Scope.SENDER),
        (299, Kind.STOP, Scope.SENDER),
        (368, Kind.STOP, Scope.WABA),
        (131042, Kind.STOP, Scope.WABA),
        (133010, Kind.STOP, Scope.SENDER),
        (130429, Kind.BACKOFF, Scope.SENDER),
        (131056, Kind.BACKOFF, Scope.RECIPIENT),
        (4, Kind.BACKOFF, Scope.APP),
        (132015, Kind.TEMPLATE, Scope.TEMPLATE),
        (132000, Kind.TEMPLATE, Scope.TEMPLATE),
        (132005, Kind.FAIL, Scope.MESSAGE),
        (131026, Kind.MARK, Scope.RECIPIENT),
        (131049, Kind.COOL, Scope.RECIPIENT),
        (130497, Kind.FAIL, Scope.COUNTRY),
    ],
)
def test_the_fault_lies_where_the_code_says(code: int, kind: Kind, scope: Scope) -> None:
    for path in Path_:
        verdict = meta_errors.classify(code, path=path)
        assert (verdict.kind, verdict.scope) == (kind, scope)


def test_a_subcode_tells_a_vanished_number_from_a_wrong_parameter() -> None:
    assert meta_errors.classify(100).kind is Kind.FAIL
    assert meta_errors.classify(100, 2388024).kind is Kind.FAIL
    assert meta_errors.classify(100, 33).reason == "sender_unavailable"


@pytest.mark.parametrize("code", [*meta_errors.VERDICTS, 999999])
def test_after_acceptance_no_machine_sends_again(code: int) -> None:
    verdict = meta_errors.classify(code, path=Path_.CALLBACK)
    assert not verdict.requeue
    assert verdict.kind is not Kind.RETRY
    assert verdict.reason == meta_errors.classify(code).reason


@pytest.mark.parametrize("verdict", meta_errors.VERDICTS.values())
def test_what_is_final_is_never_requeued(verdict: meta_errors.Verdict) -> None:
    final = verdict.kind in (Kind.FAIL, Kind.COOL, Kind.MARK)
    assert verdict.requeue is not final


def test_an_unknown_code_never_blames_the_recipient() -> None:
    assert meta_errors.UNKNOWN.scope is Scope.MESSAGE
