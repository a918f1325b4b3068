"""Prometheus' door: from this machine, or with METRICS_TOKEN."""

import hmac
import logging

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from app.api import loopback, metrics
from app.api.engine_metrics import Engine
from app.core import db, walls
from app.core.config import settings
from app.services import load

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/metrics", include_in_schema=False)


@router.get("")
def get_metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format; 404 for whom they don't concern."""
    if not (loopback.is_local(request) or _has_token(request)):
        raise HTTPException(404, "There is nothing at /metrics.")
    engine = Engine(_load(), load.queue_lengths(), load.counted(), db.connections_in_use())
    return Response(metrics.render(engine), media_type=metrics.CONTENT_TYPE)


def _load() -> load.Load | None:
    # Just when the database is away people look at their graphs.
    try:
        with db.reading(walls.WORKER) as session:
            return load.measure(session)
    except SQLAlchemyError as failure:
        logger.warning("the database does not answer: %s", type(failure).__name__)
        return None


def _has_token(request: Request) -> bool:
    token = settings().metrics_token
    sent = request.headers.get("authorization", "")
    expected = f"Bearer {token.get_secret_value()}" if token else ""
    return bool(expected) and hmac.compare_digest(sent.encode(), expected.encode())
