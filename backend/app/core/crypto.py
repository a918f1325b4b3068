"""Secrets at rest: AES-256-GCM, each value bound to the cell that holds it.

The cell (table, column, workspace, row) is authenticated with the value, so a ciphertext copied
to another row or column doesn't open. The key's id stands in front, so that old values still
open while a new ``SECRET_KEY`` seals.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_bytes
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core import keys
from app.core.config import settings

_FORMAT = "v1"
# NIST SP 800-38D: 96 random bits, safe up to 2^32 values a key.
_NONCE_BYTES = 12
_PURPOSE = "secrets-at-rest"


class SealError(Exception):
    """A sealed value that doesn't open: changed, moved to another cell, or of a lost key."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a secret lives."""

    table: str
    column: str
    workspace_id: UUID
    row_id: UUID

    def encoded(self) -> bytes:
        """The cell as bytes that no other cell has."""
        parts = [self.table, self.column, str(self.workspace_id), str(self.row_id)]
        return json.dumps(parts).encode()


class Vault:
    """Seals with the first of ``secrets``, opens with any of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        derived = [keys.derive(secret, _PURPOSE) for secret in secrets]
        self._ciphers = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in derived}
        self._current = next(iter(self._ciphers))

    def seal(self, plain: str, cell: Cell) -> str:
        """Return ``v1.<key id>.<nonce, ciphertext and tag in base64url>``."""
        nonce = token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain.encode(), cell.encoded())
        return f"{_FORMAT}.{self._current}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open_sealed(self, sealed: str, cell: Cell) -> str:
        """Return the plain text; raises SealError when it isn't this cell's or was changed."""
        try:
            version, key_id, body = sealed.split(".")
            if version != _FORMAT:
                raise SealError(f"Unknown format of a secret of {cell.table}.{cell.column}.")
            raw = urlsafe_b64decode(body)
            cipher = self._ciphers[key_id]
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], cell.encoded()).decode()
        except (ValueError, KeyError, InvalidTag):
            # The cause could carry parts of the value into a log.
            raise SealError(f"A secret of {cell.table}.{cell.column} doesn't open.") from None

    def is_current(self, sealed: str) -> bool:
        """Say whether the newest key sealed this; if not, seal it again."""
        return sealed.startswith(f"{_FORMAT}.{self._current}.")


@lru_cache(maxsize=1)
def _vault() -> Vault:
    return Vault([settings().secret_key.get_secret_value()])


def seal(plain: str, cell: Cell) -> str:
    """Seal with this installation's key; see ``Vault.seal``."""
    return _vault().seal(plain, cell)


def open_sealed(sealed: str, cell: Cell) -> str:
    """Open with this installation's key; see ``Vault.open_sealed``."""
    return _vault().open_sealed(sealed, cell)


def sha256_hex(text: str) -> str:
    """Digest for storing tokens of full strength; never for passwords."""
    return hashlib.sha256(text.encode()).hexdigest()
