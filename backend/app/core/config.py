"""Settings: every value the environment may give, read once.

Names are fixed (see ``.env.example``). The real environment wins over ``.env``.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry ``Secure``: follows the scheme of ``PUBLIC_URL``."""
        return self.public_url.startswith("https://")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read from the environment at first use."""
    return Settings()
