"""The people of a workspace: their roles, and who may change them.

Every change begins by locking the owners. As there is always one, changes of one workspace
queue up there: two owners who demote each other can't both succeed.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.domain import permissions
from app.domain.audit import Action
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, StaleVersionError
from app.domain.members import Member
from app.domain.paging import PageOf, PageRequest
from app.domain.permissions import Role
from app.models.users import Membership
from app.repositories import invitations, members, sessions
from app.services import audit
from app.services import sessions as log_ins


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Membership]:
    """The workspace's members."""
    return members.page(session, workspace_id, request)


def change_role(
    session: Session, caller: Member, user_id: UUID, role: Role, expected: int | None
) -> Membership:
    """Give a member another role; it counts from their next request on.

    Raises NotFoundError, ForbiddenError ``owner_needed`` when an owner is made or changed by
    somebody else, ConflictError ``last_owner``, StaleVersionError.
    """
    ref = caller.ref(user_id)
    was = _refuse_if_not_allowed(session, caller, user_id, becomes=role)
    if not members.change_role_if_version(session, ref, role, expected):
        raise StaleVersionError("The member was changed meanwhile; read it again.")
    # They may have invited people whom they could not invite any more.
    invitations.withdraw_of(session, ref)
    audit.note(
        session, Action.MEMBER_CHANGED, ref, before={"role": was}, after={"role": role.value}
    )
    return _found(session, caller, user_id)


def remove(session: Session, caller: Member, user_id: UUID) -> None:
    """Take a person out of the workspace; their sessions in it end at once.

    Their account and the keys they made stay. Raises NotFoundError, ForbiddenError
    ``owner_needed``, ConflictError ``last_owner``.
    """
    ref = caller.ref(user_id)
    was = _refuse_if_not_allowed(session, caller, user_id, becomes=None)
    members.remove(session, ref)
    sessions.revoke_in(session, ref)
    log_ins.tell_streams(session, {ref.workspace_id})
    invitations.withdraw_of(session, ref)
    audit.note(session, Action.MEMBER_REMOVED, ref, before={"role": was}, after={"role": None})


def hold_permission(session: Session, caller: Member, role: Role) -> None:
    """Make sure that the caller may still hand out ``role``, until the transaction ends.

    Raises ForbiddenError. A removal that runs meanwhile waits, and then sees what was done.
    """
    own = members.hold_role(session, caller.ref(caller.person_id))
    allowed = permissions.of_role(own) if own else frozenset[str]()
    if "members:write" not in allowed:
        raise ForbiddenError("You may not do this any more.")
    if role is Role.OWNER and "owners:write" not in allowed:
        raise _owner_needed()


def _refuse_if_not_allowed(
    session: Session, caller: Member, user_id: UUID, *, becomes: Role | None
) -> str:
    owners = members.lock_owners(session, caller.workspace_id)
    hold_permission(session, caller, becomes or Role.VIEWER)
    role = _found(session, caller, user_id).role
    if user_id not in owners:
        return role
    if caller.user_id not in owners:
        raise _owner_needed()
    if len(owners) == 1 and becomes is not Role.OWNER:
        raise ConflictError(
            "The only owner can't leave; make somebody else an owner first.", code="last_owner"
        )
    return role


def _found(session: Session, caller: Member, user_id: UUID) -> Membership:
    membership = members.find(session, caller.ref(user_id))
    if membership is None:
        raise NotFoundError("member", user_id)
    return membership


def _owner_needed() -> ForbiddenError:
    return ForbiddenError("Only an owner can do this.", code="owner_needed")
