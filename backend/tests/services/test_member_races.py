"""Members changed by several people at once, on real transactions."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from app.core import db, tokens
from app.domain import permissions
from app.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.domain.members import Member
from app.domain.paging import PageRequest
from app.domain.permissions import Role
from app.models.users import Membership, User
from app.models.workspaces import Workspace
from app.services import invitations, members
from app.services.sessions import Device
from tests.factories import workspaces

ROUNDS = 12
_ALL = PageRequest(limit=200)


@pytest.fixture
def place(stack: Path) -> Iterator[UUID]:
    """A workspace without people; all that is committed in it is removed."""
    with db.transaction(None) as session:
        id_ = workspaces.workspace(session, name="Race").id
    yield id_
    with db.transaction(None) as session:
        people = select(Membership.user_id).where(Membership.workspace_id == id_)
        session.execute(delete(User).where(User.id.in_(people)))
        session.execute(delete(Workspace).where(Workspace.id == id_))


def _member(place: UUID, role: Role) -> Member:
    with db.transaction(None) as session:
        token = workspaces.member_token(session, place, role=role)
    claims = tokens.read_access(token)
    return Member(place, permissions.of_role(role), claims.user_id, claims.session_id, role)


def _refused(call: Callable[[], object]) -> str:
    """The code of the refusal; empty when it was done."""
    try:
        call()
    except (ConflictError, ForbiddenError, InvalidError, NotFoundError) as refusal:
        return refusal.code
    return ""


def _owners(place: UUID) -> int:
    with db.reading(None) as session:
        rows = session.scalars(
            select(Membership.user_id).where(
                Membership.workspace_id == place, Membership.role == "owner"
            )
        )
        return len(rows.all())


def _demote(caller: Member, other: Member) -> None:
    with db.transaction(None) as session:
        members.change_role(session, caller, other.person_id, Role.VIEWER, None)


def _remove(caller: Member, other: Member) -> None:
    with db.transaction(None) as session:
        members.remove(session, caller, other.person_id)


@pytest.mark.parametrize("change", [_demote, _remove])
def test_of_two_owners_who_end_each_other_one_stays(
    place: UUID, change: Callable[[Member, Member], None]
) -> None:
    for _ in range(ROUNDS):
        one, other = _member(place, Role.OWNER), _member(place, Role.OWNER)
        with ThreadPoolExecutor(2) as threads:
            pairs = [(one, other), (other, one)]
            codes = [*threads.map(lambda p: _refused(lambda: change(*p)), pairs)]
        assert sorted(codes) == ["", "forbidden"]
        assert _owners(place) == 1
        with db.transaction(None) as session:
            session.execute(delete(Membership).where(Membership.workspace_id == place))


def test_owners_who_all_leave_at_once_leave_one(place: UUID) -> None:
    for _ in range(ROUNDS):
        people = [_member(place, Role.OWNER) for _ in range(4)]
        with ThreadPoolExecutor(4) as threads:
            codes = [*threads.map(lambda m: _refused(lambda: _remove(m, m)), people)]
        assert sorted(codes) == ["", "", "", "last_owner"]
        assert _owners(place) == 1
        with db.transaction(None) as session:
            session.execute(delete(Membership).where(Membership.workspace_id == place))


def test_a_link_clicked_in_many_places_lets_one_in(place: UUID) -> None:
    owner = _member(place, Role.OWNER)
    with db.transaction(None) as session:
        _, token = invitations.create(session, owner, "race@example.com", Role.VIEWER)

    def accept(_: int) -> None:
        with db.transaction(None) as session:
            invitations.accept(session, token, "", "seven brown loaves at dawn", Device())

    with ThreadPoolExecutor(6) as threads:
        codes = [*threads.map(lambda n: _refused(lambda: accept(n)), range(6))]
    assert sorted(codes) == [""] + ["invitation_ended"] * 5


def test_who_is_removed_while_inviting_leaves_no_open_link(place: UUID) -> None:
    owner = _member(place, Role.OWNER)
    for number in range(ROUNDS):
        admin = _member(place, Role.ADMIN)

        def invite(admin: Member = admin, number: int = number) -> None:
            with db.transaction(None) as session:
                invitations.create(session, admin, f"race{number}@example.com", Role.ADMIN)

        calls: list[Callable[[], None]] = [invite, lambda a=admin: _remove(owner, a)]  # type: ignore[misc]
        with ThreadPoolExecutor(2) as threads:
            codes = [*threads.map(_refused, calls)]
        assert codes[0] in ("", "forbidden")
        assert codes[1] == ""
        with db.reading(None) as session:
            assert invitations.page(session, place, _ALL).items == []
