"""Logs: structured, one line an event, without secrets or full phone numbers."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from app.core import redaction
from app.core.config import settings

# They bring handlers of their own, which would write past ours.
_FOREIGN = ("uvicorn", "uvicorn.error", "celery", "celery.task", "kombu", "aiohttp", "alembic")


def _redact(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        # Underscores are structlog's own and don't reach the line.
        if key.startswith("_"):
            continue
        if key not in redaction.FIELDS:
            event[key] = "[not listed]"
        elif isinstance(value, bool | int | float) or value is None:
            continue
        elif key != "timestamp":
            event[key] = redaction.text(str(value))
    return event


def configure() -> None:
    """Set up logging for this process: JSON in production, readable lines elsewhere."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=redaction.FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings().env == "production"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings().log_level)
    for name in _FOREIGN:
        foreign = logging.getLogger(name)
        foreign.handlers.clear()
        foreign.propagate = True
    # Its lines have paths, and paths have ids; ours have the route.
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
