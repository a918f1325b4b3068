"""Is it alive, is it ready: for supervisors and load balancers."""

import time
from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.core.version import VERSION
from app.services import health

# Anybody may ask: however often that is, the database and Redis are asked this often.
_LOOKS_A_SECOND = 4

router = APIRouter(prefix="/health", include_in_schema=False)


class Liveness(BaseModel):
    """Says only that the process answers."""

    status: Literal["healthy"] = "healthy"
    version: str = VERSION


class Readiness(BaseModel):
    """``checks`` names every part with ``ok`` or what is wrong; ``ill`` those that aren't ok."""

    status: Literal["ready", "not_ready"]
    ill: list[str]
    checks: dict[str, str]


@router.get("")
def get_health() -> Liveness:
    """The process answers; nothing else is asked."""
    return Liveness()


@router.get("/ready")
def get_readiness(response: Response, of: Literal["api", "system"] = "system") -> Readiness:
    """The whole system, or with `of=api` only what this process needs to answer."""
    checks = _checks(of, int(time.monotonic() * _LOOKS_A_SECOND))
    ill = [part for part, state in checks.items() if state != health.WELL]
    if ill:
        response.status_code = 503
    return Readiness(status="not_ready" if ill else "ready", ill=ill, checks=checks)


@lru_cache(maxsize=2)
def _checks(of: Literal["api", "system"], _moment: int) -> dict[str, str]:
    return health.of_api() if of == "api" else health.of_system()
