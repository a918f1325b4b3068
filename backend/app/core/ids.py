"""Identifiers: UUID version 7, so that new rows sort after old ones."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh time-ordered id (RFC 9562, version 7)."""
    return UUID(int=uuid7().int)
