"""How long raw callbacks are kept."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.dispatch import sweep
from app.services.webhooks import retention


def _receive(session: Session, n: int, state: str, days_ago: float) -> None:
    session.execute(
        text("""
          INSERT INTO webhook_inbox (digest, body, state, received_at)
          SELECT convert_to(:state || :days || i, 'UTF8'), 'x', :state,
                 now() - make_interval(secs => 86400.0 * CAST(:days AS float8))
            FROM generate_series(1, :n) AS i
        """),
        {"state": state, "days": str(days_ago), "n": n},
    )


def _left(session: Session) -> dict[str, int]:
    rows = session.execute(text("SELECT state, count(*) FROM webhook_inbox GROUP BY state"))
    return {row[0]: row[1] for row in rows}


def test_what_is_done_with_and_old_goes_the_rest_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_MOST", 10)
    _receive(session, 25, "merged", 31)
    _receive(session, 3, "quarantined", 30.1)
    _receive(session, 2, "pending", 40)
    _receive(session, 4, "merged", 29.9)
    assert retention.forget_old() == 28
    assert _left(session) == {"pending": 2, "merged": 4}


def test_statuses_of_unknown_messages_go_too(session: Session) -> None:
    for days in (31, 29):
        session.execute(
            text("""INSERT INTO unmatched_statuses (phone_number_id, wamid, status, first_seen_at)
                    VALUES ('1', 'wamid.x', '{}', now() - make_interval(days => :days))"""),
            {"days": days},
        )
    sweep._forget_old_callbacks()
    assert session.scalar(text("SELECT count(*) FROM unmatched_statuses")) == 1
