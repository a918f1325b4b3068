"""Passwords, hashed with argon2id.

Cost (19 MiB, two passes, one lane) is OWASP's minimum for argon2id. passlib stays behind these
three functions, so that another hasher can take its place.
"""

import warnings
from threading import BoundedSemaphore

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

# Each hash takes a core and 19 MiB: a storm of log-ins must not starve everything else.
_hashing = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store, parameters and salt included.

    Raises ValueError for text that can't be hashed: over 4096 characters or lone surrogates.
    """
    with _hashing:
        return _context.hash(password)


def verify(password: str, stored_hash: str) -> tuple[bool, str | None]:
    """Say whether the password is right, and the hash to store instead when the cost has changed.

    Anything that isn't an argon2 hash matches no password.
    """
    try:
        with _hashing:
            return _context.verify_and_update(password, stored_hash)
    except ValueError:
        return False, None


def verify_dummy(password: str) -> None:
    """Take as long as ``verify`` does, for an account that doesn't exist."""
    verify(password, _DUMMY_HASH)
