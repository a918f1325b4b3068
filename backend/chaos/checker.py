"""The judge: what must never happen, checked afterwards on the evidence alone.

It shares no code with the product: the rules are written down here a second time. A rule
answers with every violation it finds.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chaos import statuses
from chaos.evidence import Act, Attempt, Change, Evidence, Request

# A request's time is rounded by the simulator, a commit's by PostgreSQL.
_CLOCK_GRAIN_S = 0.002


@dataclass(frozen=True, slots=True)
class Violation:
    """``rule`` as in docs/chaos.md (I1 ...); ``subject`` is mostly a delivery's id."""

    rule: str
    subject: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.why}"


Found = Iterator[Violation]


def judge(evidence: Evidence) -> list[Violation]:
    """All violations of all rules; an empty list is the only good one."""
    return [violation for rule in RULES for violation in rule(evidence)]


def accepted_once(evidence: Evidence) -> Found:
    """I1: WhatsApp accepts at most one message for a delivery."""
    times = Counter(one.delivery for one in evidence.requests if one.accepted)
    for delivery, n in times.items():
        if delivery is None:
            yield Violation("I1", "?", f"{n} messages left without our id")
        elif n > 1:
            yield Violation("I1", delivery, f"accepted {n} times")


def nothing_lost(evidence: Evidence) -> Found:
    """I2: everything comes to an end, and nobody planned for is missing."""
    for delivery in evidence.deliveries:
        if delivery.status in ("scheduled", "sending"):
            yield Violation("I2", delivery.id, f"still {delivery.status}")
        elif delivery.due:
            yield Violation("I2", delivery.id, f"{delivery.status} and due at once")
    for occurrence in evidence.occurrences:
        if occurrence.status not in ("completed", "cancelled"):
            yield Violation("I2", occurrence.id, f"occurrence still {occurrence.status}")
    for what, n in evidence.left_over.items():
        if n:
            yield Violation("I2", what, f"{n} left over")
    if len(evidence.deliveries) != evidence.planned:
        made = len(evidence.deliveries)
        yield Violation("I2", "all", f"{evidence.planned} planned, {made} rows made")


def never_early(evidence: Evidence) -> Found:
    """I3: no mark and no request before the due instant, no request before its mark's commit."""
    due_at = {one.id: one.due_at for one in evidence.deliveries}
    marked = {one.attempt: one.committed_at for one in evidence.history if one.kind == "mark"}
    for attempt in evidence.attempts:
        early = due_at.get(attempt.delivery, 0) - attempt.marked_at
        if early > 0:
            yield Violation("I3", attempt.delivery, f"marked {early:.3f} s early")
    for request in evidence.requests:
        at = request.received_at + _CLOCK_GRAIN_S
        if request.delivery and at < due_at.get(request.delivery, 0):
            yield Violation("I3", request.delivery, "sent before it was due")
        if request.attempt and at < marked.get(request.attempt, 0):
            yield Violation("I3", str(request.delivery), "sent before its mark was committed")


def stops_hold(evidence: Evidence) -> Found:
    """I4: no mark commits after an opt-out, cancel or pause has committed."""
    recipient = {one.id: one.recipient for one in evidence.deliveries}
    stopped = _stops(evidence.history)
    for mark in (one for one in evidence.history if one.kind == "mark"):
        for subject in (recipient.get(mark.subject), mark.occurrence):
            for since, until, what in stopped.get(subject or "", ()):
                if since < mark.committed_at < until:
                    late = mark.committed_at - since
                    yield Violation("I4", mark.subject, f"marked {late:.3f} s after {what}")
    yield from _promises_kept(evidence, recipient)


def _stops(history: list[Change]) -> dict[str, list[tuple[float, float, str]]]:
    """Recipient or occurrence -> when nothing might be marked: (since, until, what)."""
    stops: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for change in sorted(history, key=lambda one: (one.committed_at, one.id)):
        if change.kind not in ("consent", "lane"):
            continue
        held = stops[change.subject]
        if held and held[-1][1] == float("inf"):
            held[-1] = (held[-1][0], change.committed_at, held[-1][2])
        if change.after not in ("allowed", "runnable"):
            held.append((change.committed_at, float("inf"), f"{change.kind} {change.after}"))
    return stops


