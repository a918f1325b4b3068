"""Live progress: at most one hint a second for each occurrence that moved."""

import time
from collections.abc import Iterable
from uuid import UUID

from app.core import live
from app.core.db import reading
from app.repositories import lanes

EVERY_S = 1.0


class Progress:
    """Gathers what moved until it is time to tell."""

    def __init__(self) -> None:
        self._moved: set[UUID] = set()
        self._said_at = 0.0

    def note(self, occurrence_ids: Iterable[UUID]) -> None:
        """These moved."""
        self._moved.update(occurrence_ids)

    def due(self) -> bool:
        """Whether there is something to tell and the last time is a second ago."""
        return bool(self._moved) and time.monotonic() - self._said_at >= EVERY_S

    def say(self) -> None:
        """Tell all that moved."""
        moved, self._moved = self._moved, set()
        self._said_at = time.monotonic()
        if not moved:
            return
        with reading() as session:
            owners = lanes.owners(session, moved)
        for occurrence_id, workspace_id, schedule_id in owners:
            live.say(
                workspace_id,
                "occurrence.progress",
                occurrence_id=occurrence_id,
                schedule_id=schedule_id,
            )
