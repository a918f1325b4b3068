"""``?limit=&cursor=&sort=&include_total=`` in, ``{"items", "next_cursor"}`` out.

Cursors are opaque and signed: one made up or cut is refused, not guessed at.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from app.core.config import settings
from app.domain.errors import InvalidError
from app.domain.paging import PageOf, PageRequest

_SIGNATURE_BYTES = 8
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page; ``next_cursor`` is null on the last, ``total`` is there when asked for."""

    items: list[T]
    next_cursor: str | None
    total: int | None = Field(default=None, exclude_if=lambda total: total is None)


def _sign(raw: bytes) -> bytes:
    key = settings().secret_key.get_secret_value().encode()
    return hmac.digest(key, b"cursor" + raw, hashlib.sha256)[:_SIGNATURE_BYTES]


def encode(after: UUID) -> str:
    """The cursor that goes on after this id."""
    return base64.urlsafe_b64encode(after.bytes + _sign(after.bytes)).decode().rstrip("=")


def decode(cursor: str) -> UUID:
    """The id a cursor names. Raises InvalidError for anything we did not make."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    body, signature = raw[:16], raw[16:]
    if len(body) != 16 or not hmac.compare_digest(signature, _sign(body)):
        raise InvalidError.of("cursor", "invalid_cursor", "Take next_cursor of the page before.")
    return UUID(bytes=body)


def _page_request(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    sort: Literal["-created_at", "created_at"] = "-created_at",
    include_total: bool = False,
) -> PageRequest:
    after = decode(cursor) if cursor else None
    return PageRequest(limit, after, sort.startswith("-"), include_total)


Paging = Annotated[PageRequest, Depends(_page_request)]


def shape(page: PageOf[Any], item: Callable[[Any], T]) -> Page[T]:
    """A page of rows as a page of answers."""
    return Page(
        items=[item(row) for row in page.items],
        next_cursor=encode(page.next_after) if page.next_after else None,
        total=page.total,
    )
