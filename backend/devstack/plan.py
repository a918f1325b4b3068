"""Everything decided before the first part starts: mode, folders, ports, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack import environment, layout, ports
from devstack.environment import Environment
from devstack.layout import ROOT
from devstack.orphans import MARKER
from devstack.processes import StartError

FIRST_PORT = 8000
FIRST_VITE_PORT = 5173
LAST_PORT = 65535


@dataclass(frozen=True)
class Plan:
    """``data`` is this mode's folder below ``data_dir``; a None port means: not ours to start."""

    data_dir: Path
    data: Path
    demo: bool
    host: str
    port: int
    vite_port: int | None
    simulator_port: int | None
    postgres_port: int | None
    valkey_port: int | None
    environment: Mapping[str, str]

    @property
    def api_url(self) -> str:
        """Where this machine reaches the API: a wildcard address is not one to connect to."""
        host = {"0.0.0.0": ports.LOOPBACK, "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    @property
    def url(self) -> str:
        """What the person opens."""
        return f"http://localhost:{self.vite_port}" if self.vite_port else self.api_url

    @property
    def simulator_url(self) -> str | None:
        """The imitated Cloud API's address in the demo."""
        return f"http://127.0.0.1:{self.simulator_port}" if self.simulator_port else None


def data_dir(settings: Environment) -> Path:
    """``DATA_DIR``, relative to the working copy."""
    return (ROOT / (settings.get("DATA_DIR") or ".data")).resolve()


def load_environment() -> Environment:
    """The settings in force; writes ``.env`` when secrets are missing."""
    return environment.load(layout.ENV_FILE)


def decide(settings: Environment, *, dev: bool) -> Plan:
    """Choose ports and folders; raises StartError when the wanted port is taken."""
    demo = settings.get("WHATSAPP_API_BASE_URL") is None
    folder = data_dir(settings)
    data = folder / ("demo" if demo else "live")
    data.mkdir(parents=True, exist_ok=True)
    remembered = ports.Remembered(data / "ports.json")
    host = settings.get("HOST") or ports.LOOPBACK
    return Plan(
        data_dir=folder,
        data=data,
        demo=demo,
        host=host,
        port=_port(settings.get("PORT"), host),
        vite_port=ports.next_free(FIRST_VITE_PORT) if dev else None,
        simulator_port=remembered.pick("simulator") if demo else None,
        postgres_port=None if settings.get("DATABASE_URL") else remembered.pick("postgres"),
        valkey_port=None if settings.get("REDIS_URL") else remembered.pick("valkey"),
        environment=_inherited(settings),
    )


def reserve(plan: Plan) -> ports.Reserved:
    """Keep the API's port until the API starts; raises StartError when another was faster.

    Building the dashboard takes minutes the first time: a run begun meanwhile would choose the
    same port, and the later of the two would take the other's API for its own.
    """
    try:
        return ports.Reserved(plan.port, plan.host)
    except OSError:
        raise StartError(
            f"Port {plan.port} on {plan.host} was taken just now: start again."
        ) from None


def known(plan: Plan, *, database_url: str, redis_url: str) -> dict[str, str]:
    """What only this run knows; the parts get it on top of ``plan.environment``."""
    values = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "HOST": plan.host,
        "PORT": str(plan.port),
        "PUBLIC_URL": plan.environment.get("PUBLIC_URL") or plan.url,
        "DATA_DIR": str(plan.data),
        "WHATSAPP_API_BASE_URL": plan.simulator_url,
        "API_URL": plan.api_url,
        "PYTHONPATH": str(ROOT / "backend"),
        "PYTHONUNBUFFERED": "1",
        # The system's zone data may be years old; the pinned package is the one to believe.
        "PYTHONTZPATH": "",
        MARKER: str(plan.data_dir),
    }
    return {name: value for name, value in values.items() if value is not None}


def _inherited(settings: Environment) -> dict[str, str]:
    # An empty variable means not set: it must not hide the file's value.
    return {**settings.real, **settings.file, **{k: v for k, v in settings.real.items() if v}}


def _port(wanted: str | None, host: str) -> int:
    try:
        if wanted is None:
            return ports.next_free(FIRST_PORT, host)
        port = _number(wanted)
        if not ports.is_free(port, host):
            raise StartError(
                f"Port {wanted} is taken on {host}. Free it, set PORT to another, "
                "or leave PORT unset for the next free one."
            )
    except OSError as error:
        raise StartError(f"HOST {host} cannot be listened on: {error.strerror}.") from None
    return port


def _number(port: str) -> int:
    if port.isascii() and port.isdecimal() and 1 <= int(port) <= LAST_PORT:
        return int(port)
    raise StartError(f"PORT must be a number from 1 to {LAST_PORT}, not {port!r}.")
