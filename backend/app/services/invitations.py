"""Invitations: a link that makes its bearer a member, once and within three days."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import passwords
from app.core.config import settings
from app.core.crypto import sha256_hex
from app.domain.audit import Action
from app.domain.errors import ConflictError, InvalidError, NotFoundError
from app.domain.members import Member
from app.domain.paging import PageOf, PageRequest
from app.domain.permissions import Role
from app.domain.refs import Ref
from app.models.invitations import Invitation
from app.models.users import User
from app.repositories import invitations, users
from app.repositories import members as memberships
from app.services import accounts, audit, members, sessions
from app.services.sessions import Device, Tokens

LIFETIME = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The new member, logged in."""

    user: User
    workspace_id: UUID
    role: Role
    tokens: Tokens


def link(token: str) -> str:
    """Where the invited open it. Behind the ``#``, so that no server's log has the token."""
    return f"{settings().public_url}/invitation#token={token}"


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Invitation]:
    """Invitations that nobody has accepted."""
    return invitations.page(session, workspace_id, request)


def get(session: Session, ref: Ref) -> Invitation:
    """One of them. Raises NotFoundError."""
    found = invitations.find(session, ref)
    if found is None:
        raise NotFoundError("invitation", ref.id)
    return found


def create(session: Session, caller: Member, email: str, role: Role) -> tuple[Invitation, str]:
    """Invite an address; returns the invitation and its token, which is not kept.

    Raises ForbiddenError ``owner_needed``, ConflictError ``duplicate`` for a member or an
    address that has an open invitation.
    """
    members.hold_permission(session, caller, role)
    if memberships.has_address(session, caller.workspace_id, email):
        raise ConflictError(f"{email} is a member already.", code="duplicate")
    invitations.forget_expired(session, caller.workspace_id, email)
    token = secrets.token_urlsafe(32)
    inviter = caller.ref(caller.person_id)
    row = invitations.add(session, inviter, email, role, sha256_hex(token), LIFETIME)
    if row is None:
        raise ConflictError(
            f"{email} has an open invitation; withdraw it to make a new one.", code="duplicate"
        )
    invited = {"email": email, "role": role.value}
    audit.note(session, Action.INVITATION_CREATED, caller.ref(row.id), after=invited)
    return row, token


def withdraw(session: Session, ref: Ref) -> None:
    """Withdraw an invitation; its link stops at once. Raises NotFoundError."""
    if not invitations.withdraw(session, ref):
        raise NotFoundError("invitation", ref.id)
    audit.note(session, Action.INVITATION_WITHDRAWN, ref)


def accept(session: Session, token: str, name: str, password: str, device: Device) -> Accepted:
    """Become a member: with a new account, or with the password of the address's old one.

    Raises InvalidError ``invitation_ended`` on ``token`` or for a weak new password,
    NotAuthenticatedError ``invalid_credentials``, ConflictError ``duplicate`` for a member.
    """
    invitation = invitations.accept_if_open(session, sha256_hex(token))
    if invitation is None:
        raise InvalidError.of(
            "token", "invitation_ended", "This invitation was used, withdrawn or is too old."
        )
    user = _account(session, invitation.email, name, password)
    role = Role(invitation.role)
    if not memberships.add(session, Ref(invitation.workspace_id, user.id), role):
        raise ConflictError("You are a member already; log in.", code="duplicate")
    session.flush()
    accepted, joined = Ref(invitation.workspace_id, invitation.id), {"role": role.value}
    audit.note(session, Action.INVITATION_ACCEPTED, accepted, after=joined, by=user.id)
    tokens = sessions.start(session, user, invitation.workspace_id, device)
    return Accepted(user, invitation.workspace_id, role, tokens)


def _account(session: Session, email: str, name: str, password: str) -> User:
    user = users.find_by_email(session, email)
    if user is None:
        accounts.refuse_weak(password, email, "")
        made = users.add_if_new(session, email, name, passwords.hash_password(password))
        if made is not None:
            return made
        # Accepted at the same moment for another workspace.
        user = users.find_by_email(session, email)
    if user is None or not passwords.verify(password, user.password_hash)[0]:
        raise sessions.wrong_credentials()
    return user
