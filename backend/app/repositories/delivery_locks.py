"""The lock on deliveries, taken in one order by whoever marks or settles some of them."""

from collections.abc import Sequence
from uuid import UUID

from app.core.prepared import Call, Prepared, uuids

_LOCK = Prepared(
    """
    SELECT count(*) FROM (
      SELECT 1 FROM deliveries
       WHERE (occurrence_id, id) IN (SELECT * FROM unnest(:occurrence_ids, :delivery_ids))
       ORDER BY occurrence_id, id FOR NO KEY UPDATE) locked
    """,
    occurrence_ids="uuid[]",
    delivery_ids="uuid[]",
)


def lock(keys: Sequence[tuple[UUID, UUID]]) -> Call:
    """Lock deliveries, given as ``(occurrence_id, id)``, until the transaction ends."""
    return _LOCK(
        occurrence_ids=uuids(occurrence_id for occurrence_id, _ in keys),
        delivery_ids=uuids(id_ for _, id_ in keys),
    )
