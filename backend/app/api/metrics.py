"""Prometheus metrics: requests as this API has answered them, the rest asked at each scrape.

Several API processes count together in files, in a folder named for their common parent, so
that every run starts at zero.
"""

import os
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.config import settings

if settings().web_workers > 1:
    # prometheus_client reads this name when it is first imported, and only then.
    _folder = settings().data_dir / "metrics" / str(os.getppid())
    _folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_folder))

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from app.api.engine_metrics import Engine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_registry = CollectorRegistry()
_requests = Counter(
    "http_requests",
    "Requests answered.",
    ("method", "route", "status"),
    registry=_registry,
)
_seconds = Histogram(
    "http_request_duration_seconds",
    "Time to the first byte of the answer.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)


class CountRequests:
    """Pure ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and count it when its answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                method, route = scope["method"], _route(scope)
                _requests.labels(method, route, message["status"]).inc()
                _seconds.labels(method, route).observe(time.monotonic() - started)
            await send(message)

        await self._app(scope, receive, send_and_count)


def _route(scope: MutableMapping[str, Any]) -> str:
    # The template without its prefix, never the path: ids would make a series each.
    return getattr(scope.get("route"), "path", "other")


def render(engine: Engine) -> bytes:
    """All metrics in Prometheus' text format."""
    requests, system = _registry, CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    system.register(engine)
    return generate_latest(requests) + generate_latest(system)
