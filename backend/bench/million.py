"""A million deliveries, made by INSERT … SELECT: ten schedules to a hundred thousand people."""

from datetime import UTC, datetime, timedelta

from bench.stage import Stage

SCHEDULES = 10
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename = 'deliveries' AND indexname NOT LIKE 'pk%'
"""
# Everything but the first few was sent and read; no attempts, which lists only look for.
_ROWS = """
    INSERT INTO deliveries (occurrence_id, id, workspace_id, recipient_id, sender_id, schedule_id,
                            origin, status, due_at, expires_at, attempts, attempt_id, wamid,
                            accepted_at, sent_at, delivered_at, read_at)
    SELECT o.id, uuidv7(), o.workspace_id, r.id, o.sender_id, o.schedule_id, 'schedule', 'read',
           now(), now() + interval '1 day', 1, uuidv7(), 'wamid.HBgL' || r.id, now(), now(),
           now(), now()
      FROM occurrences o CROSS JOIN recipients r ORDER BY o.id, r.id
"""
_LANES = """
    INSERT INTO lanes (occurrence_id, sender_id, workspace_id, schedule_id, message_version_id,
                       category, service_window, priority, version, state)
    SELECT o.id, o.sender_id, o.workspace_id, o.schedule_id, v.id, v.category, 'ignore', 2, 1,
           'runnable'
      FROM occurrences o CROSS JOIN message_versions v
"""
_COUNTS = """
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT workspace_id, occurrence_id, status, count(*) FROM deliveries GROUP BY 1, 2, 3
"""
_OPEN = "UPDATE occurrences SET status = 'running', audience = %s, opened_at = now()"


def make(stage: Stage) -> int:
    """Make them, with secondary indexes gone meanwhile; how many."""
    at = datetime.now(UTC) + timedelta(days=300)
    for _ in range(SCHEDULES):
        stage.shop.schedule(at=at)
    indexes = stage.rows(_INDEXES)
    for name, _ in indexes:
        stage.execute(f"DROP INDEX {name}")
    stage.execute(_ROWS)
    for _, definition in indexes:
        stage.execute(definition)
    people = stage.scalar("SELECT count(*) FROM recipients")
    stage.execute(_LANES)
    stage.execute(_COUNTS)
    stage.execute(_OPEN, [people])
    stage.execute("VACUUM ANALYZE deliveries, delivery_counts, lanes, occurrences")
    return int(people * SCHEDULES)
