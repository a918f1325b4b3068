"""All tables at once, for Alembic and for tests that compare the schema."""

from app.models import (
    api_keys,
    audit_log,
    callbacks,
    daily_limits,
    deliveries,
    dispatch_guard,
    heartbeats,
    idempotency_keys,
    imports,
    invitations,
    login_tries,
    messages,
    recipients,
    row_edits,
    schedules,
    senders,
    templates,
    users,
    workspaces,
)
from app.models.base import Base

metadata = Base.metadata

__all__ = [
    "api_keys",
    "audit_log",
    "callbacks",
    "daily_limits",
    "deliveries",
    "dispatch_guard",
    "heartbeats",
    "idempotency_keys",
    "imports",
    "invitations",
    "login_tries",
    "messages",
    "metadata",
    "recipients",
    "row_edits",
    "schedules",
    "senders",
    "templates",
    "users",
    "workspaces",
]
