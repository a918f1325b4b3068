"""Deleting the deliveries of what ended long ago, slice by slice; their counts stay.

The occurrence is claimed for it first: from then on ``kept_counts`` counts for its rows, so no
reader ever sees a sum shrink, and nothing of it can be resent any more.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

# Before every row.
FIRST = UUID(int=0)
# WhatsApp repeats a callback for seven days: what moved within eight may be reported on yet.
_SETTLED = "updated_at < (SELECT clock_timestamp() - interval '8 days')"
_ENDED = "o.status IN ('completed', 'cancelled', 'skipped', 'missed')"
_KEPT = "make_interval(days => CAST(w.retention_days ->> 'deliveries' AS int))"

_OLD = text(f"""
    SELECT o.id FROM occurrences o JOIN workspaces w ON w.id = o.workspace_id
     WHERE o.opened_at IS NOT NULL AND o.forgotten_at IS NULL AND {_ENDED}
       AND (o.kept_counts IS NOT NULL
            OR greatest(o.completed_at, o.last_due_at) < clock_timestamp() - {_KEPT})
       AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.occurrence_id = o.id)
     ORDER BY o.last_due_at, o.id LIMIT :most
""")
# One that is claimed already is gone on with: its run was cut short.
_CLAIM = text(f"""
    WITH ready AS (
      SELECT o.id FROM occurrences o
       WHERE o.id = :occurrence_id AND o.kept_counts IS NULL AND {_ENDED}
         AND NOT EXISTS (
           SELECT 1 FROM deliveries d WHERE d.occurrence_id = o.id
              AND (d.status IN ('scheduled', 'sending') OR NOT d.{_SETTLED}))
         FOR NO KEY UPDATE
    ), gone AS (
      DELETE FROM delivery_counts c USING ready WHERE c.occurrence_id = ready.id
      RETURNING c.status, c.n
    )
    UPDATE occurrences o SET kept_counts = coalesce(
             (SELECT jsonb_object_agg(status, n)
                FROM (SELECT status, sum(n) AS n FROM gone GROUP BY status) summed), '{{}}')
      FROM ready WHERE o.id = ready.id
    RETURNING o.id
""")
_IS_CLAIMED = text("""
    SELECT 1 FROM occurrences
     WHERE id = :occurrence_id AND kept_counts IS NOT NULL AND forgotten_at IS NULL
""")
# By both ends of the slice: what was deleted before it is not walked over again.
_SLICE = text("""
    WITH slice AS (
      SELECT id FROM deliveries WHERE occurrence_id = :occurrence_id AND id > :after
       ORDER BY id LIMIT :most
    ), edge AS MATERIALIZED (
      SELECT id FROM slice ORDER BY id DESC LIMIT 1
    ), gone AS (
      DELETE FROM deliveries WHERE occurrence_id = :occurrence_id
         AND id > :after AND id <= (SELECT id FROM edge)
      RETURNING 1
    ), tried AS (
      DELETE FROM attempts WHERE occurrence_id = :occurrence_id
         AND delivery_id > :after AND delivery_id <= (SELECT id FROM edge)
    ), told AS (
      DELETE FROM delivery_events WHERE occurrence_id = :occurrence_id
         AND delivery_id > :after AND delivery_id <= (SELECT id FROM edge)
    )
    SELECT (SELECT count(*) FROM gone), (SELECT id FROM edge)
""")
# A callback may have changed counters until the last row went.
_END = text("""
    WITH gone AS (
      DELETE FROM delivery_counts WHERE occurrence_id = :occurrence_id RETURNING status, n
    ), summed AS (
      SELECT status, sum(n) AS n FROM (
        SELECT status, n FROM gone
        UNION ALL
        SELECT kept.key, kept.value::int FROM occurrences o
         CROSS JOIN LATERAL jsonb_each_text(o.kept_counts) AS kept
         WHERE o.id = :occurrence_id) counted
       GROUP BY status HAVING sum(n) <> 0
    )
    UPDATE occurrences SET forgotten_at = clock_timestamp(),
           kept_counts = coalesce((SELECT jsonb_object_agg(status, n) FROM summed), '{}')
     WHERE id = :occurrence_id AND kept_counts IS NOT NULL AND forgotten_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM deliveries WHERE occurrence_id = :occurrence_id)
    RETURNING workspace_id, kept_counts
""")
_KEEPERS = text("SELECT id FROM workspaces WHERE retention_days ? 'deliveries' ORDER BY id")
# Each has an occurrence of its own, without a row and in nobody's sum.
_DIRECT = text(f"""
    WITH rows AS (
      SELECT d.occurrence_id, d.id FROM deliveries d JOIN workspaces w ON w.id = d.workspace_id
       WHERE d.workspace_id = :workspace_id AND d.schedule_id IS NULL
         AND d.status NOT IN ('scheduled', 'sending') AND d.{_SETTLED}
         AND greatest(d.created_at, d.due_at) < clock_timestamp() - {_KEPT}
         AND NOT EXISTS (SELECT 1 FROM lanes l WHERE l.occurrence_id = d.occurrence_id)
       ORDER BY d.id LIMIT :most FOR UPDATE OF d SKIP LOCKED
    ), gone AS (
      DELETE FROM deliveries d USING rows
       WHERE d.occurrence_id = rows.occurrence_id AND d.id = rows.id RETURNING 1
    ), tried AS (
      DELETE FROM attempts a USING rows WHERE a.occurrence_id = rows.occurrence_id
    ), told AS (
      DELETE FROM delivery_events e USING rows WHERE e.occurrence_id = rows.occurrence_id
    ), counted AS (
      DELETE FROM delivery_counts c USING rows WHERE c.occurrence_id = rows.occurrence_id
    )
    SELECT count(*) FROM gone
""")


def old(session: Session, most: int) -> list[UUID]:
    """Up to ``most`` occurrences that ended longer ago than their workspace keeps, oldest first."""
    return list(session.scalars(_OLD, {"most": most}))


def claim(session: Session, occurrence_id: UUID) -> bool:
    """Sum its counters for good; False when something of it may still change, or nothing is left.

    True also for one whose deletion was cut short.
    """
    values = {"occurrence_id": occurrence_id}
    if session.execute(_CLAIM, values).first() is not None:
        return True
    return session.execute(_IS_CLAIMED, values).first() is not None


def delete_slice(
    session: Session, occurrence_id: UUID, after: UUID, most: int
) -> tuple[int, UUID | None]:
    """Delete up to ``most`` deliveries after ``after`` with all that happened to them.

    How many, and the last one's id; None when there was none left.
    """
    values = {"occurrence_id": occurrence_id, "after": after, "most": most}
    row = session.execute(_SLICE, values).one()
    return int(row[0]), row[1]


def end(session: Session, occurrence_id: UUID) -> Row[UUID, dict[str, int]] | None:
    """Note that all is gone; ``(workspace_id, kept_counts)``, None when somebody else has."""
    return session.execute(_END, {"occurrence_id": occurrence_id}).one_or_none()


def keepers(session: Session) -> Sequence[UUID]:
    """Workspaces that have their deliveries deleted."""
    return list(session.scalars(_KEEPERS))


def delete_direct(session: Session, workspace_id: UUID, most: int) -> int:
    """Delete up to ``most`` direct sends that ended long enough ago; how many."""
    values = {"workspace_id": workspace_id, "most": most}
    return int(session.execute(_DIRECT, values).scalar_one())
