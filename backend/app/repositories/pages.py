"""One way to page through a list, for every noun."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.paging import PageOf, PageRequest

T = TypeVar("T")


def fetch(
    session: Session,
    statement: Select[T],
    key: InstrumentedAttribute[UUID],
    request: PageRequest,
    counted: Select[Any] | None = None,
) -> PageOf[T]:
    """The page of ``statement`` that ``request`` asks for, ordered by ``key``.

    One row more than the page is read, so that the last page knows it is the last. ``counted``
    is all that there is, where ``statement`` isn't.
    """
    paged: Select[Any] = statement
    if request.after is not None:
        paged = paged.where(key < request.after if request.newest_first else key > request.after)
    paged = paged.order_by(key.desc() if request.newest_first else key.asc())
    rows = list(session.scalars(paged.limit(request.limit + 1)))
    total = None
    if request.include_total:
        everything = statement if counted is None else counted
        total = session.scalar(select(func.count()).select_from(everything.subquery()))
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    next_after: UUID | None = getattr(rows[-1], key.key) if more else None
    return PageOf(rows, next_after, total)
