"""Write ``docs/states.md`` from ``app/domain/states.py``: a table and a drawing of each machine.

A test and a gate fail when the page is out of date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain import states
from devstack.layout import ROOT

TARGET = ROOT / "docs" / "states.md"
_HEAD = """# States and moves

Written by `make openapi` from [`backend/app/domain/states.py`](../backend/app/domain/states.py);
don't edit it here. A move is one conditional `UPDATE`: of two callers exactly one makes it, and
what stands in no table below can't happen.
"""


@dataclass(frozen=True)
class Machine:
    """One kind of thing with states; ``start`` are those in which it is made."""

    title: str
    about: str
    moves: Mapping[Any, frozenset[Any]]
    start: tuple[StrEnum, ...]


_D, _O, _S = states.DeliveryStatus, states.OccurrenceStatus, states.ScheduleStatus
MACHINES = (
    Machine(
        "Delivery",
        "One message to one recipient. Three moves look backwards and are the only ones:"
        " `sending → scheduled` (proven not sent, or refused by WhatsApp),"
        " `failed → delivered/read` (WhatsApp's later evidence), and a resend"
        " (`unconfirmed/failed → scheduled`), which supersedes the attempt before.",
        states.DELIVERY_MOVES,
        (_D.SCHEDULED, _D.SKIPPED),
    ),
    Machine(
        "Occurrence",
        "One firing of a schedule. `paused` remembers where it came from and goes back there;"
        " a resend opens a completed one again. Until a background job has turned them over, rows"
        " of a cancelled occurrence that were not marked yet are shown and counted as `cancelled`.",
        states.OCCURRENCE_MOVES,
        (_O.PLANNED,),
    ),
    Machine(
        "Schedule",
        "What people see: `sending` while an occurrence runs, `scheduled` between occurrences,"
        " `completed` when none is left (`cancelled` when none of them ran). A paused sender"
        " changes no schedule: it shows `blocked_by: sender`.",
        states.SCHEDULE_MOVES,
        (_S.DRAFT, _S.SCHEDULED),
    ),
    Machine(
        "Sender",
        "Whether a business number may send.",
        states.SENDER_MOVES,
        (states.SenderStatus.ACTIVE,),
    ),
)


def render() -> str:
    """The page as text, the same for the same code."""
    return "\n".join([_HEAD, *(_section(machine) for machine in MACHINES)])


def _section(machine: Machine) -> str:
    rows = [
        f"| `{state}` | {', '.join(f'`{to}`' for to in _ordered(machine, to_all)) or '(ends)'} |"
        for state, to_all in machine.moves.items()
    ]
    drawing = [f"    [*] --> {state}" for state in machine.start]
    for state, to_all in machine.moves.items():
        drawing += [f"    {state} --> {to}" for to in _ordered(machine, to_all)]
        drawing += [] if to_all else [f"    {state} --> [*]"]
    table = ["| from | may become |", "| --- | --- |", *rows]
    picture = ["```mermaid", "stateDiagram-v2", *drawing, "```"]
    return "\n".join([f"## {machine.title}", "", machine.about, "", *table, "", *picture, ""])


def _ordered(machine: Machine, wanted: frozenset[Any]) -> list[Any]:
    return [state for state in machine.moves if state in wanted]
