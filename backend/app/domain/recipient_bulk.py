"""Judging many people at once, without a database: who is new, who is known, what is wrong.

Items are judged as if they came one after the other: the second of two with the same phone
meets the first.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from app.domain import recipients
from app.domain.errors import FieldError, InvalidError
from app.domain.recipients import Columns, Defaults, Draft, Person

OnConflict = Literal["skip", "update", "error"]
OPT_OUT_KEPT: Literal["opt_out_kept"] = "opt_out_kept"


@dataclass(slots=True)
class Outcome:
    """What became of the items, by index; ``ids`` of the people that are new."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    errors: list[tuple[int, FieldError]] = field(default_factory=list)
    opt_outs_kept: list[int] = field(default_factory=list)
    ids: dict[int, UUID] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """One person of the body: the first item that named them, and what later ones added."""

    index: int
    person: Person
    group_ids: set[UUID]


@dataclass(slots=True)
class Plan:
    """Rows to write by id. ``agreed``: whose consent changes, with what is given about it."""

    new: dict[UUID, Columns] = field(default_factory=dict)
    entries: dict[UUID, Entry] = field(default_factory=dict)
    changed: dict[UUID, Columns] = field(default_factory=dict)
    agreed: dict[UUID, recipients.Consent] = field(default_factory=dict)
    memberships: list[tuple[UUID, UUID]] = field(default_factory=list)


def gather(
    items: Iterable[tuple[int, Draft]],
    defaults: Defaults,
    known_groups: Collection[UUID],
    on_conflict: OnConflict,
    outcome: Outcome,
) -> list[Entry]:
    """Check each item and lay items about the same person together."""
    entries: list[Entry] = []
    seen: dict[tuple[str, str], Entry] = {}
    for index, draft in items:
        try:
            person = recipients.check(draft, defaults)
            recipients.lay_over(person, defaults)
            _check_groups(draft, known_groups)
        except InvalidError as refusal:
            outcome.errors += [(index, error) for error in refusal.errors]
            continue
        met = {id(seen[key]): seen[key] for key in person.keys().items() if key in seen}
        if met:
            _meet(list(met.values()), index, person, on_conflict, outcome)
            entry = next(iter(met.values()))
        else:
            entry = Entry(index, person, set(draft.group_ids))
            entries.append(entry)
        for key in entry.person.keys().items():
            seen.setdefault(key, entry)
    return entries


def plan(
    entries: Sequence[Entry],
    known: Mapping[UUID, Columns],
    defaults: Defaults,
    on_conflict: OnConflict,
    outcome: Outcome,
    new_id: Callable[[], UUID],
) -> Plan:
    """Decide what to write, given the rows that share a key with an entry."""
    owner = {
        (column, value): id_
        for id_, row in known.items()
        for column, value in _keys(row)
        if value is not None
    }
    made = Plan()
    for entry in entries:
        keys = entry.person.keys()
        hits = {owner[key]: key[0] for key in keys.items() if key in owner}
        if not hits:
            _create(made, entry, defaults, new_id())
        elif len(hits) > 1 or on_conflict == "error":
            outcome.errors.append((entry.index, duplicate(list(hits.values())[-1])))
        elif on_conflict == "skip":
            outcome.skipped += 1
            known_id = next(iter(hits))
            made.memberships += [(group, known_id) for group in entry.group_ids]
        else:
            _change(made, entry, known, next(iter(hits)), defaults, outcome)
    return made


def duplicate(column: str) -> FieldError:
    """Another person has this key already."""
    return FieldError(column, "duplicate", f"Somebody with this {column} exists already.")


def _create(made: Plan, entry: Entry, defaults: Defaults, id_: UUID) -> None:
    made.new[id_] = recipients.lay_over(entry.person, defaults)
    made.entries[id_] = entry


def _change(
    made: Plan,
    entry: Entry,
    known: Mapping[UUID, Columns],
    id_: UUID,
    defaults: Defaults,
    outcome: Outcome,
) -> None:
    current = made.changed.get(id_) or known[id_]
    draft = entry.person.draft
    try:
        row = recipients.lay_over(entry.person, defaults, current)
    except InvalidError as refusal:
        outcome.errors += [(entry.index, error) for error in refusal.errors]
        return
    if recipients.keeps_opt_out(current, draft):
        outcome.opt_outs_kept.append(entry.index)
    if draft.consent and row.consent_marketing != current.consent_marketing:
        made.agreed[id_] = draft.consent
    made.changed[id_] = row
    made.memberships += [(group, id_) for group in entry.group_ids]
    outcome.updated += 1


def _meet(
    met: Sequence[Entry], index: int, person: Person, on_conflict: OnConflict, outcome: Outcome
) -> None:
    first = met[0]
    mine, theirs = person.keys(), first.person.keys()
    same = next(column for column in mine if mine[column] == theirs.get(column))
    at_odds = any(theirs.get(column, value) != value for column, value in mine.items())
    if on_conflict == "error" or len(met) > 1 or (at_odds and on_conflict == "update"):
        outcome.errors.append((index, duplicate(same)))
        return
    first.group_ids |= set(person.draft.group_ids)
    if on_conflict == "skip":
        outcome.skipped += 1
        return
    if _opted_out(first.person.draft) and not _opted_out(person.draft):
        if person.draft.consent is not None:
            outcome.opt_outs_kept.append(index)
        person = replace(person, draft=replace(person.draft, consent=first.person.draft.consent))
    first.person = _together(first.person, person)
    outcome.updated += 1


def _opted_out(draft: Draft) -> bool:
    return draft.consent is not None and draft.consent.marketing == "opted_out"


def _together(first: Person, second: Person) -> Person:
    old, new = first.draft, second.draft
    given = {
        name: value
        for name in ("name", "phone", "whatsapp_user_id", "external_id", "country", "language")
        if (value := getattr(new, name)) is not None
    }
    draft = replace(
        old,
        **given,
        timezone=new.timezone or old.timezone,
        attributes={**old.attributes, **new.attributes},
        consent=new.consent or old.consent,
    )
    return Person(draft, second.number or first.number)


def _check_groups(draft: Draft, known: Collection[UUID]) -> None:
    for position, id_ in enumerate(draft.group_ids):
        if id_ not in known:
            raise InvalidError.unknown_reference(f"group_ids.{position}", id_)


def _keys(row: Columns) -> tuple[tuple[str, str | None], ...]:
    return (
        ("phone", row.phone),
        ("whatsapp_user_id", row.whatsapp_user_id),
        ("external_id", row.external_id),
    )
