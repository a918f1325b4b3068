"""Walls between workspaces, read from the catalogue: a new table can't forget its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.core import db, walls
from app.core.ids import new_id
from app.core.walls import Wall
from app.models import tables
from migrations.walls import rules_of
from tests.factories import recipients, workspaces

_RELATIONS = text("""
    SELECT c.relname AS name, c.relkind = 'v' AS is_view, pg_get_userbyid(c.relowner) AS owner,
           c.relrowsecurity AND c.relforcerowsecurity AS forced,
           'security_invoker=true' = ANY(coalesce(c.reloptions, '{}')) AS as_caller,
           EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                      AND a.attname = 'workspace_id' AND NOT a.attisdropped) AS of_workspace,
           (SELECT coalesce(jsonb_object_agg(p.polname, pg_get_expr(p.polqual, p.polrelid)), '{}')
              FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND c.relname <> 'alembic_version'
""")
_LOG_INS = {"users", "memberships", "sessions", "api_keys", "invitations", "login_tries"}


@pytest.fixture
def relations(session: Session) -> list[Row[str]]:
    return list(session.execute(_RELATIONS))


def _role(session: Session, kind: str) -> str:
    return str(session.scalar(text("SELECT wall_role(:kind)"), {"kind": kind}))


def test_every_table_is_walled(session: Session, relations: list[Row[str]]) -> None:
    assert {one.name for one in relations if not one.is_view} == set(tables.metadata.tables)
    for one in relations:
        assert one.owner == _role(session, "migrate"), one.name
        assert one.as_caller if one.is_view else one.forced, one.name


def test_the_api_sees_only_rows_of_its_workspace(relations: list[Row[str]]) -> None:
    for one in relations:
        if one.is_view:
            continue
        seen = one.policies.get("api")
        if one.of_workspace:
            assert seen is not None, f"{one.name} has a workspace and no policy for the API"
        assert seen is None or "current_workspace()" in seen or one.name == "users", one.name


def test_the_worker_knows_no_log_ins(relations: list[Row[str]]) -> None:
    without = {one.name for one in relations if not one.is_view and "worker" not in one.policies}
    assert without == _LOG_INS


@pytest.mark.parametrize("table", sorted(tables.metadata.tables))
def test_without_a_workspace_the_api_sees_nothing(session: Session, table: str) -> None:
    workspace = workspaces.workspace(session)
    workspaces.member_token(session, workspace.id)
    recipients.recipient(session, workspace.id, "+14155550100")
    session.commit()
    count = text(f"SELECT count({'id' if table == 'users' else '*'}) FROM {table}")
    with db.reading(Wall("api")) as api:
        if "api" in rules_of(table):
            assert api.scalar(count) == 0
        else:
            with pytest.raises(ProgrammingError, match="permission denied"):
                api.execute(count)


def test_a_workspace_sees_itself_and_cant_write_elsewhere(session: Session) -> None:
    mine, theirs = workspaces.workspace(session), workspaces.workspace(session)
    recipients.recipient(session, mine.id, "+14155550100")
    recipients.recipient(session, theirs.id, "+14155550100")
    session.commit()
    with db.reading(walls.api(mine.id)) as api:
        seen = api.scalars(text("SELECT workspace_id FROM recipients")).all()
        assert set(seen) == {mine.id}
        assert api.scalars(text("SELECT id FROM workspaces")).all() == [mine.id]
        changed = api.execute(
            text("UPDATE recipients SET name = 'x' WHERE workspace_id = :id RETURNING id"),
            {"id": theirs.id},
        )
        assert changed.all() == []
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        db.transaction(walls.api(mine.id)) as api,
    ):
        recipients.recipient(api, theirs.id, "+14155550101")


@pytest.mark.parametrize("table", sorted(_LOG_INS))
def test_the_worker_is_refused_at(session: Session, table: str) -> None:
    with (
        db.reading(walls.WORKER) as worker,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        worker.execute(text(f"SELECT 1 FROM {table}"))


def test_only_log_in_reads_passwords(session: Session) -> None:
    workspace = workspaces.workspace(session)
    workspaces.member_token(session, workspace.id)
    with db.reading(walls.api(workspace.id)) as api:
        assert len(api.scalars(text("SELECT email FROM users")).all()) == 1
        with pytest.raises(ProgrammingError, match="permission denied"):
            api.execute(text("SELECT password_hash FROM users"))
    with db.reading(walls.AUTH) as auth:
        assert auth.scalars(text("SELECT password_hash FROM users")).all() == ["-"]
        with pytest.raises(ProgrammingError, match="permission denied"):
            auth.execute(text("SELECT 1 FROM recipients"))


@pytest.fixture
def connection(stack: object) -> Iterator[Connection]:
    with db.engine().connect() as connection:
        yield connection


def test_nothing_stays_on_a_pooled_connection(connection: Connection) -> None:
    who = text("SELECT current_user, session_user, current_setting('app.workspace_id', true)")
    kept = Session(connection)
    walls.stand_behind(kept, walls.api(new_id()))
    with kept.begin():
        current, login, workspace = kept.execute(who).one()
        assert current != login
        assert workspace
    # The same connection of the server, whoever has it next.
    current, login, workspace = connection.execute(who).one()
    assert current == login
    assert not workspace


def test_a_step_costs_no_round_trip(connection: Connection) -> None:
    sent = []

    class Counting:
        name = None

        def execute(self, statement: str) -> None:
            sent.append(statement)

    session = Session(connection)
    walls.stand_behind(session, walls.WORKER)
    with session.begin():
        real = session.connection()
        first = walls._step(real, Counting(), "SELECT 1", (), None, False)
        second = walls._step(real, Counting(), "SELECT 2", (), None, False)
    assert first == (f"{walls.WORKER.sql}; SELECT 1", ())
    assert second == ("SELECT 2", ())
    assert sent == []
