"""Countries to which WhatsApp lets a business account send nothing."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.refs import Ref

# A day later one message tries again: whether Meta lifted it, nothing else tells.
_BAR = text("""
    INSERT INTO barred_countries (workspace_id, waba_id, country, until)
    SELECT s.workspace_id, s.waba_id, r.country, clock_timestamp() + interval '1 day'
      FROM senders s JOIN recipients r ON r.workspace_id = s.workspace_id
     WHERE s.workspace_id = :workspace_id AND s.id = :sender_id AND r.id = :recipient_id
       AND r.country IS NOT NULL
    ON CONFLICT (workspace_id, waba_id, country) DO UPDATE SET until = EXCLUDED.until
""")
_OF_SENDER = text("""
    SELECT b.country FROM barred_countries b JOIN senders s
        ON s.workspace_id = b.workspace_id AND s.waba_id = b.waba_id
     WHERE s.workspace_id = :workspace_id AND s.id = :sender_id AND b.until > clock_timestamp()
""")


def bar(session: Session, sender: Ref, recipient: Ref) -> None:
    """Send nothing more to the country of ``recipient`` from the account of ``sender``."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id}
    session.execute(_BAR, values | {"recipient_id": recipient.id})


def of_sender(session: Session, sender: Ref) -> set[str]:
    """Countries, as ISO 3166 codes, to which a sender sends nothing now."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id}
    return set(session.scalars(_OF_SENDER, values))
