"""Readiness: what is ill, by name."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from app.core import db, migrations, redis
from app.repositories import health
from app.services import heartbeats

logger = logging.getLogger(__name__)

# Workers give a sign of life every few seconds; beat's is its minute sweep.
MAX_AGE_S = {"worker:dispatch": 30.0, "worker:default": 30.0, "beat": 150.0}
WELL = "ok"
_SILENT = "does not answer"
_UNKNOWN = "unknown"


def of_api() -> dict[str, str]:
    """Database and migrations: ``ok``, or what is wrong."""
    try:
        with db.reading() as session:
            version = health.migrated_to(session)
    except SQLAlchemyError as failure:
        _log("the database", failure)
        return {"database": _SILENT, "migrations": _UNKNOWN}
    head = migrations.head()
    behind = f"at {version}, this version needs {head}: run alembic upgrade head"
    return {"database": WELL, "migrations": WELL if version == head else behind}


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
    if not migrated:
        return dict.fromkeys(MAX_AGE_S, _UNKNOWN)
    try:
        with db.reading() as session:
            ages = heartbeats.ages(session)
    except SQLAlchemyError as failure:
        _log("the database", failure)
        return dict.fromkeys(MAX_AGE_S, _UNKNOWN)
    return {part: _part(ages.get(part), limit) for part, limit in MAX_AGE_S.items()}


def _part(age: float | None, limit: float) -> str:
    if age is None:
        return "was never heard of"
    return WELL if age <= limit else f"not heard of for {age:.0f} s"


def _log(what: str, failure: Exception) -> None:
    logger.warning("%s does not answer: %s", what, type(failure).__name__)
