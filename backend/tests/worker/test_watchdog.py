"""When a worker counts as deaf."""

from types import SimpleNamespace

import pytest

from app.core import queue
from app.worker import watchdog
from app.worker.watchdog import CANARY, PATIENCE_S, Silence, Watchdog


def test_silence_lasts_from_the_first_canary_that_did_not_come_back() -> None:
    silence = Silence()
    assert silence.lasts(0) == 0
    silence.asked(100, published=True)
    silence.asked(115, published=True)
    assert silence.lasts(130) == 30
    silence.heard()
    assert silence.lasts(200) == 0


def test_a_broker_that_is_away_is_no_silence() -> None:
    silence = Silence()
    silence.asked(100, published=True)
    silence.asked(115, published=False)
    assert silence.lasts(1000) == 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """``now`` for the watchdog; canaries are published into the void."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(watchdog, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(queue, "publish_to", lambda *_, **__: True)
    return clock


@pytest.mark.parametrize("hears", [True, False])
def test_only_a_deaf_worker_is_ended(clock: SimpleNamespace, hears: bool) -> None:
    ended: list[float] = []
    dog = Watchdog("dispatch@here", lambda: 0.0, lambda: ended.append(clock.now))
    for _ in range(6):
        dog.look()
        dog.listen(SimpleNamespace(name=CANARY if hears else "dispatch.drain"))
        clock.now += 15
    assert ended == ([] if hears else [1000 + PATIENCE_S + 15])


def test_a_loop_that_hangs_ends_the_worker(clock: SimpleNamespace) -> None:
    ended: list[bool] = []
    Watchdog("dispatch@here", lambda: PATIENCE_S + 1, lambda: ended.append(True)).look()
    assert ended == [True]
