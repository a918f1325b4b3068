"""Looking people and attempts up must stay an index probe each, however large the tables."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.repositories import callback_people, status_matches
from app.repositories.callback_people import Handle
from app.repositories.status_matches import Wanted
from tests.factories import senders, workspaces

_PEOPLE, _ASKED = 20_000, 50
_FILL = """
    INSERT INTO recipients (id, workspace_id, name, phone, wa_id, whatsapp_user_id, timezone,
                            timezone_source, consent_marketing, consent_all, reachable)
    SELECT gen_random_uuid(), :workspace_id, '', '+1415' || g, '1415' || g, 'US.' || g, 'UTC',
           'workspace', 'unknown', 'allowed', true
      FROM generate_series(1000000, 1000000 + :people) g
"""
_SEND = """
    INSERT INTO deliveries (occurrence_id, id, workspace_id, recipient_id, sender_id, origin,
                            status, due_at, expires_at)
    SELECT :occurrence_id, gen_random_uuid(), workspace_id, id, :sender_id, 'direct', 'sending',
           now(), now()
      FROM recipients
"""
_MARK = """
    INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                          number, claim_id, worker, epoch, schedule_version, message_version_id,
                          wamid)
    SELECT occurrence_id, gen_random_uuid(), workspace_id, id, recipient_id, sender_id, 1,
           gen_random_uuid(), 'w', 1, 1, gen_random_uuid(), 'wamid.' || recipient_id
      FROM deliveries
"""
_SCANS = """
    SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables
     WHERE relname IN ('recipients', 'deliveries', 'attempts')
"""


def _read_by_scans(session: Session) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(text(_SCANS))}


def test_no_table_is_read_through(session: Session) -> None:
    workspace = workspaces.workspace(session)
    sender = senders.sender(session, workspace.id)
    of_all = {"workspace_id": workspace.id, "people": _PEOPLE}
    session.execute(text(_FILL), of_all)
    session.execute(text(_SEND), {"occurrence_id": new_id(), "sender_id": sender.id})
    session.execute(text(_MARK))
    session.execute(text("ANALYZE recipients, deliveries, attempts"))
    forms = [(n, str(1000000 + n * 7)) for n in range(_ASKED)]
    handles = [
        Handle(n, workspace.id, f"+1415{form}", f"1415{form}", f"US.{form}") for n, form in forms
    ]
    before = _read_by_scans(session)
    found = callback_people.find(session, handles)
    wanted = [
        Wanted(n, sender.id, f"wamid.{found[n]}", h.phone, h.wa_id, h.user_id, clock.now(), False)
        for n, h in enumerate(handles)
    ]
    assert len(status_matches.find(session, wanted)) == _ASKED
    assert _read_by_scans(session) == before
