"""What sending teaches about people: applied to their rows after the settle."""

from sqlalchemy import func, insert, text, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.recipients import ConsentEvent, Recipient

# WhatsApp uses "undeliverable" loosely: one may pass, so only repeated ones mark a person.
_UNDELIVERABLE_BEFORE_MARK = 3
_RECENT_FAILURES = text("""
    SELECT count(*) FROM (
      SELECT status, reason FROM deliveries
       WHERE recipient_id = :recipient_id ORDER BY id DESC LIMIT :most) latest
     WHERE status = 'failed' AND reason = :reason
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


def mark_unreachable(session: Session, ref: Ref, reason: str) -> None:
    """Mark a person as unreachable once their last few deliveries all failed that way."""
    failures = session.execute(
        _RECENT_FAILURES,
        {"recipient_id": ref.id, "reason": reason, "most": _UNDELIVERABLE_BEFORE_MARK},
    ).scalar_one()
    if failures < _UNDELIVERABLE_BEFORE_MARK:
        return
    session.execute(
        update(Recipient)
        .where(
            Recipient.workspace_id == ref.workspace_id,
            Recipient.id == ref.id,
            Recipient.reachable.is_(True),
        )
        .values(reachable=False, unreachable_reason=reason)
    )
