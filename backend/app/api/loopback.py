"""Who may do what only the machine's own people should: set-up and metrics."""

import hmac
import ipaddress

from starlette.requests import Request

from app.core import keys
from app.core.config import settings

# Headers that proxies add. The address in them is the caller's word where the proxy is trusted
# too widely (FORWARDED_ALLOW_IPS=*), and left unread where it isn't trusted at all.
_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_local(request: Request) -> bool:
    """Whether the caller is on this machine and asked for it directly, by a local name.

    The name counts too: a page on the web may have its domain point to 127.0.0.1. A request
    that came through a proxy is never local, wherever the proxy is.
    """
    if any(name in request.headers for name in _OF_PROXIES):
        return False
    client = request.client.host if request.client else ""
    return _is_loopback(client) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def setup_token() -> str:
    """``SETUP_TOKEN``, or one derived from the secret key: all processes know the same."""
    configured = settings().setup_token
    if configured is not None:
        return configured.get_secret_value()
    return keys.key_for("setup-token").hex()[:32]


def may_set_up(request: Request, token: str | None) -> bool:
    """Loopback may; from elsewhere the token is needed."""
    if is_local(request):
        return True
    return token is not None and hmac.compare_digest(token.encode(), setup_token().encode())
