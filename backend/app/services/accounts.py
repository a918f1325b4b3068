"""People's accounts: the first owner, further workspaces, passwords."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import passwords
from app.domain import password_rules
from app.domain.audit import Action
from app.domain.errors import ConflictError, InvalidError, NotFoundError
from app.domain.members import Member
from app.domain.permissions import Role
from app.domain.refs import Ref
from app.models.api_keys import ApiKey
from app.models.users import Membership, User
from app.models.workspaces import Workspace
from app.repositories import api_keys, sessions, users, workspaces
from app.services import audit
from app.services import sessions as log_ins


@dataclass(frozen=True, slots=True)
class NewOwner:
    """A workspace to make, and who owns it."""

    workspace_name: str
    email: str
    password: str
    name: str = ""
    timezone: str = "UTC"
    country: str = "US"
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credential it is: ``user`` for a person, ``api_key`` for a key."""

    workspace: Workspace
    user: User | None
    api_key: ApiKey | None


def is_set_up(session: Session) -> bool:
    """Whether the first owner exists."""
    return users.any_exists(session)


def set_up(session: Session, owner: NewOwner) -> tuple[User, Workspace]:
    """Make the first workspace and its owner. Raises ConflictError ``already_set_up``."""
    users.lock_setup(session)
    if users.any_exists(session):
        raise ConflictError("The first owner exists already; log in.", code="already_set_up")
    return create(session, owner)


def create(session: Session, owner: NewOwner) -> tuple[User, Workspace]:
    """Make a workspace and its owner: somebody new, or who has an account and its password.

    Raises InvalidError ``wrong_password`` for that, or for a new one that is easily guessed.
    """
    user = _owner(session, owner)
    workspace = Workspace(
        name=owner.workspace_name,
        timezone=owner.timezone,
        country=owner.country,
        locale=owner.locale,
    )
    session.add_all([workspace, user])
    session.flush()
    session.add(Membership(workspace_id=workspace.id, user_id=user.id, role=Role.OWNER.value))
    session.flush()
    made = {"name": workspace.name}
    ref = Ref(workspace.id, workspace.id)
    audit.note(session, Action.WORKSPACE_CREATED, ref, after=made, by=user.id)
    return user, workspace


def _owner(session: Session, owner: NewOwner) -> User:
    known = users.find_by_email(session, owner.email)
    if known is None:
        refuse_weak(owner.password, owner.email, owner.workspace_name)
        hashed = passwords.hash_password(owner.password)
        return User(email=owner.email, name=owner.name, password_hash=hashed)
    # Logs in "as usual" only by the password they have.
    if not passwords.verify(owner.password, known.password_hash)[0]:
        message = f"{owner.email} has an account already; give its password."
        raise InvalidError.of("password", "wrong_password", message)
    return known


def workspaces_of(session: Session, member: Member) -> list[tuple[Workspace, str]]:
    """Where the caller is a member, with their role; none for a key."""
    return users.workspaces_of(session, member.user_id) if member.user_id else []


def identify(session: Session, member: Member) -> Identity:
    """The caller's own account and workspace. Raises NotFoundError when just deleted."""
    workspace = workspaces.get(session, member.workspace_id)
    user = users.get(session, member.user_id) if member.user_id else None
    key = api_keys.find(session, member.ref(member.api_key_id)) if member.api_key_id else None
    if workspace is None or (user is None and key is None):
        raise NotFoundError("workspace", member.workspace_id)
    return Identity(workspace, user, key)


def change_password(session: Session, member: Member, current: str, new: str) -> None:
    """Change the caller's password and end their other sessions.

    Raises InvalidError ``wrong_password`` on ``current_password``, or for a weak new one.
    """
    identity = identify(session, member)
    user = identity.user
    assert user is not None, "an API key has no password"
    if not passwords.verify(current, user.password_hash)[0]:
        raise InvalidError.of("current_password", "wrong_password", "This is not your password.")
    refuse_weak(new, user.email, identity.workspace.name, field="new_password")
    users.set_password(session, user.id, passwords.hash_password(new))
    ended = sessions.revoke_all(session, user.id, but=member.session_id)
    log_ins.tell_streams(session, ended)
    audit.note_of_person(session, user.email, Action.PASSWORD_CHANGED, by=user.id)


def reset_password(session: Session, email: str, new: str) -> UUID:
    """Set a password without the old one and end all sessions. Raises NotFoundError."""
    user = users.find_by_email(session, email)
    if user is None:
        raise NotFoundError("account", email)
    refuse_weak(new, user.email, "")
    users.set_password(session, user.id, passwords.hash_password(new))
    log_ins.tell_streams(session, sessions.revoke_all(session, user.id))
    audit.note_of_person(session, user.email, Action.PASSWORD_CHANGED)
    return user.id


def refuse_weak(password: str, email: str, workspace: str, *, field: str = "password") -> None:
    """Raises InvalidError on ``field`` for a password that is easily guessed."""
    if len(password) < password_rules.MIN_LENGTH:
        message = f"A password has at least {password_rules.MIN_LENGTH} characters."
        raise InvalidError.of(field, "too_short", message)
    if len(password) > password_rules.MAX_LENGTH:
        message = f"A password has at most {password_rules.MAX_LENGTH} characters."
        raise InvalidError.of(field, "too_long", message)
    if password_rules.is_common(password, email=email, workspace=workspace):
        raise InvalidError.of(
            field, "password_common", "This password is among the first that are guessed."
        )
