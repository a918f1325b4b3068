"""What only browsers need: the refresh cookie, and a guard against other sites' pages."""

from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from app.core.config import settings
from app.core.refresh_tokens import RefreshToken
from app.domain.audit import Origin
from app.domain.errors import ForbiddenError
from app.domain.members import Member
from app.services.sessions import LIFETIME, Device

_PATH = "/api/v1/auth"
_MAX_USER_AGENT = 300


def _cookie() -> tuple[str, str]:
    # The __Host- prefix keeps a sibling domain from planting a cookie here, and demands
    # Secure and Path=/. Without https neither can be had, so the path narrows it instead.
    return ("__Host-refresh", "/") if settings().secure_cookies else ("refresh", _PATH)


def refresh_cookie(request: Request) -> str | None:
    """The refresh token the browser sent."""
    return request.cookies.get(_cookie()[0])


def set_refresh_cookie(response: Response, token: RefreshToken) -> None:
    """Give the browser its next refresh token, out of reach of scripts."""
    name, path = _cookie()
    response.set_cookie(
        name,
        token.text,
        max_age=int(LIFETIME.total_seconds()),
        path=path,
        secure=settings().secure_cookies,
        httponly=True,
        samesite="strict",
    )


def delete_refresh_cookie(response: Response) -> None:
    """Take the refresh token away."""
    name, path = _cookie()
    response.delete_cookie(
        name, path, secure=settings().secure_cookies, httponly=True, samesite="strict"
    )


def _same_origin(request: Request) -> None:
    """Refuse what a page of another site made the browser send.

    Every browser of today says in Sec-Fetch-Site who asks; older ones send Origin with a POST.
    A program sends neither, and holds no cookie it didn't earn.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    else:
        same = origin is None or _is_ours(origin, request)
    if not same:
        raise ForbiddenError("A page of another site asked for this.", code="cross_site_request")


def _is_ours(origin: str, request: Request) -> bool:
    # Behind a proxy that ends TLS the scheme we see may be the wrong one: hosts are compared.
    return origin == settings().public_url or urlsplit(origin).netloc == request.headers.get("host")


SameOrigin = Depends(_same_origin)


def device(request: Request) -> Device:
    """Where a log-in comes from."""
    agent = request.headers.get("user-agent")
    return Device(address_of(request), agent[:_MAX_USER_AGENT] if agent else None)


def origin(request: Request, member: Member | None = None) -> Origin:
    """Who asks and from where, as the audit log tells it."""
    who = (member.user_id, member.api_key_id) if member else (None, None)
    return Origin(*who, address_of(request), request.state.request_id)


def address_of(request: Request) -> str | None:
    """The caller's IP address; uvicorn has resolved trusted proxies (FORWARDED_ALLOW_IPS)."""
    return request.client.host if request.client else None
