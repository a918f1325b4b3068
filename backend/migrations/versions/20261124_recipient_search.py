"""search of recipients by name and number, indexed behind the walls"""

from collections.abc import Sequence

from alembic import op

revision: str = "recipient_search"
down_revision: str | None = "login_tries"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Behind a policy no index serves LIKE, which might leak what it has seen of rows that the policy
# hides. As the tables' owner the function is free of policies; it keeps to the workspace of the
# transaction by itself. EXECUTE plans each search for what is looked for: an index for the rare,
# the order of ids for what is found all over.
SEARCH = r"""
CREATE FUNCTION search_recipients(
  term text, digits text, of_phone text, of_external_id text, of_group uuid, of_consent text,
  of_reachable boolean, after uuid, newest_first boolean, most integer
) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, public, pg_temp AS $fn$
BEGIN
  RETURN QUERY EXECUTE format($sql$
    SELECT r.id FROM recipients r
     WHERE r.workspace_id = $1 AND r.erased_at IS NULL
       AND (lower(r.name) LIKE $2 OR r.external_id = $3 OR r.phone LIKE $4)
       AND ($5 IS NULL OR r.phone = $5)
       AND ($6 IS NULL OR r.external_id = $6)
       AND ($7 IS NULL OR EXISTS (
         SELECT 1 FROM group_members m
          WHERE m.workspace_id = $1 AND m.group_id = $7 AND m.recipient_id = r.id))
       AND ($8 IS NULL OR r.consent_marketing = $8)
       AND ($9 IS NULL OR r.reachable = $9)
       AND ($10 IS NULL OR r.id %1$s $10)
     ORDER BY r.id %2$s LIMIT $11
  $sql$, CASE WHEN newest_first THEN '<' ELSE '>' END,
         CASE WHEN newest_first THEN 'DESC' ELSE 'ASC' END)
  USING current_workspace(),
        '%' || regexp_replace(lower(term), '([\\%_])', '\\\1', 'g') || '%',
        term, '%' || digits || '%',
        of_phone, of_external_id, of_group, of_consent, of_reachable, after, most;
END $fn$
"""
SIGNATURE = "search_recipients(text, text, text, text, uuid, text, boolean, uuid, boolean, integer)"


def upgrade() -> None:
    op.create_index(
        "ix_recipients_phone_trgm",
        "recipients",
        ["phone"],
        postgresql_using="gin",
        postgresql_ops={"phone": "gin_trgm_ops"},
        # A large book builds it beforehand, CONCURRENTLY: docs/walls.md says how. Here it can't
        # be, for the role that owns the table is stepped into only within a transaction.
        if_not_exists=True,
    )
    op.execute(SEARCH)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.drop_index(
        "ix_recipients_phone_trgm",
        table_name="recipients",
        postgresql_using="gin",
        postgresql_ops={"phone": "gin_trgm_ops"},
    )
