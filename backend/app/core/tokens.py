"""Access tokens: JWTs (RFC 7519, RFC 9068) that only this module writes and reads.

python-jose is lenient where it must not be: it takes unknown ``crit`` headers, tokens without
``exp`` or ``aud``, an ``iat`` in the future, infinities, and a deeply nested header ends in
RecursionError before any signature is checked. So a token must carry, byte for byte, the one
header written here before python-jose sees it, and every claim is checked again.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from jose import jwt

from app.core import clock, keys

LIFETIME_SECONDS = 600

_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_ISSUER = "whatsapp-scheduler"
_AUDIENCE = "whatsapp-scheduler/api"
_MAX_CHARACTERS = 2048
# Clocks of two API machines may differ by this much.
_LEEWAY_SECONDS = 5
_TIMES = ("iat", "exp")
_IDS = ("sub", "jti", "sid", "wid")
# python-jose reads the wall clock itself; ours is a parameter.
_CHECKED_HERE = {"verify_exp": False, "verify_iat": False}
_REGISTERED = {"iss": _ISSUER, "aud": _AUDIENCE, "typ": _TYPE}


class InvalidTokenError(Exception):
    """The token isn't one of ours, or no longer holds. Says nothing more: callers can't leak it."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Who calls: a user, in the session they logged in with, for one workspace."""

    user_id: UUID
    session_id: UUID
    workspace_id: UUID
    token_id: UUID
    expires_at: datetime


def _encode(claims: dict[str, Any]) -> str:
    return jwt.encode(
        claims, keys.key_for("access-token"), algorithm=_ALGORITHM, headers={"typ": _TYPE}
    )


_HEADER = jwt.encode({}, b"only the header is kept", _ALGORITHM, {"typ": _TYPE}).split(".")[0]
# The last letter of 32 bytes holds four bits of them; its others must be zero, or one signature
# could be written in four ways.
_SIGNATURE = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_SHAPE = re.compile(re.escape(_HEADER) + rf"\.[A-Za-z0-9_-]+\.{_SIGNATURE}", re.ASCII)


def issue_access(
    user_id: UUID, session_id: UUID, workspace_id: UUID, *, now: datetime | None = None
) -> str:
    """Return a token that lives ``LIFETIME_SECONDS`` from ``now``."""
    issued = int((now or clock.now()).timestamp())
    ids = dict(zip(_IDS, map(str, (user_id, uuid4(), session_id, workspace_id)), strict=True))
    return _encode({**_REGISTERED, **ids, "iat": issued, "exp": issued + LIFETIME_SECONDS})


def read_access(token: str, *, now: datetime | None = None) -> AccessClaims:
    """Return what a token of ours says; raises InvalidTokenError for anything else."""
    try:
        if len(token) > _MAX_CHARACTERS or not _SHAPE.fullmatch(token):
            raise InvalidTokenError
        claims = jwt.decode(
            token,
            keys.key_for("access-token"),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options=_CHECKED_HERE,
        )
        return _checked(claims, (now or clock.now()).timestamp())
    except Exception:
        # Whatever python-jose trips over, the caller isn't logged in; the cause could carry
        # the token into a log.
        raise InvalidTokenError from None


def _checked(claims: dict[str, Any], now: float) -> AccessClaims:
    if claims.keys() != {*_REGISTERED, *_IDS, *_TIMES}:
        raise InvalidTokenError
    if any(claims[name] != value for name, value in _REGISTERED.items()):
        raise InvalidTokenError
    issued, expires = (claims[name] for name in _TIMES)
    if type(issued) is not int or type(expires) is not int:
        raise InvalidTokenError
    if not issued - _LEEWAY_SECONDS <= now < expires <= issued + LIFETIME_SECONDS:
        raise InvalidTokenError
    user_id, token_id, session_id, workspace_id = (UUID(claims[name]) for name in _IDS)
    expires_at = datetime.fromtimestamp(expires, UTC)
    return AccessClaims(user_id, session_id, workspace_id, token_id, expires_at)
