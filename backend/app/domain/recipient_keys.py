"""How callers name a recipient: our id, or their own as ``external:<id>``."""

from uuid import UUID

_EXTERNAL = "external:"


def parse(key: str) -> UUID | str | None:
    """The id as UUID, their id as text, None when it is neither."""
    if "\x00" in key:
        return None
    if key.startswith(_EXTERNAL):
        return key.removeprefix(_EXTERNAL) or None
    try:
        return UUID(key)
    except ValueError:
        return None
