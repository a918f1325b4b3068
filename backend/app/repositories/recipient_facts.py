"""What sending teaches about people: applied to their rows after the settle."""

from sqlalchemy import func, insert, text, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.recipients import ConsentEvent, Recipient

# WhatsApp uses "undeliverable" loosely: one may pass, so only repeated ones mark a person.
_UNDELIVERABLE_BEFORE_MARK = 3
# Whatever arrived since the last failure shows that the person can be reached; and who was made
# reachable again has another number or has written.
_UNDELIVERABLE = text("""
    WITH counted AS (
      SELECT r.id, CASE WHEN EXISTS (
               SELECT 1 FROM deliveries d
                WHERE d.recipient_id = r.id
                  AND coalesce(d.delivered_at, d.read_at) > r.undeliverable_at)
               OR r.reachable AND r.undeliverable_count >= :before_mark
             THEN 1 ELSE r.undeliverable_count + 1 END AS n
        FROM (
          SELECT id, reachable, undeliverable_count, undeliverable_at
            FROM recipients WHERE workspace_id = :workspace_id AND id = :id
             FOR NO KEY UPDATE) r
    )
    UPDATE recipients r SET
           undeliverable_count = counted.n, undeliverable_at = clock_timestamp(),
           unreachable_reason = CASE WHEN r.reachable AND counted.n >= :before_mark
             THEN :reason ELSE r.unreachable_reason END,
           reachable = r.reachable AND counted.n < :before_mark
      FROM counted WHERE r.id = counted.id
""")
# 1, 2, 4 … days. What was on its way when the pause began lengthens nothing but keeps the day.
_MOST_DOUBLINGS = 4
_COOL_DOWN = text("""
    UPDATE recipients r SET
           marketing_pauses = next.n,
           marketing_paused_until = greatest(r.marketing_paused_until, clock_timestamp()
             + CASE WHEN r.marketing_paused_until > clock_timestamp() THEN interval '1 day'
                    ELSE interval '1 day' * (2 ^ least(next.n - 1, :most)) END)
      FROM (
        SELECT id, CASE
            WHEN marketing_paused_until > clock_timestamp() THEN marketing_pauses
            WHEN marketing_paused_until > clock_timestamp() - interval '30 days'
              THEN marketing_pauses + 1
            ELSE 1 END AS n
          FROM recipients WHERE workspace_id = :workspace_id AND id = :id
           FOR NO KEY UPDATE) next
     WHERE r.id = next.id
""")


def opt_out_of_marketing(session: Session, ref: Ref, source: str, evidence: str | None) -> None:
    """WhatsApp says this person stopped marketing messages from the business."""
    changed = session.scalar(
        update(Recipient)
        .where(
            Recipient.workspace_id == ref.workspace_id,
            Recipient.id == ref.id,
            Recipient.consent_marketing != "opted_out",
        )
        .values(
            consent_marketing="opted_out",
            consent_source="whatsapp_preference",
            consent_at=func.clock_timestamp(),
        )
        .returning(Recipient.id)
    )
    if changed is not None:
        session.execute(
            insert(ConsentEvent).values(
                workspace_id=ref.workspace_id,
                recipient_id=ref.id,
                about="marketing",
                value="opted_out",
                source="whatsapp_preference",
                evidence=evidence or source,
            )
        )


def mark_undeliverable(session: Session, ref: Ref, reason: str) -> None:
    """Count a failure to reach a person, who is unreachable after a few in a row."""
    session.execute(
        _UNDELIVERABLE,
        {
            "workspace_id": ref.workspace_id,
            "id": ref.id,
            "reason": reason,
            "before_mark": _UNDELIVERABLE_BEFORE_MARK,
        },
    )


def cool_down(session: Session, ref: Ref) -> None:
    """WhatsApp's limit refused marketing: none is sent to this person for a day, then longer."""
    session.execute(
        _COOL_DOWN, {"workspace_id": ref.workspace_id, "id": ref.id, "most": _MOST_DOUBLINGS}
    )
