"""A tiny history in which everything went well, to be forged one lie at a time."""

from chaos.evidence import Act, Attempt, Change, Delivery, Evidence, Occurrence, Request

DUE = 1000.0
OCCURRENCE, SENDER, ANA, BEN = "occurrence", "sender", "ana", "ben"


def good() -> Evidence:
    """Two people, one message each: Ana's was read, Ben's worker died before it could tell."""
    return Evidence(
        requests=[
            Request(1000.10, "accepted", "d1", "a1", 200, destiny="read", wamid="w1"),
            Request(1000.11, "refused", "d2", "a2", 429, error_code=130429),
            Request(1003.00, "accepted", "d2", "a3", 200, destiny="silent", wamid="w2"),
        ],
        deliveries=[
            Delivery("d1", OCCURRENCE, ANA, SENDER, "read", DUE, 2000.0, wamid="w1"),
            Delivery("d2", OCCURRENCE, BEN, SENDER, "unconfirmed", DUE, 2000.0),
        ],
        attempts=[
            Attempt("a1", "d1", OCCURRENCE, SENDER, "host:11", 1, 1000.01, "accepted", 1000.2),
            Attempt("a2", "d2", OCCURRENCE, SENDER, "host:11", 1, 1000.01, "refused", 1000.2),
            Attempt("a3", "d2", OCCURRENCE, SENDER, "host:12", 2, 1002.9, "unconfirmed", 1070.0),
        ],
        history=[
            Change(1, "mark", "d1", 1000.02, OCCURRENCE, attempt="a1"),
            Change(2, "mark", "d2", 1000.02, OCCURRENCE, attempt="a2"),
            Change(3, "status", "d1", 1000.02, OCCURRENCE, "scheduled", "sending", "a1"),
            Change(4, "status", "d1", 1000.3, OCCURRENCE, "sending", "read", "a1"),
            Change(5, "status", "d2", 1000.3, OCCURRENCE, "sending", "scheduled", "a2"),
            Change(6, "mark", "d2", 1002.95, OCCURRENCE, attempt="a3"),
            Change(7, "status", "d2", 1002.95, OCCURRENCE, "scheduled", "sending", "a3"),
            Change(8, "status", "d2", 1070.0, OCCURRENCE, "sending", "unconfirmed", "a3"),
            Change(9, "outcome", "d2", 1070.0, OCCURRENCE, None, "unconfirmed", "a3"),
            Change(10, "consent", ANA, 1080.0, None, "allowed", "opted_out"),
        ],
        occurrences=[Occurrence(OCCURRENCE, "schedule", "completed", 2)],
        acts=[Act("opt_out", ANA, 1079.9, 1080.1)],
        counts={OCCURRENCE: {"read": 1, "unconfirmed": 1}},
        left_over={"claims": 0},
        planned=2,
    )
