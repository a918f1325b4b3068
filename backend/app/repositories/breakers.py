"""Occurrences of which too many messages fail, or too many people leave, to go on unasked."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.refs import Ref

# A share of the first n, even before so many were answered: what is over it can't come under.
_TRIPPED = text("""
    SELECT o.id
      FROM lanes l
      JOIN workspaces w ON w.id = l.workspace_id AND w.breaker IS NOT NULL
      JOIN occurrences o ON o.workspace_id = l.workspace_id AND o.id = l.occurrence_id
      CROSS JOIN LATERAL jsonb_to_record(w.breaker)
            AS b(first_n int, max_failed_pct numeric, max_opt_out_pct numeric)
      CROSS JOIN LATERAL (
        SELECT greatest(b.first_n, sum(c.n) FILTER (WHERE c.status IN
                 ('accepted', 'sent', 'delivered', 'read', 'failed'))) / 100.0 AS percent,
               coalesce(sum(c.n) FILTER (WHERE c.status = 'failed'), 0) AS failed
          FROM delivery_counts c WHERE c.occurrence_id = o.id) n
     WHERE l.workspace_id = :workspace_id AND l.sender_id = :sender_id AND l.state = 'runnable'
       AND o.status IN ('open', 'running') AND o.trusted_at IS NULL
       AND (n.failed > b.max_failed_pct * n.percent
            OR b.max_opt_out_pct * n.percent < (
              SELECT count(DISTINCT e.recipient_id) FROM consent_events e
                JOIN deliveries d ON d.occurrence_id = o.id AND d.recipient_id = e.recipient_id
               WHERE e.workspace_id = o.workspace_id AND e.value = 'opted_out'
                 AND e.at >= o.opened_at AND d.attempts > 0))
     ORDER BY o.id
""")
_TRUST = text("""
    UPDATE occurrences SET trusted_at = clock_timestamp()
     WHERE workspace_id = :workspace_id AND id = :id AND status_reason = 'breaker'
""")


def tripped(session: Session, sender: Ref) -> list[UUID]:
    """A sender's occurrences under way that are past what their workspace allows."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id}
    return list(session.scalars(_TRIPPED, values))


def trust(session: Session, occurrence: Ref) -> None:
    """A person lets one go on that was held: it isn't judged again."""
    session.execute(_TRUST, {"workspace_id": occurrence.workspace_id, "id": occurrence.id})
