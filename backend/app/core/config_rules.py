"""Settings that don't fit together, each refused with a sentence that says why."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# Below this even 32 characters are typed rather than drawn: a keyboard row, a repeated word.
_FEWEST_DISTINCT = 10
_PLACEHOLDERS = ("changeme", "change-me", "change_me", "secret", "example", "for-tests", "default")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings that are judged together."""

    database_url: str
    redis_url: str
    public_url: str
    whatsapp_api_base_url: str
    whatsapp_api_version: str
    cors_origins: str
    secret_key: str
    production: bool


def contradictions(settings: Chosen) -> Iterator[str]:
    """Yield what is wrong with the settings as a whole; nothing when they may be used."""
    yield from _addresses(settings)
    yield from _origins(settings.cors_origins)
    if settings.production:
        yield from _in_production(settings)


def _addresses(settings: Chosen) -> Iterator[str]:
    if not settings.database_url.startswith("postgresql"):
        yield "DATABASE_URL is not a postgresql:// address; only PostgreSQL can be used."
    if not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL is not a redis:// or rediss:// address."
    ours, api = _web(settings.public_url), _web(settings.whatsapp_api_base_url)
    if ours is None or ours.path:
        yield "PUBLIC_URL must be http:// or https://, a host and perhaps a port, with no path."
    if api is None:
        yield "WHATSAPP_API_BASE_URL must be an http:// or https:// address."
    elif api.path.rpartition("/")[2] == settings.whatsapp_api_version:
        yield (
            f"WHATSAPP_API_BASE_URL ends in {settings.whatsapp_api_version}, which "
            "WHATSAPP_API_VERSION adds by itself: leave it out of the address."
        )
    if ours is not None and api is not None and ours.netloc == api.netloc:
        yield (
            "WHATSAPP_API_BASE_URL is PUBLIC_URL's own host: messages would be sent to ourselves."
        )


def _origins(listed: str) -> Iterator[str]:
    for origin in filter(None, map(str.strip, listed.split(","))):
        found = _web(origin)
        if found is None or found.path:
            yield (
                f"CORS_ORIGINS has {origin!r}: an origin is http:// or https:// with a host and "
                "perhaps a port; neither a path nor * is one."
            )


def _in_production(settings: Chosen) -> Iterator[str]:
    key = settings.secret_key
    if len(set(key)) < _FEWEST_DISTINCT or any(word in key.lower() for word in _PLACEHOLDERS):
        yield (
            "SECRET_KEY looks like a placeholder, and ENV is production: everybody could forge "
            "log-ins. Make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    api = _web(settings.whatsapp_api_base_url)
    if api is not None and api.scheme == "http" and not _is_this_machine(api):
        yield (
            "WHATSAPP_API_BASE_URL is http:// to another machine, and ENV is production: access "
            "tokens would travel in the clear. Use https://."
        )


def _web(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        well_formed = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return None if not well_formed or parts.query or parts.fragment else parts


def _is_this_machine(web: SplitResult) -> bool:
    host = web.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
