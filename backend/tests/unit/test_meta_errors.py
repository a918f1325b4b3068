import pytest

from app.domain import meta_errors, reasons
from app.domain.meta_errors import Kind, Path, Scope

# Every code that Meta's error pages list for messaging, registration and blocking.
DOCUMENTED = """
0 1 2 3 4 10 17 33 100 104 190 368 613 803 80007 130403 130429 130472 130497 130501 131000 131005
131008 131009 131016 131021 131026 131030 131031 131037 131042 131045 131047 131048 131049 131050
131051 131052 131053 131055 131056 131057 131062 131063 131064 132000 132001 132005 132007 132008
132012 132015 132016 132018 132068 132069 133000 133004 133005 133006 133008 133009 133010 133015
133016 134011 134100 134101 134102 135000 136024 137000 139100 139101 139102 139103
"""


@pytest.mark.parametrize("code", [int(code) for code in DOCUMENTED.split()])
def test_every_documented_code_has_a_verdict_with_words(code: int) -> None:
    verdict = meta_errors.classify(code)
    assert verdict is not meta_errors.UNKNOWN
    assert reasons.REASONS[verdict.reason].action


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
    for path in Path:
        verdict = meta_errors.classify(code, path=path)
        assert (verdict.kind, verdict.scope) == (kind, scope)


def test_a_subcode_tells_a_vanished_number_from_a_wrong_parameter() -> None:
    assert meta_errors.classify(100).kind is Kind.FAIL
    assert meta_errors.classify(100, 2388024).kind is Kind.FAIL
    assert meta_errors.classify(100, 33).reason == "sender_unavailable"


@pytest.mark.parametrize("code", [*meta_errors.VERDICTS, 999999])
def test_after_acceptance_no_machine_sends_again(code: int) -> None:
    verdict = meta_errors.classify(code, path=Path.CALLBACK)
    assert not verdict.requeue
    assert verdict.kind is not Kind.RETRY
    assert verdict.reason == meta_errors.classify(code).reason


@pytest.mark.parametrize("verdict", meta_errors.VERDICTS.values())
def test_what_is_final_is_never_requeued(verdict: meta_errors.Verdict) -> None:
    final = verdict.kind in (Kind.FAIL, Kind.COOL, Kind.MARK)
    assert verdict.requeue is not final


def test_an_unknown_code_never_blames_the_recipient() -> None:
    assert meta_errors.UNKNOWN.scope is Scope.MESSAGE
