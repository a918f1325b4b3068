"""JSON of callbacks, made safe to read and to store.

PostgreSQL takes neither NUL nor lone surrogates nor infinities, and one message that can't be
stored must not hold up the others of its batch. Deep nesting would end in RecursionError later.
"""

import json
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from app.integrations.whatsapp.errors import as_int

Json = dict[str, Any]

MAX_DEPTH = 32
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Escapes that may hide such characters; emoji look like this too.
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# 2001 to 2100, in seconds: whatever lies outside isn't a Unix time in seconds.
_EARLIEST, _LATEST = 1_000_000_000, 4_102_444_800


class UnreadableError(Exception):
    """Not JSON, or nested too deeply."""


def load(body: bytes) -> Any:
    """Decode; unstorable characters become U+FFFD, infinities and NaN null."""
    try:
        # Left to json, bytes may also be UTF-16 and hold surrogates.
        decoded = body.decode("utf-8-sig", "replace")
        document = json.loads(decoded, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        raise UnreadableError("not JSON") from None
    # A walk costs more than the decoding; most bodies are too small to need it.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH or _SUSPICIOUS.search(body):
        return _storable(document, MAX_DEPTH)
    return document


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


def _storable(value: Any, depth: int) -> Any:
    if depth < 0:
        raise UnreadableError("nested too deeply")
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_storable(k, depth): _storable(v, depth - 1) for k, v in value.items()}
    return value


def obj(parent: object, key: str) -> Json:
    """The object at ``key``; empty when there is none."""
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}


def objects(parent: object, key: str) -> list[Json]:
    """The objects in the array at ``key``; other items are left out."""
    value = parent.get(key) if isinstance(parent, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(parent: Json, key: str) -> str | None:
    """Text at ``key``, None when absent or empty. Ids may come as integers: read as text."""
    value = parent.get(key)
    if type(value) is int:
        return str(value) if abs(value) < 10**30 else None
    return value if isinstance(value, str) and value else None


def upper(parent: Json, key: str) -> str | None:
    """Text in capitals: the case of events varies."""
    value = text(parent, key)
    return value.upper() if value else None


def instant(parent: Json, key: str) -> datetime | None:
    """Unix seconds as text or integer; None for anything that isn't."""
    seconds = as_int(parent.get(key))
    if seconds is None or not _EARLIEST <= seconds < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
