"""API keys: random, shown once, stored only as SHA-256.

A key reads ``wsk_<id>_<secret><checksum>``. The id finds the row and may be shown; the checksum
tells a mistyped key from a wrong one without asking the database and lets scanners of leaked
secrets recognise one. 43 letters of base 62 are 256 bits, so a plain digest can't be guessed.
"""

import re
import secrets
import string
from dataclasses import dataclass
from zlib import crc32

from app.core.crypto import sha256_hex

PREFIX = "wsk_"
_ALPHABET = string.digits + string.ascii_letters
_ID_LENGTH, _SECRET_LENGTH, _CHECKSUM_LENGTH = 12, 43, 6
_SHAPE = re.compile(
    rf"{PREFIX}(?P<id>[0-9A-Za-z]{{{_ID_LENGTH}}})"
    rf"_[0-9A-Za-z]{{{_SECRET_LENGTH}}}(?P<checksum>[0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is stored of a key: ``key_id`` to find it by, ``digest`` to compare."""

    key_id: str
    digest: str

    @property
    def prefix(self) -> str:
        """How the key begins: what finds it, and may be shown."""
        return f"{PREFIX}{self.key_id}"


def generate() -> tuple[str, ApiKey]:
    """Return a new key, to be shown once, and what to store of it."""
    key_id, secret = _random(_ID_LENGTH), _random(_SECRET_LENGTH)
    body = f"{PREFIX}{key_id}_{secret}"
    key = body + _checksum(body)
    return key, ApiKey(key_id, sha256_hex(key))


def parse(text: str) -> ApiKey | None:
    """Read a key a caller sent; None when it can't be one (shape or checksum)."""
    match = _SHAPE.fullmatch(text)
    if match is None or _checksum(text[:-_CHECKSUM_LENGTH]) != match["checksum"]:
        return None
    return ApiKey(match["id"], sha256_hex(text))


def matches(sent: ApiKey, stored_digest: str) -> bool:
    """Compare in constant time."""
    return secrets.compare_digest(sent.digest.encode(), stored_digest.encode())


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    number, letters = crc32(text.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters
