"""Where the database's age is remembered outside of it: a file in DATA_DIR, and Redis.

Either may be missing: the file where the disk is read-only, Redis' copy after it was emptied.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from app.core import redis
from app.core.config import settings
from app.domain.database_epochs import Tick

logger = logging.getLogger(__name__)

_KEY = "dispatch:epoch"


def read() -> list[Tick]:
    """What is remembered, from each place that has something readable."""
    found = []
    with suppress(OSError):
        found.append(_file().read_text())
    try:
        found.append(str(redis.client().get(_KEY) or ""))
    except Exception as failure:
        logger.warning("Redis could not be asked for its epoch: %s", type(failure).__name__)
    return [tick for text in found if (tick := _parse(text)) is not None]


def write(tick: Tick) -> None:
    """Remember ``tick`` wherever possible, after the database has committed it."""
    text = f"{tick.epoch} {tick.ticks}"
    try:
        _replace(_file(), text)
    except OSError as failure:
        logger.debug("DATA_DIR can't be written: %s", failure)
    try:
        redis.client().set(_KEY, text)
    except Exception as failure:
        logger.warning("Redis could not be told the epoch: %s", type(failure).__name__)


def _file() -> Path:
    return settings().data_dir / "dispatch-epoch"


def _replace(path: Path, text: str) -> None:
    # Each writer its own: several processes of one machine keep the same file.
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.replace(path)


def _parse(text: str) -> Tick | None:
    try:
        epoch, ticks = text.split()
        return Tick(UUID(epoch), int(ticks))
    except ValueError:
        return None
