"""Errors as the Graph API words them, read defensively.

``error_data`` may be an object, a plain string or absent, and ``code`` a string. Never branch on
the HTTP status where there is a code: code 3 comes with 500 and is a permission fault.
"""

import re
from dataclasses import dataclass
from typing import Any

_TEXT_LIMIT = 1000
# Code 190 repeats the token it was given ("Malformed access token EAAG…").
_TOKEN = re.compile(r"EAA[A-Za-z0-9]{8,}")
_HIDDEN = "[token]"


@dataclass(frozen=True, slots=True)
class MetaError:
    """``error`` of an answer; ``details`` is the most telling text, ``http_status`` for logs."""

    code: int
    subcode: int | None
    message: str
    details: str
    fbtrace_id: str | None
    is_transient: bool
    http_status: int


def parse(answer: object, http_status: int, secret: str = "") -> MetaError | None:
    """Return the error in a decoded answer; None when there is none with a code.

    ``secret`` is removed from all texts, should Meta have repeated it.
    """
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or (code := as_int(error.get("code"))) is None:
        return None
    message = _scrubbed(error.get("message"), secret)
    trace = _scrubbed(error.get("fbtrace_id"), secret)
    return MetaError(
        code=code,
        subcode=as_int(error.get("error_subcode")),
        message=message,
        details=_scrubbed(_details(error), secret) or message,
        fbtrace_id=trace or None,
        is_transient=error.get("is_transient") is True,
        http_status=http_status,
    )


def as_int(value: object) -> int | None:
    """Read an integer that may come as text; None for anything else, booleans included."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    return value if type(value) is int else None


def _details(error: dict[str, Any]) -> object:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else data
    # Management calls put the useful text into error_user_msg.
    return details or error.get("error_user_msg") or error.get("error_user_title")


def _scrubbed(value: object, secret: str) -> str:
    text = value if isinstance(value, str) else ""
    if secret:
        text = text.replace(secret, _HIDDEN)
    return _TOKEN.sub(_HIDDEN, text)[:_TEXT_LIMIT]
