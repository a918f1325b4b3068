"""Many people at once: good ones are kept, each bad one is named.

A handful of statements whatever the number; the same path for the API's bulk call, for files
and for a single new person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain import recipient_bulk
from app.domain.errors import InvalidError
from app.domain.recipient_bulk import Entry, OnConflict, Outcome, Plan
from app.domain.recipients import Consent, Defaults, Draft
from app.repositories import consents, groups, recipient_sets
from app.services import workspaces

# Rows lost to somebody who inserts the same person at this moment are looked up again.
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """How to save: ``group_ids`` are joined by all, also by those that were there before.

    ``skip`` leaves a known person's own data as they are, ``update`` overwrites what is given
    and merges attributes, ``error`` reports them. ``default_country`` reads numbers that
    have no country code; None: the workspace's.
    """

    on_conflict: OnConflict = "skip"
    group_ids: tuple[UUID, ...] = ()
    actor: str | None = None
    default_country: str | None = None


def save(
    session: Session, workspace_id: UUID, items: Iterable[tuple[int, Draft]], rules: Rules
) -> Outcome:
    """Create or change people. Raises InvalidError ``unknown_reference`` for the rules' groups."""
    drafts = list(items)
    defaults = defaults_of(session, workspace_id)
    if rules.default_country:
        defaults = replace(defaults, country=rules.default_country)
    named = {id_ for _, draft in drafts for id_ in draft.group_ids}
    known = groups.known(session, workspace_id, named | set(rules.group_ids))
    for position, id_ in enumerate(rules.group_ids):
        if id_ not in known:
            raise InvalidError.unknown_reference(f"group_ids.{position}", id_)
    outcome = Outcome()
    entries = recipient_bulk.gather(drafts, defaults, known, rules.on_conflict, outcome)
    for entry in entries:
        entry.group_ids |= set(rules.group_ids)
    if len(entries) > 1:
        recipient_sets.take_turns(session, workspace_id)
    for _ in range(_ROUNDS):
        if entries:
            entries = _settle(session, workspace_id, entries, defaults, rules, outcome)
    outcome.errors += [(entry.index, recipient_bulk.duplicate("phone")) for entry in entries]
    outcome.errors.sort(key=lambda error: error[0])
    outcome.opt_outs_kept.sort()
    return outcome


def defaults_of(session: Session, workspace_id: UUID) -> Defaults:
    """What the workspace stands in for."""
    workspace = workspaces.get(session, workspace_id)
    return Defaults(workspace.country, workspace.timezone)


def _settle(
    session: Session,
    workspace_id: UUID,
    entries: Sequence[Entry],
    defaults: Defaults,
    rules: Rules,
    outcome: Outcome,
) -> list[Entry]:
    keys: dict[str, list[str]] = {}
    for entry in entries:
        for column, value in entry.person.keys().items():
            keys.setdefault(column, []).append(value)
    known = recipient_sets.lock_known(session, workspace_id, keys)
    plan = recipient_bulk.plan(entries, known, defaults, rules.on_conflict, outcome, new_id)
    inserted = recipient_sets.insert_new(session, workspace_id, plan.new) if plan.new else set()
    if plan.changed:
        recipient_sets.change(session, workspace_id, plan.changed)
    outcome.created += len(inserted)
    outcome.ids |= {plan.entries[id_].index: id_ for id_ in inserted}
    _note(session, workspace_id, plan, inserted, rules)
    return [entry for id_, entry in plan.entries.items() if id_ not in inserted]


def _note(
    session: Session, workspace_id: UUID, plan: Plan, inserted: set[UUID], rules: Rules
) -> None:
    agreed, memberships = dict(plan.agreed), list(plan.memberships)
    for id_ in inserted:
        entry = plan.entries[id_]
        memberships += [(group, id_) for group in entry.group_ids]
        consent = entry.person.draft.consent
        if consent is not None and consent.marketing != "unknown":
            agreed[id_] = consent
    groups.join(session, workspace_id, memberships)
    events = [event(id_, consent, rules.actor) for id_, consent in agreed.items()]
    consents.record(session, workspace_id, events)


def event(recipient_id: UUID, consent: Consent, actor: str | None) -> dict[str, object]:
    """The consent event of a change of marketing consent."""
    return {
        "recipient_id": recipient_id,
        "about": "marketing",
        "value": consent.marketing,
        "source": consent.source,
        "evidence": consent.evidence,
        "actor": actor,
    }
