"""Open occurrences against the templates they send: as they were written, or not any more."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

# What people saw when they planned the send is what the version keeps of the template.
_FITS = """t.status = 'APPROVED' AND t.category = v.category
        AND t.parameter_format = v.content ->> 'parameter_format'
        AND t.components = v.content -> 'components'"""
_UNFIT = f"""
    SELECT o.id, o.workspace_id,
           CASE WHEN t.status = 'APPROVED' THEN 'template_changed'
                ELSE 'template_unavailable' END AS reason
      FROM occurrences o
      JOIN lanes l ON l.occurrence_id = o.id
      JOIN message_versions v ON v.id = l.message_version_id AND v.kind = 'template'
      LEFT JOIN templates t ON t.workspace_id = l.workspace_id
            AND t.id = CAST(v.content ->> 'template_id' AS uuid)
     WHERE ({_FITS}) IS NOT TRUE
"""
_TO_HOLD = text(f"""{_UNFIT}
       AND l.state = 'runnable' AND o.status IN ('open', 'running')
       AND (o.id = :only OR CAST(:only AS uuid) IS NULL)
       AND 0 < (SELECT coalesce(sum(c.n), 0) FROM delivery_counts c
                 WHERE c.occurrence_id = o.id AND c.status IN ('scheduled', 'sending'))
     ORDER BY o.id
""").bindparams(bindparam("only", type_=Uuid()))
_ONE = text(f"{_UNFIT} AND o.id = :id")
# Occurrences before lanes, as everybody locks them.
_RELEASE = text(f"""
    WITH free AS (
      UPDATE occurrences o SET status = 'running', status_reason = NULL
        FROM lanes l, message_versions v, templates t
       WHERE o.status = 'held' AND o.status_reason IN ('template_unavailable', 'template_changed')
         AND l.occurrence_id = o.id AND l.state = 'held' AND v.id = l.message_version_id
         AND t.workspace_id = l.workspace_id
         AND t.id = CAST(v.content ->> 'template_id' AS uuid) AND {_FITS}
      RETURNING o.id
    )
    UPDATE lanes l SET state = 'runnable'
      FROM free WHERE l.occurrence_id = free.id AND l.state = 'held'
    RETURNING l.sender_id, l.workspace_id, l.occurrence_id
""")
# One number of each account is enough to ask with.
_NOT_ASKED = text("""
    SELECT DISTINCT ON (s.workspace_id, s.waba_id) s.id
      FROM senders s
     WHERE s.status = 'active'
       AND EXISTS (SELECT 1 FROM lanes l JOIN message_versions v ON v.id = l.message_version_id
                    WHERE l.sender_id = s.id AND v.kind = 'template')
       AND NOT EXISTS (SELECT 1 FROM templates t
                        WHERE t.workspace_id = s.workspace_id AND t.waba_id = s.waba_id
                          AND t.synced_at > clock_timestamp() - make_interval(secs => :seconds))
     ORDER BY s.workspace_id, s.waba_id, s.id
""")
# The lane may be closed already when a callback tells; the attempts stay.
_STOP = text("""
    UPDATE templates t SET status = :status, synced_at = greatest(synced_at, clock_timestamp()),
           updated_at = clock_timestamp()
      FROM message_versions v
     WHERE v.kind = 'template' AND v.id = coalesce(
             (SELECT message_version_id FROM attempts
               WHERE occurrence_id = :occurrence_id ORDER BY id DESC LIMIT 1),
             (SELECT message_version_id FROM lanes WHERE occurrence_id = :occurrence_id LIMIT 1))
       AND t.workspace_id = v.workspace_id AND t.id = CAST(v.content ->> 'template_id' AS uuid)
       AND t.status = 'APPROVED'
""")


@dataclass(frozen=True, slots=True)
class Unfit:
    """An occurrence that may not be sent as it is, and why."""

    id: UUID
    workspace_id: UUID
    reason: str


def unfit(session: Session, only: UUID | None = None) -> list[Unfit]:
    """Occurrences under way whose template is gone, stopped or changed; ``only`` this one."""
    return [Unfit(*row) for row in session.execute(_TO_HOLD, {"only": only})]


def unfit_held(session: Session, occurrence_id: UUID) -> bool:
    """Whether the template of an occurrence isn't what its message was written with."""
    return session.execute(_ONE, {"id": occurrence_id}).first() is not None


def release(session: Session) -> list[tuple[UUID, UUID, UUID]]:
    """Resume what was held for a template that fits again.

    Returns ``(sender_id, workspace_id, occurrence_id)`` of each.
    """
    return [(row[0], row[1], row[2]) for row in session.execute(_RELEASE)]


def stop(session: Session, occurrence_id: UUID, status: str) -> None:
    """WhatsApp refused the template that an occurrence was last sent with: it is ``status`` now."""
    session.execute(_STOP, {"occurrence_id": occurrence_id, "status": status})


def not_asked_for(session: Session, seconds: float) -> list[UUID]:
    """Senders of accounts whose templates are being sent and were not read for so long."""
    return list(session.scalars(_NOT_ASKED, {"seconds": seconds}))
