"""Keyset pages: where a list goes on, told by the last id seen.

Ids are time-ordered (UUID version 7), so the id alone is the creation order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """``after``: the last id of the page before; ``newest_first``: ``sort=-created_at``."""

    limit: int = 50
    after: UUID | None = None
    newest_first: bool = True
    include_total: bool = False


@dataclass(frozen=True, slots=True)
class PageOf(Generic[T]):
    """``next_after`` is None on the last page; ``total`` only when asked for."""

    items: Sequence[T]
    next_after: UUID | None
    total: int | None = None
