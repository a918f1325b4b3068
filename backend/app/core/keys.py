"""Keys, each derived from ``SECRET_KEY`` for one purpose.

HKDF (RFC 5869) keeps them independent: a token can never pass as, say, an opaque id.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.config import settings

KEY_BYTES = 32


def derive(secret: str, purpose: str) -> bytes:
    """Return the 32-byte key of ``secret`` for ``purpose``; the same input gives the same key."""
    kdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"whatsapp-scheduler/{purpose}".encode())
    return kdf.derive(secret.encode())


@lru_cache(maxsize=16)
def key_for(purpose: str) -> bytes:
    """Return this installation's key for ``purpose``."""
    return derive(settings().secret_key.get_secret_value(), purpose)
