"""The safeguards of the protocol, each of which can be dropped: then the judge must object."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds. All of it, unless a fault is wanted."""

    fence: bool = True  # only who holds claim and lease marks
    locks: bool = True  # a mark locks whatever could stop it
    two_statements: bool = True  # what a mark checks, it reads after it has its locks
    lanes_count: bool = True  # a mark asks whether its lane may send
    never_early: bool = True  # nothing leaves or is marked before it is due
    mark_first: bool = True  # no byte leaves before the mark is committed
    attempt_on_disk: bool = True  # a mark writes its attempt
    doubt_stays: bool = True  # what was marked and not settled is never sent again
    lost_is_doubt: bool = True  # an answer that was lost is no proof that nothing left
    own_attempt: bool = True  # a settle changes only the attempt it is of
    counted: bool = True  # a settle counts what it moves
    facts_grow: bool = True  # a status is a function of all facts, not the newest report
    unmatched_kept: bool = True  # a report that finds nothing is tried again
    claims_freed: bool = True  # what a dead drain had claimed is due again
    claims_kept: bool = True  # a claim that holds a row stays
    clock_guarded: bool = True  # nothing is sent on a clock that has jumped


def _without(name: str) -> Rules:
    return replace(Rules(), **{name: False})


# Name -> (what is dropped, rules of docs/chaos.md of which one must be found broken).
FAULTS: dict[str, tuple[Rules, frozenset[str]]] = {
    name: (_without(dropped), frozenset(breaks.split()))
    for name, dropped, breaks in (
        ("drop the fence", "fence", "I1 I7"),
        ("mark without locks", "locks", "I4"),
        ("lock and check in one statement", "two_statements", "I4"),
        ("ignore a stopped lane", "lanes_count", "I4"),
        ("leave early", "never_early", "I3"),
        ("mark after sending", "mark_first", "I3 I5"),
        ("send without an attempt on disk", "attempt_on_disk", "I5"),
        ("requeue what is sending", "doubt_stays", "I1"),
        ("a lost answer counts as not sent", "lost_is_doubt", "I1 I5"),
        ("settle without looking at the attempt", "own_attempt", "I5"),
        ("settle without counting", "counted", "I5"),
        ("overwrite the status", "facts_grow", "I5"),
        ("drop reports that find nothing", "unmatched_kept", "I5"),
        ("a cursor in place of rows", "claims_freed", "I2"),
        ("forget claims that hold rows", "claims_kept", "I2"),
        ("trust a clock that leapt", "clock_guarded", "I3"),
    )
}
