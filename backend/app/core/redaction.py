"""What never stands in a log: secrets, tokens, people's numbers, texts out of the database.

Fields pass by a list of those that may; free text by patterns, and by the very values of this
installation's secrets.
"""

import hashlib
import hmac
import re
from functools import lru_cache

from pydantic import SecretStr
from sqlalchemy import make_url

from app.core import keys
from app.core.config import settings

# fmt: off
FIELDS = frozenset({
    "event", "level", "logger", "timestamp", "exception", "stack", "request_id", "task",
    "task_id", "attempt_id", "claim_id", "delivery_id", "import_id", "message_id",
    "occurrence_id", "recipient_id", "schedule_id", "sender_id", "workspace_id", "group_id",
    "key_id", "session_id", "member_id", "invitation_id", "template_id", "method", "route",
    "status", "duration_ms", "outcome", "reason", "meta_code", "http_status",
})
# fmt: on
REDACTED = "[redacted]"

_SECRETS = (
    # By their looks: a scheme's credentials, API keys, Meta's tokens, JWTs, a URL's password.
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s,;\"']+"), r"\1 [redacted]"),
    (re.compile(r"\bwsk_[\w.\-]+"), "wsk_[redacted]"),
    (re.compile(r"\bwhsec_[\w+/=\-]+"), "whsec_[redacted]"),
    (re.compile(r"\bEAA[A-Za-z0-9]{8,}"), "EAA[redacted]"),
    (re.compile(r"\beyJ[\w\-]{8,}(?:\.[\w\-]*){1,4}"), "eyJ[redacted]"),
    (re.compile(r"(://)[^\s/@]*:[^\s/@]+@"), r"\1[redacted]@"),
    # By their names.
    (
        re.compile(
            r"(?i)([\w.\-]*(?:token|secret|password|passwd|authorization|cookie|api_?key)"
            r"[\"']?\s*[=:]\s*)(?!\[redacted)(?:\"[^\"]*\"|'[^']*'|[^\s\"'&,;})\]]+)"
        ),
        r"\1[redacted]",
    ),
    # What PostgreSQL quotes of rows and statements.
    (re.compile(r"(?m)^(\s*(?:DETAIL|CONTEXT|QUERY|LINE \d+)):.*$"), r"\1: [redacted]"),
    (re.compile(r'(invalid input (?:syntax|value)\b[^"\n]*: ?)".*"'), r'\1"[redacted]"'),
    # A message id holds the number it went to.
    (re.compile(r"\bwamid\.[\w+/=\-]*?([\w+/=\-]{1,6})(?![\w+/=\-])"), r"wamid…\1"),
)
# No part of a UUID, a time, an address or a version; a plus may stand as in URLs.
_NUMBER = re.compile(r"(?:(?<![\w.:\-])\+?|(?<=%2B))\d{8,15}(?![\w:\-]|\.\d)", re.IGNORECASE)


def text(value: str) -> str:
    """``value`` without what must not be seen; a number keeps its end, and a mark to follow."""
    for secret in _values():
        value = value.replace(secret, REDACTED)
    for pattern, instead in _SECRETS:
        value = pattern.sub(instead, value)
    return _NUMBER.sub(lambda found: _number(found.group()), value)


def _number(found: str) -> str:
    digits = found.removeprefix("+").encode()
    mark = hmac.new(keys.key_for("numbers-in-logs"), digits, hashlib.sha256).hexdigest()[:6]
    return f"…{found[-3:]}#{mark}"


@lru_cache(maxsize=1)
def _values() -> tuple[str, ...]:
    chosen = settings()
    found = [
        value.get_secret_value()
        for name in type(chosen).model_fields
        if isinstance(value := getattr(chosen, name), SecretStr)
        # That one is printed on purpose while there is no owner.
        and name != "setup_token"
    ]
    found += [str(make_url(url).password or "") for url in (chosen.database_url, chosen.redis_url)]
    # Short ones are words that stand in any text.
    return tuple(sorted((value for value in found if len(value) >= 8), key=len, reverse=True))
