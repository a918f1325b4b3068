"""Faults of POST /messages: which rule hits which request, and what it does to it."""

from enum import Enum, StrEnum
from random import Random

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Manner(Enum):
    """How an answer leaves, or doesn't."""

    WHOLE = "whole"
    HANG = "hang"
    RESET = "reset"
    CLOSE = "close"
    HALF = "half"
    HTML = "html"


class Kind(StrEnum):
    """``…_before_acceptance`` and plain errors leave no message behind; the rest do."""

    ERROR = "error"
    HTML_502 = "html_502"
    TIMEOUT_BEFORE = "timeout_before_acceptance"
    RESET_BEFORE = "reset_before_acceptance"
    TIMEOUT_AFTER = "timeout_after_acceptance"
    RESET_AFTER = "reset_after_acceptance"
    CLOSE_AFTER = "close_after_acceptance"
    HTML_502_AFTER = "html_502_after_acceptance"
    HALF_ANSWER = "half_answer"
    WITHOUT_ID = "answer_without_id"
    ACCEPT_TWICE = "accept_twice"


# kind -> (is the message accepted, how the answer leaves)
EFFECTS: dict[Kind, tuple[bool, Manner]] = {
    Kind.ERROR: (False, Manner.WHOLE),
    Kind.HTML_502: (False, Manner.HTML),
    Kind.TIMEOUT_BEFORE: (False, Manner.HANG),
    Kind.RESET_BEFORE: (False, Manner.RESET),
    Kind.TIMEOUT_AFTER: (True, Manner.HANG),
    Kind.RESET_AFTER: (True, Manner.RESET),
    Kind.CLOSE_AFTER: (True, Manner.CLOSE),
    Kind.HTML_502_AFTER: (True, Manner.HTML),
    Kind.HALF_ANSWER: (True, Manner.HALF),
    Kind.WITHOUT_ID: (True, Manner.WHOLE),
    Kind.ACCEPT_TWICE: (True, Manner.WHOLE),
}


class Fault(BaseModel):
    """A rule: hits a request that fits ``to`` and ``phone_number_id``, by ``probability``.

    ``next_n`` counts down with each hit and ends the rule at 0; None never ends. ``hang_s``
    is how long a time-out keeps the connection open.
    """

    model_config = ConfigDict(extra="forbid")

    id: int = 0
    kind: Kind
    code: int | None = None
    retry_after_s: int | None = Field(default=None, ge=0)
    probability: float = Field(default=1, gt=0, le=1)
    next_n: int | None = Field(default=None, ge=1)
    to: str | None = None
    phone_number_id: str | None = None
    hang_s: float = Field(default=120, gt=0)

    @model_validator(mode="after")
    def _code_fits(self) -> "Fault":
        if (self.kind is Kind.ERROR) != (self.code is not None):
            raise ValueError("a code belongs to kind 'error' and to nothing else")
        return self

    @property
    def accepts(self) -> bool:
        return EFFECTS[self.kind][0]

    @property
    def manner(self) -> Manner:
        return EFFECTS[self.kind][1]


class FaultRules:
    """The rules in force, in the order they were added; the first that hits wins."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self._last_id = 0

    def add(self, fault: Fault) -> Fault:
        self._last_id += 1
        stored = fault.model_copy(update={"id": self._last_id})
        self.rules.append(stored)
        return stored

    def remove(self, fault_id: int | None = None) -> int:
        """Drop one rule, or all; returns how many went."""
        before = len(self.rules)
        self.rules = [r for r in self.rules if fault_id not in (None, r.id)]
        return before - len(self.rules)

    def choose(self, to: str, phone_number_id: str, rng: Random) -> Fault | None:
        for rule in self.rules:
            if _fits(rule, to, phone_number_id) and rng.random() < rule.probability:
                self._use_up(rule)
                return rule
        return None

    def _use_up(self, rule: Fault) -> None:
        if rule.next_n is None:
            return
        rule.next_n -= 1
        if rule.next_n == 0:
            self.remove(rule.id)


def _fits(rule: Fault, to: str, phone_number_id: str) -> bool:
    return (rule.to is None or digits(rule.to) == digits(to)) and (
        rule.phone_number_id in (None, phone_number_id)
    )


def digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
