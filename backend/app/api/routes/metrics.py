"""Prometheus' door: from this machine, or with METRICS_TOKEN."""

import hmac

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from app.api import loopback, metrics
from app.core import db, walls
from app.core.config import settings
from app.services import load

router = APIRouter(prefix="/metrics", include_in_schema=False)


@router.get("")
def get_metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format; 404 for whom they don't concern."""
    if not (loopback.is_local(request) or _has_token(request)):
        raise HTTPException(404, "There is nothing at /metrics.")
    with db.reading(walls.WORKER) as session:
        measured = load.measure(session)
    text = metrics.render(measured, load.queue_lengths())
    return Response(text, media_type=metrics.CONTENT_TYPE)


def _has_token(request: Request) -> bool:
    token = settings().metrics_token
    sent = request.headers.get("authorization", "")
    expected = f"Bearer {token.get_secret_value()}" if token else ""
    return bool(expected) and hmac.compare_digest(sent.encode(), expected.encode())
