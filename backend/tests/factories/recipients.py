"""People and groups."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.models.recipients import Group, GroupMember, Recipient


def recipient(session: Session, workspace_id: UUID, phone: str, **columns: object) -> Recipient:
    """A person with this phone (E.164)."""
    values: dict[str, object] = {
        "name": "Ana",
        "timezone": "UTC",
        "timezone_source": "workspace",
        **columns,
    }
    row = Recipient(workspace_id=workspace_id, phone=phone, **values)
    session.add(row)
    session.flush()
    return row


def group(session: Session, workspace_id: UUID, *members: Recipient, name: str = "VIP") -> Group:
    """A group of these people."""
    row = Group(workspace_id=workspace_id, name=name)
    session.add(row)
    session.flush()
    session.add_all(
        GroupMember(workspace_id=workspace_id, group_id=row.id, recipient_id=member.id)
        for member in members
    )
    session.flush()
    return row
