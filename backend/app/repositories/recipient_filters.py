"""What a list of recipients is narrowed by."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Filters:
    """``phone`` is E.164, ``consent`` the one for marketing, ``q`` what a person typed."""

    q: str | None = None
    phone: str | None = None
    external_id: str | None = None
    group_id: UUID | None = None
    consent: str | None = None
    reachable: bool | None = None
