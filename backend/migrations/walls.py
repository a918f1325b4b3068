"""Walls between workspaces: roles, grants and row policies, brought up to date after an upgrade.

Four roles that nobody logs in by, named after the database, since roles belong to the whole
cluster: ``migrate`` owns everything, ``api`` sees the workspace it acts for, ``worker`` sees every
workspace but no log-ins, ``auth`` sees log-ins and little else. A transaction steps into one of
them by ``SELECT become('api', '<workspace>')``; the login itself may only do that.

The rules stand here and not in each migration: a table with a ``workspace_id`` is walled by
itself, one without is the engine's own, and a restored database is put right by
``alembic upgrade head``. What stands already is left alone: an upgrade locks only new tables.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from app.core.walls import KINDS
from app.models import tables

_OWN = "workspace_id = (SELECT current_workspace())"
_ALL = "true"
_LOG_IN: Mapping[str, str] = {"api": _OWN, "auth": _ALL}

# Tables whose rule isn't the usual one: role -> rows it sees.
RULES: Mapping[str, Mapping[str, str]] = {
    "workspaces": {"api": "id = (SELECT current_workspace())", "worker": _ALL, "auth": _ALL},
    "users": {"api": "id IN (SELECT user_id FROM memberships)", "auth": _ALL},
    "memberships": _LOG_IN,
    "sessions": _LOG_IN,
    "api_keys": _LOG_IN,
    "invitations": _LOG_IN,
    "audit_log": {"api": _OWN, "worker": _ALL, "auth": _ALL},
    "login_tries": {"auth": _ALL},
}
_OF_WORKSPACE: Mapping[str, str] = {"api": _OWN, "worker": _ALL}
_OF_THE_ENGINE: Mapping[str, str] = {"worker": _ALL}
# What is granted when it isn't everything: (table, role) -> privileges.
LESS: Mapping[tuple[str, str], str] = {
    ("users", "api"): "SELECT (id, email, name, created_at, updated_at)",
    # Nobody changes what is written, and only a workspace's own people read it.
    ("audit_log", "api"): "SELECT, INSERT",
    ("audit_log", "worker"): "INSERT",
    ("audit_log", "auth"): "INSERT",
}
VIEWS = ("shown_counts", "shown_deliveries")
FUNCTIONS = ("uuidv7", "search_recipients")
# Run as the owner, and so only by those who have a workspace.
_DEFINERS = ("search_recipients",)

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.workspace_id', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION wall_role(kind text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce('{names}'::jsonb ->> kind, 'no such wall') $$;

-- Until the end of the transaction, so that nothing is left on a pooled connection.
CREATE OR REPLACE FUNCTION become(kind text, workspace uuid DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE AS $$
  SELECT set_config('app.workspace_id', coalesce(workspace::text, ''), true);
  SELECT set_config('role', wall_role(kind), true)
$$;
"""


class WallsError(RuntimeError):
    """The roles are missing and this login may not make them; says what to run."""


