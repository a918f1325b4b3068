"""Search stays indexed behind the walls: 100,000 people here, more with ``SEARCH_ROWS``."""

import logging
import os
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import db, walls
from app.domain.paging import PageRequest
from app.repositories import recipients
from app.repositories.recipients import Filters
from tests.factories import workspaces

logger = logging.getLogger(__name__)

ROWS = int(os.environ.get("SEARCH_ROWS", "100000"))
NEWEST = PageRequest(limit=50, newest_first=True)

# Two workspaces have every second person each; one in ten thousand is called Zebedee.
_FILL = text("""
    INSERT INTO recipients (id, workspace_id, name, phone, external_id, timezone, timezone_source,
                            consent_marketing, consent_all, reachable)
    SELECT uuidv7(), CASE WHEN n % 2 = 0 THEN CAST(:mine AS uuid) ELSE CAST(:theirs AS uuid) END,
           CASE WHEN n % 10000 < 2 THEN 'Zebedee ' ELSE 'Ana ' END || to_hex(n),
           '+1415' || lpad(n::text, 7, '0'), 'crm-' || n, 'UTC', 'workspace',
           'unknown', 'allowed', true
      FROM generate_series(1, :rows) n
""")
# The same question without the function: what the policy makes of it.
_BEHIND_THE_POLICY = """
    SELECT id FROM recipients WHERE workspace_id = '{mine}' AND lower(name) LIKE '%zebedee%'
     ORDER BY id DESC LIMIT 51
"""
_BY_THE_FUNCTION = """
    SELECT search_recipients('zebedee', NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, 51)
"""
_SCANS = text("""
    SELECT CAST(:index AS text), pg_stat_get_xact_numscans(CAST(:index AS regclass))
""")
_INDEXES = ("ix_recipients_name_trgm", "ix_recipients_phone_trgm")


def _fill(session: Session, rows: int) -> UUID:
    """Make people; returns the workspace that has half of them."""
    mine, theirs = workspaces.workspace(session), workspaces.workspace(session)
    session.commit()
    session.execute(_FILL, {"mine": mine.id, "theirs": theirs.id, "rows": rows})
    for index in _INDEXES:
        # What autovacuum does soon after; until then new rows are read one by one.
        session.execute(text("SELECT gin_clean_pending_list(CAST(:i AS regclass))"), {"i": index})
    session.execute(text("ANALYZE recipients"))
    return mine.id


def _scans(session: Session) -> list[int]:
    return [session.execute(_SCANS, {"index": index}).one()[1] for index in _INDEXES]


def _cost(session: Session, mine: UUID, query: str) -> tuple[int, float]:
    """Pages of the database touched, and milliseconds; the first doesn't depend on the load."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query.format(mine=mine)}"
    [plan] = session.connection().exec_driver_sql(explain.replace("%", "%%"), {}).scalar_one()
    blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return blocks, plan["Execution Time"]


def test_search_stays_indexed_behind_the_walls(session: Session) -> None:
    mine = _fill(session, ROWS)

    def found(q: str) -> list[str]:
        with db.reading(walls.api(mine)) as api:
            page = recipients.page(api, mine, Filters(q=q), NEWEST)
            assert {row.workspace_id for row in page.items} <= {mine}
            return [row.name if q.isalpha() else str(row.phone) for row in page.items]

    before = _scans(session)
    names = found("zebedee")
    assert len(names) == min(50, ROWS // 10_000)
    assert all(name.startswith("Zebedee") for name in names)
    assert found("000 5432") == ["+14150005432"]
    assert found("000 5433") == [], "the other workspace's"
    after = _scans(session)
    assert all(now > then for now, then in zip(after, before, strict=True)), (before, after)

    with db.reading(walls.api(mine)) as api:
        slow, slow_ms = _cost(api, mine, _BEHIND_THE_POLICY)
        assert _scans(session) == after, "LIKE behind a policy is indexed: drop the function"
        quick, quick_ms = _cost(api, mine, _BY_THE_FUNCTION)
    # Shown by pytest --log-cli-level=INFO.
    logger.info("%s rows: %s pages, %s ms", ROWS, quick, quick_ms)
    logger.info("without an index: %s pages, %s ms", slow, slow_ms)
    assert quick < slow / 10, (quick, slow)


def test_pages_and_totals_of_a_search_are_complete(session: Session) -> None:
    mine = _fill(session, 4_000)
    seen: list[UUID] = []
    request = PageRequest(limit=200, newest_first=False, include_total=True)
    with db.reading(walls.api(mine)) as api:
        while True:
            page = recipients.page(api, mine, Filters(q="5000"), request)
            seen += [row.id for row in page.items]
            if page.next_after is None:
                break
            request = PageRequest(200, page.next_after, False, include_total=True)
    assert page.total == len(seen) == len(set(seen)) == 2_000
