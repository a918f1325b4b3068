"""What the contract names and this version doesn't build: refused honestly, nothing is kept."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from app.api.browser import SameOrigin
from app.api.deps import needs
from app.api.idempotency import Route
from app.api.problems import problems
from app.domain.errors import InvalidError

OPEN: tuple[tuple[str, str, str], ...] = (
    ("GET", "/auth/oidc/login", "auth"),
    ("GET", "/auth/oidc/callback", "auth"),
)
OPEN_FORMS: tuple[tuple[str, str, str], ...] = (
    ("POST", "/auth/password/forgot", "auth"),
    ("POST", "/auth/password/reset", "auth"),
)

# By the permission that the operation will need.
OF_SCOPES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "account": (
        ("POST", "/auth/totp/enroll", "auth"),
        ("POST", "/auth/totp/confirm", "auth"),
        ("POST", "/auth/totp/disable", "auth"),
    ),
    "schedules:read": (
        ("POST", "/schedules/forecast", "schedules"),
        ("GET", "/schedules/{id}/forecast", "schedules"),
        ("GET", "/calendar", "schedules"),
    ),
    "schedules:write": (("POST", "/schedules/{id}/occurrences/skip", "schedules"),),
    "schedules:approve": (
        ("POST", "/schedules/{id}/approve", "schedules"),
        ("POST", "/schedules/{id}/reject", "schedules"),
    ),
    "deliveries:read": (("GET", "/deliveries/export.csv", "deliveries"),),
    "conversations:read": (
        ("GET", "/conversations", "conversations"),
        ("GET", "/conversations/{id}/messages", "conversations"),
    ),
    "conversations:write": (("POST", "/conversations/{id}/reply", "conversations"),),
    "analytics:read": (
        ("GET", "/analytics/summary", "analytics"),
        ("GET", "/analytics/export.xlsx", "analytics"),
    ),
    "webhooks:read": (
        ("GET", "/webhook-endpoints", "webhooks"),
        ("GET", "/webhook-endpoints/{id}", "webhooks"),
        ("GET", "/webhook-endpoints/{id}/deliveries", "webhooks"),
    ),
    "webhooks:write": (
        ("POST", "/webhook-endpoints", "webhooks"),
        ("PATCH", "/webhook-endpoints/{id}", "webhooks"),
        ("DELETE", "/webhook-endpoints/{id}", "webhooks"),
        ("POST", "/webhook-endpoints/{id}/test", "webhooks"),
        ("POST", "/webhook-endpoints/{id}/rotate-secret", "webhooks"),
    ),
    "admin": (
        ("GET", "/price-list", "workspace"),
        ("PUT", "/price-list", "workspace"),
    ),
}


def _refusal(method: str, path: str) -> Callable[..., None]:
    def refuse() -> None:
        raise InvalidError.not_supported_yet(f"{method} {path}")

    def refuse_one(id: UUID) -> None:
        refuse()

    chosen = refuse_one if "{id}" in path else refuse
    chosen.__doc__ = "Not supported by this version yet: answers 422 `not_supported_yet`."
    return chosen


def _router(
    operations: tuple[tuple[str, str, str], ...], dependencies: list[Any], *statuses: int
) -> APIRouter:
    router = APIRouter(route_class=Route)
    for method, path, tag in operations:
        router.add_api_route(
            path,
            _refusal(method, path),
            methods=[method],
            tags=[tag],
            name=_name(method, path),
            responses=problems(*statuses),
            dependencies=dependencies,
        )
    return router


def _name(method: str, path: str) -> str:
    # With "one" for an id, so that each operation has a name of its own.
    words = re.sub(r"\{id\}", "one", path).strip("/")
    return method.lower() + "_" + re.sub(r"\W", "_", words)


open_routers = (_router(OPEN, [], 422), _router(OPEN_FORMS, [SameOrigin], 403, 422))
scope_routers = tuple(
    _router(operations, [needs(scope)], 401, 403, 422) for scope, operations in OF_SCOPES.items()
)