def raise_walls(connection: Connection) -> None:
    """Make roles, owners, grants and policies what they should be.

    Called as the login itself, in a transaction of its own. Raises WallsError.
    """
    # Two upgrades at once: the second one finds everything done.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('walls'))"))
    roles = _roles(connection)
    _make_roles(connection, roles)
    _hand_over(connection, roles["migrate"])
    _run(connection, f"SET LOCAL ROLE {_quoted(roles['migrate'])}")
    names = "{" + ", ".join(f'"{kind}": "{name}"' for kind, name in roles.items()) + "}"
    _run(connection, _FUNCTIONS.format(names=names.replace("'", "''")))
    for table in sorted(tables.metadata.tables):
        _guard(connection, table, roles)
    for view in VIEWS:
        # Else a view shows what its owner sees: everything.
        _run(connection, f"ALTER VIEW {view} SET (security_invoker = true)")
        readers = ", ".join(_quoted(roles[kind]) for kind in ("api", "worker"))
        _run(connection, f"GRANT SELECT ON {view} TO {readers}")
    for function in _DEFINERS:
        _run(connection, f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        _run(connection, f"GRANT EXECUTE ON FUNCTION {function} TO {_quoted(roles['api'])}")
    _run(connection, "GRANT SELECT ON alembic_version TO PUBLIC")


def take_down(connection: Connection) -> None:
    """Remove the policies and let the login itself at the tables, as before there were walls."""
    for table in sorted(tables.metadata.tables):
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": table}) is None:
            continue
        for name in _policies(connection, table):
            _run(connection, f"DROP POLICY {name} ON {table}")
        _secure(connection, table, "DISABLE ROW LEVEL SECURITY, NO FORCE")
        _run(connection, f"GRANT ALL ON {table} TO SESSION_USER")
    for view in VIEWS:
        _run(connection, f"ALTER VIEW {view} RESET (security_invoker)")
        _run(connection, f"GRANT ALL ON {view} TO SESSION_USER")


def statements(login: str, roles: Mapping[str, str]) -> str:
    """What an administrator runs once when the login may not make roles."""
    lines = [f"CREATE ROLE {_quoted(name)} NOLOGIN;" for name in roles.values()]
    every = ", ".join(map(_quoted, roles.values()))
    lines.append(f"GRANT {every} TO {_quoted(login)} WITH INHERIT FALSE, SET TRUE;")
    lines.append(f"GRANT CREATE ON SCHEMA public TO {_quoted(roles['migrate'])};")
    return "\n".join(lines)


def _roles(connection: Connection) -> dict[str, str]:
    # A copied or renamed database keeps the names it has: its policies point to those roles.
    if connection.scalar(text("SELECT to_regproc('wall_role')")) is not None:
        names = {kind: connection.scalar(_WALL_ROLE, {"kind": kind}) for kind in KINDS}
        return {kind: str(name) for kind, name in names.items()}
    database = str(connection.scalar(text("SELECT current_database()")))
    return {kind: role_name(kind, database) for kind in KINDS}


_WALL_ROLE = text("SELECT wall_role(:kind)")


def role_name(kind: str, database: str) -> str:
    """The role's name in the cluster; PostgreSQL cuts names after 63 bytes, so we do better."""
    name = f"scheduler_{kind}_{database}"
    if len(name.encode()) <= 63:
        return name
    return f"scheduler_{kind}_{sha256(database.encode()).hexdigest()[:16]}"


def _make_roles(connection: Connection, roles: Mapping[str, str]) -> None:
    login = str(connection.scalar(text("SELECT session_user")))
    try:
        with connection.begin_nested():
            for name in roles.values():
                _make_role(connection, name)
            if not connection.scalar(_MAY_CREATE, {"role": roles["migrate"]}):
                _run(connection, f"GRANT CREATE ON SCHEMA public TO {_quoted(roles['migrate'])}")
    except ProgrammingError as error:
        raise WallsError(
            f"The login {login} may not make the roles that keep workspaces apart "
            f"({str(error.orig).strip()}). Let an administrator run this in the database, "
            f"then upgrade again:\n{statements(login, roles)}"
        ) from error


_MAY_CREATE = text("SELECT has_schema_privilege(:role, 'public', 'CREATE')")
_FOUND = text("SELECT rolcanlogin OR rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role")
_MAY_BECOME = text("SELECT pg_has_role(session_user, :role, 'SET')")


def _make_role(connection: Connection, name: str) -> None:
    mighty = connection.scalar(_FOUND, {"role": name})
    if mighty:
        raise WallsError(f"The role {name} is somebody's login, or stronger than a wall may be.")
    if mighty is None:
        _run(connection, f"CREATE ROLE {_quoted(name)} NOLOGIN")
    if not connection.scalar(_MAY_BECOME, {"role": name}):
        # Not inherited: as itself the login is to see nothing.
        _run(connection, f"GRANT {_quoted(name)} TO SESSION_USER WITH INHERIT FALSE, SET TRUE")


_FOREIGN = text("""
    SELECT format('ALTER %s %s OWNER TO %I', kind, name, CAST(:owner AS text)) FROM (
      SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind,
             oid::regclass::text AS name, relowner AS owner
        FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relname = ANY(:relations)
         AND relkind IN ('r', 'p', 'v')
      UNION ALL
      SELECT 'FUNCTION', oid::regprocedure::text, proowner FROM pg_proc
       WHERE pronamespace = 'public'::regnamespace AND proname = ANY(:functions)
    ) ours
     WHERE pg_get_userbyid(owner) <> :owner
""")


def _hand_over(connection: Connection, owner: str) -> None:
    relations = [*tables.metadata.tables, *VIEWS, "alembic_version"]
    values = {"owner": owner, "relations": relations, "functions": list(FUNCTIONS)}
    for statement in connection.scalars(_FOREIGN, values).all():
        _run(connection, statement)


_STATE = text("""
    SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = CAST(:table AS regclass)
""")


def _guard(connection: Connection, table: str, roles: Mapping[str, str]) -> None:
    rules = rules_of(table)
    standing = _policies(connection, table)
    for kind, rows in ({"migrate": _ALL} | dict(rules)).items():
        if standing.pop(kind, None) != rows:
            _run(connection, f"DROP POLICY IF EXISTS {kind} ON {table}")
            _run(
                connection,
                f"CREATE POLICY {kind} ON {table} TO {_quoted(roles[kind])} "
                f"USING ({rows}) WITH CHECK ({rows})",
            )
            _run(connection, f"COMMENT ON POLICY {kind} ON {table} IS '{rows}'")
    for name in standing:
        _run(connection, f"DROP POLICY {name} ON {table}")
    if not connection.scalar(_STATE, {"table": table}):
        _secure(connection, table, "ENABLE ROW LEVEL SECURITY, FORCE")
    for kind in ("api", "worker", "auth"):
        _grant(connection, table, kind, roles[kind], allowed=kind in rules)


def _secure(connection: Connection, table: str, how: str) -> None:
    _run(connection, f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")


def _grant(connection: Connection, table: str, kind: str, role: str, *, allowed: bool) -> None:
    # Together in one transaction: nobody sees the moment between them.
    _run(connection, f"REVOKE ALL ON {table} FROM {_quoted(role)}")
    if allowed:
        what = LESS.get((table, kind), "SELECT, INSERT, UPDATE, DELETE")
        _run(connection, f"GRANT {what} ON {table} TO {_quoted(role)}")


def rules_of(table: str) -> Mapping[str, str]:
    """Role -> which rows of ``table`` it sees."""
    is_of_workspace = "workspace_id" in tables.metadata.tables[table].columns
    return RULES.get(table, _OF_WORKSPACE if is_of_workspace else _OF_THE_ENGINE)


_POLICIES = text("""
    SELECT polname, coalesce(obj_description(oid, 'pg_policy'), '') AS rows
      FROM pg_policy
     WHERE polrelid = CAST(:table AS regclass)
""")


def _policies(connection: Connection, table: str) -> dict[str, str]:
    found = connection.execute(_POLICIES, {"table": table})
    return {row.polname: row.rows for row in found}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


__all__: Sequence[str] = ("VIEWS", "WallsError", "raise_walls", "rules_of", "take_down")
