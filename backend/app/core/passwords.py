"""Passwords, hashed with argon2id.

Cost (19 MiB, two passes, one lane) is OWASP's minimum for argon2id. passlib stays behind these
three functions, so that another hasher can take its place.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from app.domain.errors import TooManyRequestsError

with warnings.catch_warnings():
    # Both come from passlib's own imports and say nothing about our use of it.
    warnings.filterwarnings("ignore", "'crypt' is deprecated", DeprecationWarning)
    warnings.filterwarnings("ignore", "Accessing argon2.__version__", DeprecationWarning)
    from passlib.context import CryptContext
    from passlib.hash import argon2

    argon2.set_backend("argon2_cffi")

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19_456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)

# Hash of a password nobody has; kept as text so that importing this module costs nothing.
_DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$aG91c2UtdGhhdC1pcy1ub3Q$"
    "q5hPzgn6WvYt0VbcrEGuoJkTEzi0nLs3m1cqVhJ2fXo"
)

# Each hash takes a core and 19 MiB: a storm of log-ins must not starve everything else. Those who
# wait hold a thread and a connection meanwhile, so that they are few, too.
_AT_ONCE, _WAITING = 2, 6
_hashing = BoundedSemaphore(_AT_ONCE)
_let_in = BoundedSemaphore(_AT_ONCE + _WAITING)


@contextmanager
def _turn() -> Iterator[None]:
    if not _let_in.acquire(blocking=False):
        raise TooManyRequestsError("Too many people log in right now.", retry_after=1)
    try:
        with _hashing:
            yield
    finally:
        _let_in.release()


def hash_password(password: str) -> str:
    """Return the argon2id hash to store, parameters and salt included.

    Raises ValueError for text that can't be hashed (over 4096 characters, lone surrogates), and
    TooManyRequestsError when too many wait for their turn, as the other functions do.
    """
    with _turn():
        return _context.hash(password)


def verify(password: str, stored_hash: str) -> tuple[bool, str | None]:
    """Say whether the password is right, and the hash to store instead when the cost has changed.

    Anything that isn't an argon2 hash matches no password.
    """
    try:
        with _turn():
            return _context.verify_and_update(password, stored_hash)
    except ValueError:
        return False, None


def verify_dummy(password: str) -> None:
    """Take as long as ``verify`` does, for an account that doesn't exist."""
    verify(password, _DUMMY_HASH)
