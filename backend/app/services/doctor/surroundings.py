"""Settings, time zones, disk and Redis: what is around the product."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.core import clock, redis
from app.core.config import META_GRAPH_URL, settings
from app.domain import local_time
from app.services.doctor.findings import Finding, fail, ok, warn

_ROOMY_GB = 1.0


def of_settings() -> Iterator[Finding]:
    """What can be used but is seldom meant."""
    chosen = settings()
    public = urlsplit(chosen.public_url)
    local = public.hostname in {"localhost", "127.0.0.1", "::1"}
    real = chosen.whatsapp_api_base_url == META_GRAPH_URL
    found = []
    if real and (local or public.scheme != "https"):
        found.append(
            warn(
                "settings",
                f"PUBLIC_URL is {chosen.public_url}; WhatsApp calls back public https only.",
                "Set PUBLIC_URL to the address Meta reaches.",
            )
        )
    if real and chosen.env != "production":
        found.append(
            warn("settings", "ENV is development, with Meta's real API.", "Set ENV=production.")
        )
    if chosen.whatsapp_verify_token is None:
        found.append(
            warn(
                "settings",
                "WHATSAPP_VERIFY_TOKEN is not set, so Meta's handshake is refused.",
                "Choose one and type it into Meta's webhook form.",
            )
        )
    yield from found or [ok("settings", f"{chosen.env}, API at {chosen.whatsapp_api_base_url}")]


def of_time_zones() -> Iterator[Finding]:
    """Which zone data decide at what instant a wall time is."""
    version = local_time.tzdata_version()
    year = int(version[:4])
    # Released several times a year: the first half of the next one must have brought another.
    now = clock.now()
    if now.year > year + 1 or (now.year == year + 1 and now.month > 6):
        yield warn(
            "time zones",
            f"tzdata {version} is of {year}; countries have changed their rules.",
            "Upgrade to a newer version of the scheduler.",
        )
    else:
        yield ok("time zones", f"tzdata {version}")


def of_disk() -> Iterator[Finding]:
    """Room for logs and embedded databases; a database elsewhere has a disk of its own."""
    folder = settings().data_dir if settings().data_dir.is_dir() else "."
    usage = shutil.disk_usage(folder)
    free_gb = usage.free / 1024**3
    says = f"{free_gb:.1f} GB free of {usage.total / 1024**3:.0f} at {folder}"
    if free_gb < _ROOMY_GB:
        yield warn("disk", says, "Make room: PostgreSQL stops when its disk is full.")
    else:
        yield ok("disk", says)


def of_redis() -> Iterator[Finding]:
    """Reachable, and not one that throws doorbells away when it is full."""
    try:
        memory = redis.client().info("memory")
    except Exception as failure:
        yield fail(
            "redis",
            f"does not answer ({type(failure).__name__}); sending goes on by the minute sweep.",
            "Start it, or mend REDIS_URL.",
        )
        return
    policy = str(memory.get("maxmemory_policy", "unknown"))
    if policy == "noeviction":
        yield ok("redis", f"answers, {policy}, {memory.get('used_memory_human', '?')} used")
    else:
        yield warn(
            "redis",
            f"maxmemory-policy is {policy}: when full it would throw doorbells away.",
            "Set maxmemory-policy noeviction.",
        )