def _promises_kept(evidence: Evidence, recipient: dict[str, str]) -> Found:
    """What the API told the user is done counts too, whatever the tables say."""
    schedule = {one.id: one.schedule for one in evidence.occurrences}
    confirmed: dict[str, Act] = {
        act.subject: act for act in evidence.acts if act.confirmed_at is not None
    }
    for attempt in evidence.attempts:
        about = recipient.get(attempt.delivery), schedule.get(attempt.occurrence)
        for act in (confirmed.get(subject or "") for subject in about):
            if act and act.confirmed_at and attempt.marked_at > act.confirmed_at:
                yield Violation("I4", attempt.delivery, f"marked after {act.kind} was confirmed")


def statuses_are_true(evidence: Evidence) -> Found:
    """I5: a status claims no more and no less than what happened."""
    by_delivery: dict[str, list[Request]] = defaultdict(list)
    for request in evidence.requests:
        by_delivery[request.delivery or ""].append(request)
    for delivery in evidence.deliveries:
        why = statuses.lie(delivery, by_delivery.get(delivery.id, []))
        if why:
            yield Violation("I5", delivery.id, why)
    outcome = {one.id: one.outcome for one in evidence.attempts}
    for change in (one for one in evidence.history if one.kind == "status"):
        came_to = outcome.get(change.attempt or "")
        if not statuses.may_move(change.before, change.after, came_to):
            yield Violation("I5", change.subject, f"went from {change.before} to {change.after}")


def attempts_are_on_record(evidence: Evidence) -> Found:
    """I5: each request was an attempt on disk first, and its outcome tells what happened."""
    on_disk = {one.id: one for one in evidence.attempts}
    for request in evidence.requests:
        attempt = on_disk.get(request.attempt or "")
        if attempt is None:
            yield Violation("I5", str(request.delivery), "sent without an attempt on disk")
        elif why := _misreported(attempt, request):
            yield Violation("I5", attempt.delivery, why)


def _misreported(attempt: Attempt, request: Request) -> str | None:
    if attempt.outcome == "not_sent":
        return "recorded as not sent, and it arrived"
    if attempt.outcome == "refused" and request.accepted:
        return "recorded as refused, and it was accepted"
    if attempt.outcome == "accepted" and not request.accepted:
        return f"recorded as accepted, and it was {request.outcome}"
    return None


def counts_are_true(evidence: Evidence) -> Found:
    """I5 and I6: counters equal the rows, and the sum of outcomes is what was planned."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for delivery in evidence.deliveries:
        rows[delivery.occurrence][delivery.status] += 1
    for occurrence in evidence.occurrences:
        counted = {k: n for k, n in evidence.counts.get(occurrence.id, {}).items() if n}
        if counted != dict(rows[occurrence.id]):
            there = dict(rows[occurrence.id])
            yield Violation("I5", occurrence.id, f"counted {counted}, there are {there}")
        if occurrence.audience is not None and occurrence.audience != sum(counted.values()):
            planned = f"{occurrence.audience} planned, outcomes sum to {sum(counted.values())}"
            yield Violation("I6", occurrence.id, planned)


def the_fence_holds(evidence: Evidence) -> Found:
    """I7: a drain that was taken over from never marks again; one attempt is open at most."""
    epoch = {one.id: (one.sender, one.epoch) for one in evidence.attempts}
    newest: dict[str, int] = {}
    marks = [one for one in evidence.history if one.kind == "mark" and one.attempt in epoch]
    for mark in sorted(marks, key=lambda one: one.committed_at):
        sender, of_mark = epoch[mark.attempt or ""]
        if of_mark < newest.get(sender, of_mark):
            yield Violation("I7", mark.subject, f"marked by drain {of_mark} of {newest[sender]}")
        newest[sender] = max(of_mark, newest.get(sender, of_mark))
    open_ones = Counter(
        one.delivery
        for one in evidence.attempts
        if one.outcome in (None, "accepted", "unconfirmed") and not one.superseded
    )
    for delivery, n in open_ones.items():
        if n > 1:
            yield Violation("I7", delivery, f"{n} attempts are open")


RULES: tuple[Callable[[Evidence], Found], ...] = (
    accepted_once,
    nothing_lost,
    never_early,
    stops_hold,
    statuses_are_true,
    attempts_are_on_record,
    counts_are_true,
    the_fence_holds,
)
