"""The demo's account, kept in ``DATA_DIR/demo/credentials.json`` (mode 600)."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

EMAIL = "demo@example.com"


@dataclass
class Credentials:
    """``api_key`` is empty until it was made, ``password`` once a person has chosen another."""

    email: str
    password: str
    api_key: str = ""

    def log_in(self) -> str:
        """What to type, as the ready line says it."""
        return f"{self.email} / {self.password or '(the password you chose)'}"

    def curl(self, api_url: str) -> str:
        """One command that shows the REST API at work."""
        return (
            f"curl -s '{api_url}/api/v1/deliveries?limit=3' "
            f"-H 'Authorization: Bearer {self.api_key}'"
        )


def fresh() -> Credentials:
    """An account with a random password that can be typed."""
    return Credentials(EMAIL, "-".join(secrets.token_hex(3) for _ in range(3)))


def read(folder: Path) -> Credentials | None:
    """The account of the demo in ``folder``; None when there is none yet."""
    try:
        return Credentials(**json.loads((folder / "credentials.json").read_text()))
    except FileNotFoundError:
        return None


def write(folder: Path, account: Credentials) -> None:
    """Keep the account, whole or not at all."""
    unfinished = folder / "credentials.new"
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(account), indent=2))
    unfinished.replace(folder / "credentials.json")
