"""The faults themselves: classic ways in which a dispatcher sends twice, loses or lies."""

from dataclasses import dataclass, field
from typing import Any

Edit = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mutant:
    """``edits``: (file below app, what stands there once, what stands there instead).

    ``breaks``: rules of which at least one must be found broken; none: nothing may be found.
    ``size``: how the run differs.
    """

    name: str
    edits: tuple[Edit, ...]
    breaks: frozenset[str]
    size: dict[str, Any] = field(default_factory=dict)


def _mutant(name: str, breaks: str, *edits: Edit, **size: Any) -> Mutant:
    return Mutant(name, edits, frozenset(breaks.split()), size)


_CLAIMS, _MARKS = "repositories/claims.py", "repositories/marks.py"
_SETTLEMENTS, _REPORTS = "repositories/settlements.py", "repositories/status_reports.py"
_MARKER, _SCREEN = "services/dispatch/marker.py", "services/dispatch/screen.py"
# With the product's own waits: whoever is stopped must find its drain alive when it wakes.
_SCENE: dict[str, Any] = {
    "senders": 1, "workers": 2, "rate": 20, "people": 8, "deliveries": 8, "hurry": False,
}  # fmt: skip

MUTANTS = (
    _mutant(
        "drop the fence",
        "I1 I7",
        (
            _MARKS,
            """          WHEN d.claim_id IS DISTINCT FROM job.claim_id OR d.status <> 'scheduled'
            OR d.next_attempt_at IS NOT NULL OR drain.sender_id IS NULL THEN 'lost'""",
            """          WHEN d.status <> 'scheduled' THEN 'lost'""",
        ),
        **_SCENE,
        scene="take over",
    ),
    _mutant(
        "mark after sending",
        "I3",
        (
            _MARKER,
            """        try:
            verdicts = await""",
            """        for job in batch:
            await self._dispatch(job, deadline)
        await asyncio.sleep(0.1)
        try:
            verdicts = await""",
        ),
        (
            _MARKER,
            """            if verdict == "mark":
                await self._dispatch(job, deadline)""",
            """            if verdict == "mark":
                pass""",
        ),
    ),
    _mutant(
        "requeue what is sending",
        "I1",
        (
            _CLAIMS,
            "UPDATE deliveries d SET status = 'unconfirmed', updated_at = clock_timestamp()",
            "UPDATE deliveries d SET status = 'scheduled', claim_id = NULL,"
            " next_attempt_at = clock_timestamp()",
        ),
        (
            _CLAIMS,
            "UPDATE attempts a SET outcome = 'unconfirmed', settled_at",
            "UPDATE attempts a SET outcome = 'not_sent', settled_at",
        ),
        (_CLAIMS, "('unconfirmed', 1)) AS s", "('scheduled', 1)) AS s"),
    ),
    _mutant(
        "overwrite the status",
        "I5",
        (
            _REPORTS,
            "coalesce(d.wamid, f.wamid) AS wamid, m.errors,",
            """coalesce(d.wamid, f.wamid) AS wamid, m.errors,
             CASE WHEN f.sent_at IS NOT NULL THEN 'sent'
                  WHEN f.delivered_at IS NOT NULL THEN 'delivered'
                  WHEN f.read_at IS NOT NULL THEN 'read'
                  WHEN f.failed_at IS NOT NULL THEN 'failed' ELSE d.status END AS newest,""",
        ),
        (_REPORTS, '{shown_status_sql("grown")} AS becomes', "grown.newest AS becomes"),
    ),
    _mutant(
        "mark without locks",
        "I4",
        (_MARKS, "ORDER BY occurrence_id FOR SHARE) locked", "ORDER BY occurrence_id) locked"),
        (_MARKS, "ORDER BY id FOR SHARE) locked", "ORDER BY id) locked"),
        **_SCENE,
        scene="stopped mark",
    ),
    _mutant(
        "ignore a stopped lane",
        "I4",
        (_MARKS, "WHEN l.state IS DISTINCT FROM 'runnable' OR", "WHEN l.state IS NULL OR"),
        **_SCENE,
        scene="stopped claim",
    ),
    _mutant(
        "leave early",
        "I3",
        (_SCREEN, "ready_at = now + max(0.0, row.due_in) + _NEVER_EARLY_S", "ready_at = now"),
        (
            _MARKS,
            """OR {row_edits.due_at("d")} > clock_timestamp()
            OR""",
            "OR",
        ),
        kills=4,
    ),
    _mutant(
        "settle without looking at the attempt",
        "I5",
        (
            _SETTLEMENTS,
            "ELSE d.attempt_id = u.attempt_id AND d.status IN ('sending', 'unconfirmed')",
            "ELSE true",
        ),
    ),
    _mutant(
        "send without an attempt on disk",
        "I5",
        (
            _MARKS,
            "FROM judged WHERE verdict = 'mark'\n    ), marked AS",
            "FROM judged WHERE false\n    ), marked AS",
        ),
    ),
    _mutant(
        "a cursor in place of rows",
        "I2",
        # What a claim took is behind it for ever: nobody gives it back.
        (
            _CLAIMS,
            "WHERE d.status = 'scheduled' AND d.next_attempt_at IS NULL\n       ORDER BY",
            "WHERE false\n       ORDER BY",
        ),
    ),
    _mutant(
        "a lost answer counts as not sent",
        "I1",
        ("integrations/whatsapp/transport.py", "if body.begun:", "if False:"),
    ),
    _mutant(
        "settle without counting",
        "I5 I6 I2",
        (_SETTLEMENTS, "WHERE after.before <> after.status\n       GROUP", "WHERE false\n GROUP"),
    ),
)

# The scenes played on the product as it is: what they find then, they would find in anything.
CONTROLS = tuple(
    _mutant(f"no fault, {scene}", "", **_SCENE, scene=scene)
    for scene in ("take over", "stopped mark", "stopped claim")
)
