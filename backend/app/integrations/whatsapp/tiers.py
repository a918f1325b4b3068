"""How many people a portfolio may write to in 24 hours, and how fast a number may send."""

import re

from app.integrations.whatsapp.errors import as_int

_TIER = re.compile(r"TIER_(\d{1,9})([KM]?)", re.ASCII)
_FACTORS = {"": 1, "K": 1_000, "M": 1_000_000}
# Messages per second, in and out together.
_THROUGHPUT = {"STANDARD": 80, "HIGH": 1_000}


def people_per_day(tier: object) -> int | None:
    """Read ``TIER_2K``, ``2000`` or the like; None for unlimited, not set and unknown ones.

    The list of tiers is open and webhooks send plain numbers too, -1 for unlimited.
    """
    match = _TIER.fullmatch(tier) if isinstance(tier, str) else None
    number = int(match[1]) * _FACTORS[match[2]] if match else as_int(tier)
    return number if number is not None and number >= 0 else None


def is_unlimited(tier: object) -> bool:
    """Whether it says that there is no limit, which is more than saying nothing."""
    return tier == "TIER_UNLIMITED" or as_int(tier) == -1


def messages_per_second(level: object) -> int | None:
    """Read ``throughput.level``; None when it says nothing about speed."""
    return _THROUGHPUT.get(level) if isinstance(level, str) else None
