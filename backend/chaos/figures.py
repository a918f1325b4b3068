"""The figures of a run: how much was in doubt after each kill, and how much of it was resolved."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from chaos.evidence import Attempt, Evidence

MOST_PER_KILL = 25
_TOLD = ("sent", "delivered", "read")
RESOLVED_AT_LEAST = 0.999
_HANGING = ("timeout_after_acceptance", "timeout_before_acceptance")


@dataclass(frozen=True, slots=True)
class Figures:
    """``unsent_per_kill``: rows of one sender that one worker had marked when it died and that
    never reached WhatsApp; ``open_per_kill`` counts those on the wire too. Largest first.

    ``ambiguous`` attempts were at some time unconfirmed; of those ``told`` were accepted and
    reported on with our id, and ``resolved`` show it. ``untold`` were accepted too, but WhatsApp
    never spoke of them again, or only of a failure, which doesn't carry our id.
    """

    requests: int
    accepted: int
    ambiguous: int
    told: int
    resolved: int
    untold: int
    unsent_per_kill: list[int]
    open_per_kill: list[int]
    statuses: dict[str, int]

    @property
    def resolved_share(self) -> float:
        """1.0 when there was nothing to resolve."""
        return self.resolved / self.told if self.told else 1.0


def figures(evidence: Evidence) -> Figures:
    """Add up."""
    doubted = _doubted(evidence)
    accepted = {one.attempt: one for one in evidence.requests if one.accepted}
    both = doubted & accepted.keys()
    told = {attempt for attempt in both if accepted[attempt].destiny in _TOLD}
    status = {one.id: one.status for one in evidence.deliveries}
    resolved = [
        attempt
        for attempt in told
        if status.get(accepted[attempt].delivery or "") not in ("unconfirmed", "sending")
    ]
    return Figures(
        requests=len(evidence.requests),
        accepted=len(accepted),
        ambiguous=len(doubted),
        told=len(told),
        resolved=len(resolved),
        untold=len(both) - len(told),
        unsent_per_kill=_per_kill(evidence, {one.attempt for one in evidence.requests}),
        open_per_kill=_per_kill(evidence, set()),
        statuses=dict(Counter(status.values())),
    )


def _doubted(evidence: Evidence) -> set[str | None]:
    """Attempts that were unconfirmed, if only until a callback came."""
    return {
        one.attempt
        for one in evidence.history
        if one.kind == "outcome" and one.after == "unconfirmed"
    }


def _per_kill(evidence: Evidence, arrived: set[str | None]) -> list[int]:
    """For each death of a dispatch worker: its attempts still open then, for each sender.

    What only waits for an answer that WhatsApp keeps back is in doubt with or without the kill.
    """
    by_worker: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in evidence.attempts:
        by_worker[attempt.worker.rpartition(":")[2]].append(attempt)
    known = arrived | {one.attempt for one in evidence.requests if one.fault in _HANGING}
    counted: list[int] = []
    for death in evidence.deaths:
        if not death.name.startswith("dispatch"):
            continue
        open_then = Counter(
            one.sender
            for one in by_worker[str(death.pid)]
            if one.id not in known
            and one.marked_at <= death.at
            and (one.settled_at is None or one.settled_at > death.at)
        )
        counted += open_then.values()
    return sorted(counted, reverse=True)
