"""The database's own witness: triggers that write down every move, and the order of commits.

The product's tables say how things ended. These rows say how they got there: each status a
delivery had, each mark, and each thing that stops a mark, with the time at which PostgreSQL
committed it (``track_commit_timestamp``). They belong to the harness, not to the product.
"""

from typing import Any

from chaos.stage import Stage

Row = dict[str, Any]

_TABLE = """
CREATE SCHEMA chaos;
CREATE TABLE chaos.history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL, subject uuid NOT NULL, occurrence uuid, before text, after text,
  attempt uuid, at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
# One statement for each change of many rows: a trigger a row would slow down what it watches.
_WATCHES = {
    "status": ("deliveries", "UPDATE", """
        SELECT 'status', n.id, n.occurrence_id, o.status, n.status, n.attempt_id
          FROM new n JOIN old o ON o.occurrence_id = n.occurrence_id AND o.id = n.id
         WHERE o.status <> n.status"""),
    "mark": ("attempts", "INSERT", """
        SELECT 'mark', n.delivery_id, n.occurrence_id, NULL, NULL, n.id FROM new n"""),
    "outcome": ("attempts", "UPDATE", """
        SELECT 'outcome', n.delivery_id, n.occurrence_id, o.outcome, n.outcome, n.id
          FROM new n JOIN old o ON o.occurrence_id = n.occurrence_id AND o.id = n.id
         WHERE o.outcome IS DISTINCT FROM n.outcome"""),
    "consent": ("recipients", "UPDATE", """
        SELECT 'consent', n.id, NULL::uuid, o.consent_all, n.consent_all, NULL::uuid
          FROM new n JOIN old o ON o.workspace_id = n.workspace_id AND o.id = n.id
         WHERE o.consent_all <> n.consent_all"""),
    "lane": ("lanes", "UPDATE", """
        SELECT 'lane', n.occurrence_id, n.occurrence_id,
               CASE WHEN o.sender_active THEN o.state ELSE 'sender' END,
               CASE WHEN n.sender_active THEN n.state ELSE 'sender' END, NULL::uuid
          FROM new n JOIN old o ON o.occurrence_id = n.occurrence_id
           AND o.sender_id = n.sender_id
         WHERE (o.state, o.sender_active) IS DISTINCT FROM (n.state, n.sender_active)"""),
}  # fmt: skip


def watch(stage: Stage) -> None:
    """Put the triggers in place."""
    with stage.connected() as connection, connection.cursor() as cursor:
        cursor.execute(_TABLE)
        for name, (table, event, select) in _WATCHES.items():
            old = "OLD TABLE AS old " if event == "UPDATE" else ""
            # The product's roles have no rights in our schema, nor shall they.
            cursor.execute(f"""
                CREATE FUNCTION chaos.see_{name}() RETURNS trigger
                LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                  INSERT INTO chaos.history (kind, subject, occurrence, before, after, attempt)
                  {select};
                  RETURN NULL;
                END $$;
                CREATE TRIGGER chaos_{name} AFTER {event} ON {table}
                REFERENCING {old}NEW TABLE AS new
                FOR EACH STATEMENT EXECUTE FUNCTION chaos.see_{name}()""")


# What the checker reads; times as epoch seconds.
_DUMPS = {
    "deliveries": """
        SELECT id::text, occurrence_id::text AS occurrence, recipient_id::text AS recipient,
               sender_id::text AS sender, status, reason,
               extract(epoch FROM due_at)::float8 AS due_at,
               extract(epoch FROM expires_at)::float8 AS expires_at, wamid,
               next_attempt_at IS NOT NULL AS due, claim_id IS NOT NULL AS claimed
          FROM deliveries""",
    "attempts": """
        SELECT id::text, delivery_id::text AS delivery, occurrence_id::text AS occurrence,
               sender_id::text AS sender, worker, epoch,
               extract(epoch FROM marked_at)::float8 AS marked_at,
               extract(epoch FROM settled_at)::float8 AS settled_at,
               outcome, wamid, superseded_at IS NOT NULL AS superseded
          FROM attempts""",
    "history": """
        SELECT id, kind, subject::text, occurrence::text, before, after, attempt::text,
               extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS committed_at
          FROM chaos.history ORDER BY id""",
    "counts": """
        SELECT occurrence_id::text AS occurrence, status, n FROM shown_counts""",
    "occurrences": """
        SELECT id::text, schedule_id::text AS schedule, status, audience FROM occurrences""",
    "left_over": """
        SELECT 'claims' AS what, count(*) AS n FROM claims
        UNION ALL SELECT 'lanes', count(*) FROM lanes
        UNION ALL SELECT 'callbacks', count(*) FROM webhook_inbox WHERE state <> 'merged'
        UNION ALL SELECT 'stop orders', count(*) FROM stop_orders WHERE applied_at IS NULL""",
    "people": """
        SELECT id::text, external_id FROM recipients""",
}  # fmt: skip


def dump(stage: Stage) -> dict[str, list[Row]]:
    """All that the checker reads of the database."""
    with stage.connected() as connection:
        return {name: _rows(connection, statement) for name, statement in _DUMPS.items()}


def _rows(connection: Any, statement: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


_STILL_OPEN = """
    SELECT (SELECT count(*) FROM deliveries WHERE status IN ('scheduled', 'sending'))
         + (SELECT count(*) FROM occurrences WHERE status NOT IN ('completed', 'cancelled'))
         + (SELECT count(*) FROM lanes)
"""
_STILL_UNMERGED = """
    SELECT (SELECT count(*) FROM webhook_inbox WHERE state = 'pending')
         + (SELECT count(*) FROM unmatched_statuses WHERE next_try_at <= clock_timestamp())
"""
# As if the half minute until their next try were over.
_HASTEN = "UPDATE unmatched_statuses SET next_try_at = clock_timestamp()"


def still_open(stage: Stage) -> int:
    """Deliveries, occurrences and lanes that have not ended."""
    return _count(stage, _STILL_OPEN)


def still_unmerged(stage: Stage) -> int:
    """Callbacks that wait to be merged, or to be tried again now."""
    return _count(stage, _STILL_UNMERGED)


def hasten_unmatched(stage: Stage) -> None:
    """Have the statuses that found no delivery tried again at the next occasion."""
    with stage.connected() as connection, connection.cursor() as cursor:
        cursor.execute(_HASTEN)


def _count(stage: Stage, statement: str) -> int:
    with stage.connected() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        return int(row[0]) if row else 0
