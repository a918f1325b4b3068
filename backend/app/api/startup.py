"""What an API process does before its first request."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from app.api import loopback
from app.core import db, walls
from app.services import accounts, boot

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Refuse what must not run; say how to make the first owner, as long as there is none."""
    await run_in_threadpool(boot.check)
    await run_in_threadpool(_say_setup_token)
    yield


def _say_setup_token() -> None:
    try:
        with db.reading(walls.AUTH) as session:
            needed = not accounts.is_set_up(session)
    except SQLAlchemyError as failure:
        # /health/ready says so too; the API starts and waits for its database.
        logger.warning("the database does not answer yet: %s", type(failure).__name__)
        return
    if needed:
        logger.warning(
            "no owner yet: open the dashboard on this machine, or send setup_token %s",
            loopback.setup_token(),
        )
