"""What a delivery's status may be, given what reached WhatsApp and what was reported back."""

from chaos.evidence import Delivery, Request

# Refusals of this many requests in a row may end a delivery as retries_exhausted.
_TRIES = 5
_REPORTED = ("sent", "delivered", "read", "failed")

# Which status may follow which; nothing else, in whatever order callbacks arrive.
_SENT = frozenset({"accepted", "sent", "delivered", "read", "failed"})
_MOVES: dict[str, frozenset[str]] = {
    "scheduled": frozenset({"sending", "skipped", "expired", "cancelled"}),
    "sending": _SENT | {"scheduled", "unconfirmed"},
    "unconfirmed": _SENT,
    "accepted": frozenset({"sent", "delivered", "read", "failed"}),
    "sent": frozenset({"delivered", "read", "failed"}),
    "failed": frozenset({"delivered", "read"}),
    "delivered": frozenset({"read"}),
}


def may_move(before: str | None, after: str | None, outcome: str | None) -> bool:
    """Whether a delivery may go from one status to the other; ``outcome`` is its attempt's."""
    if (before, after) == ("unconfirmed", "scheduled"):
        # Its worker woke late and proved that nothing was taken.
        return outcome in ("not_sent", "refused")
    return (after or "") in _MOVES.get(before or "", frozenset())


def lie(delivery: Delivery, requests: list[Request]) -> str | None:
    """What is wrong with the status of a delivery at the end, given all its requests."""
    accepted = [one for one in requests if one.accepted]
    if accepted:
        return _lie_about_accepted(delivery, accepted[0])
    match delivery.status:
        case "skipped" | "cancelled":
            return None if delivery.reason else f"{delivery.status} without a reason"
        case "expired":
            return None
        case "unconfirmed":
            return None
        case "failed" if _was_refused(delivery, requests):
            return None
    return f"{delivery.status}, and WhatsApp never accepted it"


def _lie_about_accepted(delivery: Delivery, accepted: Request) -> str | None:
    expected = accepted.destiny
    if expected in _REPORTED:
        allowed = {expected, "unconfirmed"} if expected == "failed" else {expected}
    else:
        # Accepted, and nothing was ever heard of it again.
        allowed = {"accepted", "unconfirmed"}
    if delivery.status not in allowed:
        return f"{delivery.status}, and WhatsApp had it as {expected}"
    if delivery.wamid not in (None, accepted.wamid):
        return "it names another message"
    return None


def _was_refused(delivery: Delivery, requests: list[Request]) -> bool:
    refused = [one for one in requests if one.outcome == "refused" and one.error_code]
    if delivery.reason == "retries_exhausted":
        return len(refused) > _TRIES
    return bool(refused)
