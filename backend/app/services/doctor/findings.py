"""What the doctor says."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """``fail``: something doesn't work; ``warn``: it will, or could be better."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do about it."""

    name: str
    level: Level
    says: str
    advice: str = ""


def ok(name: str, says: str) -> Finding:
    """All is well."""
    return Finding(name, Level.OK, says)


def warn(name: str, says: str, advice: str) -> Finding:
    """Somebody should know."""
    return Finding(name, Level.WARN, says, advice)


def fail(name: str, says: str, advice: str) -> Finding:
    """Something doesn't work."""
    return Finding(name, Level.FAIL, says, advice)
