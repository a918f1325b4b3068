"""What endpoints ask for in their signature: a session, the caller, a version."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import HTTPBearer, SecurityScopes
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.orm import Session

from app.api import browser, idempotency, rate_limit
from app.core import walls
from app.core.db import reading, transaction
from app.domain import permissions
from app.domain.errors import ForbiddenError, NotAuthenticatedError, StaleVersionError
from app.domain.members import Member
from app.services import audit, authentication
from app.services import idempotency as idempotency_service

_bearer = HTTPBearer(auto_error=False, description="A JWT access token or an API key (`wsk_…`).")


def _caller(request: Request, response: Response) -> Member:
    # Read by hand: FastAPI would look up a caller that depends on the scheme once more for
    # each permission that is asked for.
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("Send Authorization: Bearer <token>.")
    with transaction(walls.AUTH) as session:
        member = authentication.authenticate(session, token)
    response.headers.update(rate_limit.take(member.actor))
    request.state.member = member
    return member


_Caller = Annotated[Member, Depends(_caller)]


def _write_session(request: Request, member: _Caller) -> Iterator[Session]:
    with transaction(walls.api(member.workspace_id)) as session:
        audit.acts_for(session, browser.origin(request, member))
        yield session


def _read_session(member: _Caller) -> Iterator[Session]:
    with reading(walls.api(member.workspace_id)) as session:
        yield session


@contextmanager
def auth_transaction(request: Request) -> Iterator[Session]:
    """One of its own, for what is kept even when the request is refused."""
    with transaction(walls.AUTH) as session:
        audit.acts_for(session, browser.origin(request))
        yield session


def _auth_session(request: Request) -> Iterator[Session]:
    with auth_transaction(request) as session:
        yield session


def _auth_read_session() -> Iterator[Session]:
    with reading(walls.AUTH) as session:
        yield session


# What the caller's workspace holds, and nothing else.
# scope="function": commit before the answer leaves, so a 2xx is never a lie.
WriteSession = Annotated[Session, Depends(_write_session, scope="function")]
ReadSession = Annotated[Session, Depends(_read_session, scope="function")]
# People, their log-ins and workspaces; no workspace's data.
AuthSession = Annotated[Session, Depends(_auth_session, scope="function")]
AuthReadSession = Annotated[Session, Depends(_auth_read_session, scope="function")]


def _keyed(request: Request, session: WriteSession, member: _Caller) -> None:
    # Runs before the endpoint, in the endpoint's transaction.
    key = idempotency.key_of(request) if request.method == "POST" else None
    if key is None:
        return
    fingerprint = idempotency.fingerprint(request, request._body)
    claimed = idempotency_service.claim(session, member.workspace_id, key, fingerprint)
    request.state.idempotency = claimed


# For the router's ``dependencies`` of every POST that isn't a log-in.
Keyed = Depends(_keyed)


def _permitted(
    request: Request,
    needed: SecurityScopes,
    member: _Caller,
    _in_the_document: Annotated[object, Depends(_bearer)],
) -> Member:
    for permission in needed.scopes:
        if permission in member.scopes:
            continue
        if member.user_id is None and permission in permissions.OF_PEOPLE:
            raise ForbiddenError("An API key can't do this; log in.", code="person_needed")
        raise ForbiddenError(f"This needs the scope {permission}.", code="missing_scope")
    # Only now: an answer is not repeated to somebody who may not have it.
    idempotency.replay_answered(request)
    return member


def needs(permission: str) -> Any:
    """A dependency: the caller, who must have ``permission`` (see ``domain/permissions``)."""
    if permission not in permissions.ROLES_OF:
        raise LookupError(f"There is no permission {permission}.")
    return Security(_permitted, scopes=[permission])


# Any credential that holds, whatever it may do.
Caller = Annotated[Member, Security(_permitted)]
# Anybody logged in, whatever their role: for what is their own.
IsPerson = Annotated[Member, needs("account")]
CanReadMessages = Annotated[Member, needs("messages:read")]
CanWriteMessages = Annotated[Member, needs("messages:write")]
CanReadTemplates = Annotated[Member, needs("templates:read")]
CanWriteTemplates = Annotated[Member, needs("templates:write")]
CanReadRecipients = Annotated[Member, needs("recipients:read")]
CanWriteRecipients = Annotated[Member, needs("recipients:write")]
CanReadGroups = Annotated[Member, needs("groups:read")]
CanWriteGroups = Annotated[Member, needs("groups:write")]
CanReadSchedules = Annotated[Member, needs("schedules:read")]
CanSchedule = Annotated[Member, needs("schedules:write")]
CanReadDeliveries = Annotated[Member, needs("deliveries:read")]
CanResolveDeliveries = Annotated[Member, needs("deliveries:write")]
CanReadSenders = Annotated[Member, needs("senders:read")]
CanWriteSenders = Annotated[Member, needs("senders:write")]
CanManageKeys = Annotated[Member, needs("api-keys:write")]
CanManageMembers = Annotated[Member, needs("members:write")]
IsAdmin = Annotated[Member, needs("admin")]


def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise StaleVersionError('If-Match takes the version in quotes, such as "3".')
    return int(text)


# From If-Match; None means: last write wins.
ExpectedVersion = Annotated[int | None, Depends(_expected_version)]


def tag(response: Response, version: int) -> None:
    """Say the object's version in ``ETag``."""
    response.headers["ETag"] = f'"{version}"'
