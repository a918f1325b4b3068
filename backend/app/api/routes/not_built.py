"""What the contract names and this version doesn't build: refused honestly, nothing is kept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from app.api.deps import needs_person
from app.api.idempotency import Route
from app.api.problems import problems
from app.domain.errors import InvalidError

OPEN: tuple[tuple[str, str, str], ...] = (
    ("POST", "/auth/password/forgot", "auth"),
    ("POST", "/auth/password/reset", "auth"),
    ("GET", "/auth/oidc/login", "auth"),
    ("GET", "/auth/oidc/callback", "auth"),
    ("POST", "/invitations/accept", "members"),
)
OF_PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("POST", "/auth/totp/enroll", "auth"),
    ("POST", "/auth/totp/confirm", "auth"),
    ("POST", "/auth/totp/disable", "auth"),
    ("PATCH", "/members/{id}", "members"),
    ("DELETE", "/members/{id}", "members"),
    ("GET", "/invitations", "members"),
    ("POST", "/invitations", "members"),
    ("DELETE", "/invitations/{id}", "members"),
)


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
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    return "_".join([method.lower(), *words])


open_router = _router(OPEN, [], 422)
people_router = _router(OF_PEOPLE, [needs_person()], 401, 403, 422)
