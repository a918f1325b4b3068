"""What every process asks before it starts: API, worker and beat alike.

A system that would send twice, lose messages or believe nobody's callbacks must not run at all.
"""

import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core import config, db
from app.core.config import settings
from app.domain.send_timing import TIMING
from app.repositories import durability, health, senders

logger = logging.getLogger(__name__)


def check() -> None:
    """Raise SystemExit, having said why, when this process must not run.

    A database that doesn't answer yet can't be judged: the parts start and wait for it, and
    nothing is sent before it was looked at.
    """
    if reasons := TIMING.contradictions():
        config.refuse(reasons)
    try:
        with db.reading(None) as session:
            reasons = refusals(session)
    except SQLAlchemyError as failure:
        logger.warning("the database does not answer yet: %s", type(failure).__name__)
        return
    if reasons:
        config.refuse(reasons)


def refusals(session: Session) -> list[str]:
    """What in the database forbids running, a sentence each."""
    found = [not_durable(name) for name in durability.lost_by_a_crash(session)]
    if _nobody_can_sign(session):
        found.append(
            "there is no app secret anywhere, neither WHATSAPP_APP_SECRET nor a sender's own, and "
            "ENV is production: every callback would be refused. Copy it from Meta's app "
            "dashboard (App settings, Basic)."
        )
    return found


def not_durable(setting: str) -> str:
    """Why a database with ``setting`` off can't be trusted."""
    return (
        f"{setting} is off on the database: after a crash it may have forgotten which messages "
        f"were sent, and they would be sent again. Turn {setting} on in postgresql.conf."
    )


def _nobody_can_sign(session: Session) -> bool:
    if settings().env != "production" or settings().whatsapp_app_secret is not None:
        return False
    # Before the first migration there is no table to look into.
    if health.migrated_to(session) is None:
        return False
    with db.reading() as engine:
        return not senders.any_has_app_secret(engine)
