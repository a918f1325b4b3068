"""Readiness: what is ill, by name."""

import logging
from collections.abc import Container

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core import db, migrations, redis
from app.repositories import health, server
from app.services import heartbeats
from app.services.dispatch import clock_readings, release
from app.services.dispatch.guard import CONFIRM

logger = logging.getLogger(__name__)

# Workers give a sign of life every few seconds; beat's is its minute sweep.
MAX_AGE_S = {"worker:dispatch": 30.0, "worker:default": 30.0, "beat": 150.0}
DISPATCH = "dispatch"
WELL = "ok"
_SILENT = "does not answer"
_UNKNOWN = "unknown"


def of_api() -> dict[str, str]:
    """Database and migrations: ``ok``, or what is wrong."""
    try:
        with db.reading(None) as session:
            version = health.migrated_to(session)
            lacking = server.lacks(session)
    except SQLAlchemyError as failure:
        _log("the database", failure)
        return {"database": _SILENT, "migrations": _UNKNOWN}
    head = migrations.head()
    behind = f"at {version}, this version needs {head}: run alembic upgrade head"
    database = f"{'; '.join(lacking)}: run alembic upgrade head" if lacking else WELL
    return {"database": database, "migrations": WELL if version == head else behind}


def of_system() -> dict[str, str]:
    """Every part of the system: ``ok``, or what is wrong."""
    checks = of_api() | {"redis": _redis()}
    return checks | _parts(migrated=checks["migrations"] == WELL)


def _redis() -> str:
    try:
        redis.client().ping()
    except Exception as failure:
        _log("Redis", failure)
        return _SILENT
    return WELL


def _parts(*, migrated: bool) -> dict[str, str]:
    unknown = dict.fromkeys((*MAX_AGE_S, DISPATCH), _UNKNOWN)
    if not migrated:
        return unknown
    try:
        with db.reading() as session:
            ages = heartbeats.ages(session)
            linked = heartbeats.linked(session, MAX_AGE_S)
            may_send = _dispatch(session)
    except SQLAlchemyError as failure:
        _log("the database", failure)
        return unknown
    parts = {part: state_of(part, ages.get(part), linked) for part in MAX_AGE_S}
    return parts | {DISPATCH: may_send}


def state_of(part: str, age: float | None, linked: Container[str]) -> str:
    """``ok``, or what is wrong with a part last heard of ``age`` seconds ago."""
    if age is None:
        return "was never heard of"
    if age > MAX_AGE_S[part]:
        return f"not heard of for {age:.0f} s"
    return WELL if part in linked else "has ended, or lost the database"


def _dispatch(session: Session) -> str:
    held = release.read(session)
    if held is not None and held.held_for is not None:
        return f"held since {held.held_at:%Y-%m-%dT%H:%M:%SZ}: {held.held_detail}. {CONFIRM}"
    return "; ".join(clock_readings.too_far(clock_readings.recent(session))) or WELL


def _log(what: str, failure: Exception) -> None:
    logger.warning("%s does not answer: %s", what, type(failure).__name__)
