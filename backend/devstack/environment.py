"""Where the stack's settings come from: the environment, then ``.env`` (written when absent)."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

# Without these the product does not start, and nobody should have to invent them.
SECRETS = ("SECRET_KEY", "WHATSAPP_VERIFY_TOKEN", "METRICS_TOKEN")
HEADER = "# Made by `make run`, with secrets of its own; every name is explained in .env.example.\n"


@dataclass(frozen=True)
class Environment:
    """The real environment over the ``.env`` file; empty counts as not set."""

    real: Mapping[str, str]
    file: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """The value in force, None when it is neither here nor there."""
        return self.real.get(name) or self.file.get(name) or None


def load(env_file: Path) -> Environment:
    """Read ``.env``, having made sure that the secrets are somewhere."""
    current = Environment(os.environ, _read(env_file))
    missing = [name for name in SECRETS if current.get(name) is None]
    if missing:
        _append(env_file, {name: secrets.token_urlsafe(48) for name in missing})
    return Environment(os.environ, _read(env_file))


def _read(env_file: Path) -> dict[str, str]:
    values = dotenv_values(env_file) if env_file.is_file() else {}
    return {name: value for name, value in values.items() if value}


def _append(env_file: Path, values: Mapping[str, str]) -> None:
    is_new = not env_file.exists()
    text = "" if is_new else env_file.read_text()
    if text and not text.endswith("\n"):
        text += "\n"
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    # Replaced in one step, so that a kill leaves the old file or the new one, never half.
    unfinished = env_file.with_name(env_file.name + ".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text((HEADER if is_new else text) + lines)
    unfinished.replace(env_file)
