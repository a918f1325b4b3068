"""Who a schedule is for: groups and single recipients, less the members of excluded groups.

A definition, not a list of people: who that is gets decided when an occurrence opens, each
person once, however many of the groups hold them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import InvalidError

MAX_GROUPS = 1000
MAX_RECIPIENTS = 10_000  # more people belong into a group


@dataclass(frozen=True, slots=True)
class Audience:
    """Ids in order and without repetition; of one workspace, which services check."""

    group_ids: tuple[UUID, ...]
    recipient_ids: tuple[UUID, ...]
    exclude_group_ids: tuple[UUID, ...]


def define(
    group_ids: Iterable[UUID] = (),
    recipient_ids: Iterable[UUID] = (),
    exclude_group_ids: Iterable[UUID] = (),
    *,
    field: str = "audience",
) -> Audience:
    """Make a valid definition.

    Raises InvalidError: ``audience_empty`` when neither group nor recipient is named (a group
    without members is fine), ``too_many`` above 1000 groups or 10,000 recipients.
    """
    audience = Audience(_once(group_ids), _once(recipient_ids), _once(exclude_group_ids))
    _limit(f"{field}.group_ids", audience.group_ids, MAX_GROUPS)
    _limit(f"{field}.recipient_ids", audience.recipient_ids, MAX_RECIPIENTS)
    _limit(f"{field}.exclude_group_ids", audience.exclude_group_ids, MAX_GROUPS)
    if not audience.group_ids and not audience.recipient_ids:
        raise InvalidError.of(field, "audience_empty", "Name at least one group or recipient.")
    return audience


def _once(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


def _limit(field: str, ids: tuple[UUID, ...], most: int) -> None:
    if len(ids) > most:
        raise InvalidError.of(field, "too_many", f"{len(ids)} ids; at most {most} are allowed.")
