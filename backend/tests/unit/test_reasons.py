import pytest

from app.domain import reasons
from app.domain.reasons import Reason

# The contract's own list, word for word: a code that integrators know is never dropped.
CONTRACT = """
opted_out no_consent no_phone invalid_number same_number retries_exhausted edited quiet_hours
breaker missing_variable window_closed zone_passed outside_window frequency_cap daily_limit
template_unavailable unreachable expired cancelled
"""


def test_every_code_of_the_contract_has_words() -> None:
    assert set(CONTRACT.split()) <= set(reasons.REASONS)


@pytest.mark.parametrize("reason", reasons.REASONS.values(), ids=lambda reason: reason.code)
def test_words_are_short_and_whole(reason: Reason) -> None:
    assert 0 < len(reason.title) <= 40
    assert not reason.title.endswith(".")
    assert reason.explanation.endswith(".")
    assert reason.action.endswith(".")
    assert reasons.describe(reason.code) is reason


def test_codes_are_unique() -> None:
    assert len(reasons.REASONS) == len(reasons._OURS) + len(reasons._METAS)


def test_a_code_of_a_newer_version_still_has_a_title() -> None:
    assert reasons.describe("moon_phase").title == "Moon phase"
