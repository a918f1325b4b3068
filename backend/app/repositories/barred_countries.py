"""Countries to which WhatsApp lets a business account send nothing."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.senders import BarredCountry, Sender

# A day later one message tries again: whether Meta lifted it, nothing else tells.
_BAR = text("""
    INSERT INTO barred_countries (workspace_id, waba_id, country, until)
    SELECT s.workspace_id, s.waba_id, r.country, clock_timestamp() + interval '1 day'
      FROM senders s JOIN recipients r ON r.workspace_id = s.workspace_id
     WHERE s.workspace_id = :workspace_id AND s.id = :sender_id AND r.id = :recipient_id
       AND r.country IS NOT NULL
    ON CONFLICT (workspace_id, waba_id, country) DO UPDATE SET until = EXCLUDED.until
""")


def bar(session: Session, sender: Ref, recipient: Ref) -> None:
    """Send nothing more to the country of ``recipient`` from the account of ``sender``."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id}
    session.execute(_BAR, values | {"recipient_id": recipient.id})


def of_sender(session: Session, sender: Ref) -> set[str]:
    """Countries, as ISO 3166 codes, to which a sender sends nothing now."""
    waba_id = select(Sender.waba_id).where(
        Sender.workspace_id == sender.workspace_id, Sender.id == sender.id
    )
    statement = select(BarredCountry.country).where(
        BarredCountry.workspace_id == sender.workspace_id,
        BarredCountry.waba_id == waba_id.scalar_subquery(),
        BarredCountry.until > func.clock_timestamp(),
    )
    return set(session.scalars(statement))
