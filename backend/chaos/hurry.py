"""Shorter waits for short runs: the protocol's figures, scaled down together.

Their order stays: a lease outlives its renewals, a doubt comes after every time-out of the
wire; the product checks that itself when it starts.
"""

import sys
from types import ModuleType

# The figures of one send (app/domain/send_timing.py), seconds.
SEND = {
    "deadline_s": 1.5, "connect_s": 1.0, "read_s": 2.5, "claim_lease_s": 7.0, "doubt_s": 7.0,
}  # fmt: skip
MARGIN_S = 1.0
# name -> (the product's value, ours), seconds, in whatever module holds it
WAITS: dict[str, tuple[float, float]] = {
    "LEASE_S": (10.0, 2.0),
    "RENEW_EVERY_S": (3.0, 0.5),
    "LIFE_S": (30.0, 6.0),
    "SWEEP_OVERDUE_S": (90, 6),
    "EVERY_S": (10.0, 1.0),
}
SWEEP_EVERY_S = 2


def before_import() -> None:
    """Shorten what others copy when they are imported: call it before anything else."""
    from app.domain import send_timing

    for name, seconds in SEND.items():
        object.__setattr__(send_timing.TIMING, name, seconds)
    send_timing._MARGIN_S = MARGIN_S
    contradictions = send_timing.TIMING.contradictions()
    if contradictions:
        raise LookupError(*contradictions)


def after_import() -> None:
    """Shorten the rest; raises LookupError when the product's has another name or value."""
    ours = [module for name, module in sys.modules.items() if name.startswith("app.")]
    for name, (theirs, shorter) in WAITS.items():
        _set_everywhere(ours, name, theirs, shorter)
    from app.worker.celery_app import app

    app.conf.beat_schedule["sweep"]["schedule"] = SWEEP_EVERY_S
    app.conf.beat_max_loop_interval = 1


def _set_everywhere(modules: list[ModuleType], name: str, theirs: float, shorter: float) -> None:
    holders = [module for module in modules if getattr(module, name, None) == theirs]
    if not holders:
        raise LookupError(f"no module of the product has {name} = {theirs}")
    for module in holders:
        setattr(module, name, shorter)
