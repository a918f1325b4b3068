"""Walls where the login is no superuser, and where databases share a cluster."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.core import walls
from app.core.config import settings
from app.core.ids import new_id
from app.repositories.server import lacks
from devstack import postgres
from migrations.walls import WallsError, raise_walls, role_name
from tests.factories import recipients, workspaces

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cluster(stack: Path) -> Iterator[Engine]:
    """The server itself; databases and roles made during the test are removed."""
    server = create_engine(settings().database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        before = set(connection.scalars(text("SELECT datname FROM pg_database")))
        roles = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        yield server
        for name in set(connection.scalars(text("SELECT datname FROM pg_database"))) - before:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        made = set(connection.scalars(text("SELECT rolname FROM pg_roles"))) - roles
        # Logins last: they gave the memberships.
        for name in sorted(made, key=lambda name: not name.startswith("scheduler_")):
            connection.exec_driver_sql(f'DROP OWNED BY "{name}" CASCADE')
            connection.exec_driver_sql(f'DROP ROLE "{name}"')
    server.dispose()


def _database(server: Engine, name: str, owner: str = postgres.USER) -> str:
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" OWNER {owner}')
    return settings().database_url.rsplit("/", 1)[0] + f"/{name}"


def _login(server: Engine, name: str, attributes: str) -> Callable[[str], str]:
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' {attributes}")

    def url(database: str) -> str:
        changed = make_url(database).set(username=name, password="secret")
        return changed.render_as_string(hide_password=False)

    return url


def _upgrade(url: str) -> None:
    alembic = Config(str(ROOT / "alembic.ini"))
    alembic.set_main_option("script_location", str(ROOT / "backend" / "migrations"))
    alembic.attributes["url"] = url
    command.upgrade(alembic, "head")


def _has_walls(url: str) -> None:
    """The login itself sees nothing, and behind a wall one workspace."""
    engine = create_engine(url)
    walls.install(engine)
    with Session(engine) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT 1 FROM recipients"))
    with Session(engine) as session:
        walls.stand_behind(session, walls.WORKER)
        ids = [workspaces.workspace(session).id for _ in range(2)]
        for id_ in ids:
            recipients.recipient(session, id_, "+14155550100")
        session.commit()
    with Session(engine) as session:
        walls.stand_behind(session, walls.api(ids[0]))
        assert session.scalars(text("SELECT workspace_id FROM recipients")).all() == ids[:1]
    engine.dispose()


def _raise_again(url: str) -> str:
    engine = create_engine(url)
    with engine.begin() as connection:
        raise_walls(connection)
        role = str(connection.scalar(text("SELECT wall_role('api')")))
    engine.dispose()
    return role


def test_a_login_that_may_make_roles_builds_its_walls(cluster: Engine) -> None:
    login = _login(cluster, "walls_creator", "CREATEROLE")
    url = login(_database(cluster, "walls_managed", "walls_creator"))
    _upgrade(url)
    _has_walls(url)
    _upgrade(url)


def test_a_login_that_may_not_says_what_to_run(cluster: Engine) -> None:
    login = _login(cluster, "walls_plain", "")
    database = _database(cluster, "walls_refused", "walls_plain")
    with pytest.raises(WallsError, match="Let an administrator run this") as refused:
        _upgrade(login(database))
    administrator = create_engine(database)
    with administrator.begin() as connection:
        connection.exec_driver_sql(str(refused.value).split("upgrade again:\n")[1])
    administrator.dispose()
    _upgrade(login(database))
    _has_walls(login(database))


def test_databases_of_one_cluster_have_walls_of_their_own(cluster: Engine) -> None:
    names = [f"walls_{new_id().hex}_{'long' * 8}"[:63] for _ in range(3)]
    urls = [_database(cluster, name) for name in names]
    for url in urls:
        # Alembic keeps its state in globals of its modules: one after the other.
        _upgrade(url)
    with ThreadPoolExecutor(6) as threads:
        roles = set(threads.map(_raise_again, urls * 2))
    assert roles == {role_name("api", name) for name in names}
    assert len(roles) == len(names)


def test_what_a_login_may_not_become_is_named(cluster: Engine) -> None:
    owner = _login(cluster, "bakery", "CREATEROLE")
    url = owner(_database(cluster, "bakery", owner="bakery"))
    _upgrade(url)
    engine = create_engine(url)
    with Session(engine) as session:
        assert lacks(session) == []
    role = role_name("api", "bakery")
    with cluster.connect() as connection:
        connection.exec_driver_sql(f"REVOKE {role} FROM bakery GRANTED BY bakery CASCADE")
    with Session(engine) as session:
        assert lacks(session) == [f"the login bakery may not become the role {role}"]
    engine.dispose()
