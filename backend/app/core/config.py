"""Settings: every value the environment may give, read once.

Names are fixed (see ``.env.example``). The real environment wins over ``.env``. Settings that
can't be used end the process with a sentence each, before it has done anything.
"""

import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NoReturn, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core import config_rules

# uvicorn takes it for "would fail the same way again" and starts no more children.
REFUSED = 3
META_GRAPH_URL = "https://graph.facebook.com"


class Settings(BaseSettings):
    """One field per environment name; see ``.env.example`` for what each does."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str
    redis_url: str
    secret_key: SecretStr = Field(min_length=32)
    public_url: str = "http://127.0.0.1:8000"
    port: int = Field(default=8000, ge=1, le=65535)
    host: str = "127.0.0.1"
    env: Literal["development", "production"] = "development"
    web_workers: int = Field(default=1, ge=1)
    worker_concurrency: int = Field(default=2, ge=1)
    cors_origins: str = ""
    setup_token: SecretStr | None = None
    metrics_token: SecretStr | None = None
    docs: Literal["on", "off"] = "on"
    smtp_url: SecretStr | None = None
    forwarded_allow_ips: str = "127.0.0.1"
    webhook_allowed_hosts: str = ""
    whatsapp_api_base_url: str = META_GRAPH_URL
    whatsapp_api_version: str = Field(default="v26.0", pattern=r"^v\d+\.\d+$")
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    data_dir: Path = Path(".data")
    crash_points: str = ""

    @field_validator("database_url")
    @classmethod
    def _use_psycopg2(cls, url: str) -> str:
        # Hosts hand out postgres:// URLs; SQLAlchemy wants the driver named.
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg2://" + url.removeprefix(prefix)
        return url

    @field_validator("whatsapp_api_base_url", "public_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()

    @model_validator(mode="after")
    def _no_traps_in_production(self) -> Self:
        if self.env == "production" and self.crash_points:
            raise ValueError("CRASH_POINTS kills this process on purpose: never in production")
        return self

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        chosen = config_rules.Chosen(
            self.database_url,
            self.redis_url,
            self.public_url,
            self.whatsapp_api_base_url,
            self.whatsapp_api_version,
            self.cors_origins,
            self.secret_key.get_secret_value(),
            production=self.env == "production",
        )
        if found := list(config_rules.contradictions(chosen)):
            raise ValueError("\n".join(found))
        return self

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry ``Secure``: follows the scheme of ``PUBLIC_URL``."""
        return self.public_url.startswith("https://")


def sentences(error: ValidationError) -> list[str]:
    """What is wrong, without the values: they may be secrets."""
    found: list[str] = []
    for one in error.errors(include_input=False, include_url=False):
        name = "_".join(map(str, one["loc"])).upper()
        if not name:
            found += str(one["ctx"]["error"]).splitlines()
        elif one["type"] == "missing":
            found.append(f"{name} is not set; .env.example says what it is for.")
        elif name == "SECRET_KEY" and one["type"].endswith("too_short"):
            found.append(
                f"SECRET_KEY is too short: log-ins and tokens hang on it, so it needs at least "
                f"{one['ctx']['min_length']} random characters."
            )
        else:
            found.append(f"{name} can't be used: {one['msg']}.")
    return found


def refuse(reasons: Iterable[str]) -> NoReturn:
    """End this process, saying why it must not run."""
    for reason in reasons:
        print(f"Refusing to start: {reason}", file=sys.stderr, flush=True)  # noqa: T201
    raise SystemExit(REFUSED)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read from the environment at first use.

    Raises SystemExit, having said why, when they can't be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = sentences(error)
    refuse(found)
