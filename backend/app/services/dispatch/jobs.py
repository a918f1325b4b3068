"""A claimed delivery on its way to being sent, as the drain holds it in memory."""

import json
from dataclasses import dataclass
from uuid import UUID

from app.core import keys
from app.core.ids import new_id
from app.domain import opaque_id
from app.integrations.whatsapp import payloads
from app.repositories.claims import ClaimedRow
from app.repositories.lanes import DueLane
from app.repositories.marks import MarkRow
from app.repositories.settlements import Settlement
from app.services.rendering import Rendered


@dataclass(slots=True)
class Job:
    """``ready_at`` is monotonic: the first instant it may leave, never before it is due."""

    lane: DueLane
    row: ClaimedRow
    claim_id: UUID
    rendered: Rendered
    ready_at: float
    attempt_id: UUID
    body: bytes

    @property
    def recipient_id(self) -> UUID:
        """For whom: the pair limit counts by it."""
        return self.row.recipient_id

    def mark_row(self) -> MarkRow:
        """What the mark needs to know."""
        return MarkRow(
            occurrence_id=self.row.occurrence_id,
            delivery_id=self.row.id,
            recipient_id=self.row.recipient_id,
            attempt_id=self.attempt_id,
            claim_id=self.claim_id,
            version=self.lane.version,
            parameters=self.rendered.parameters,
        )

    def unmarked(self, becomes: str, reason: str | None = None, wait_s: float = 0) -> Settlement:
        """It does not leave (now): skipped, expired, or scheduled again."""
        return unmarked(self.row, self.claim_id, becomes, reason, wait_s)


def prepare(
    lane: DueLane, row: ClaimedRow, claim_id: UUID, rendered: Rendered, ready_at: float
) -> Job:
    """A job with its request body, made before the mark: what can't be sent is never marked.

    Our own id travels with the message and comes back in every callback. Raises PayloadError.
    """
    attempt_id = new_id()
    ids = opaque_id.OpaqueId(row.occurrence_id, row.id, attempt_id)
    message = payloads.message(
        rendered.part,
        phone=row.phone,
        user_id=row.whatsapp_user_id,
        opaque=opaque_id.encode(ids, keys.key_for("opaque-id")),
    )
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return Job(lane, row, claim_id, rendered, ready_at, attempt_id, body)


def unmarked(
    row: ClaimedRow,
    claim_id: UUID,
    becomes: str,
    reason: str | None = None,
    wait_s: float = 0,
    detail: str | None = None,
) -> Settlement:
    """Settle a claimed row that was never marked."""
    return Settlement(
        row.occurrence_id,
        row.id,
        claim_id,
        becomes,
        reason=reason,
        wait_s=wait_s,
        detail=detail,
    )
