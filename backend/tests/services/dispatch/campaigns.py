"""Schedules that send a template, opened, as the guard and the drain find them."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.models.recipients import Recipient
from app.models.schedules import Lane, Occurrence
from app.models.senders import Sender
from app.models.templates import Template
from app.services.dispatch import expand
from tests.factories import messages, recipients, schedules, senders, templates, workspaces

_PREFIXES = {"GB": "+44207946", "BR": "+551198765"}
_numbers = count(1)


@dataclass
class Shop:
    """A workspace with one sender and one template."""

    session: Session
    sender: Sender
    template: Template

    @property
    def workspace_id(self) -> UUID:
        return self.sender.workspace_id

    def people(self, many: int, country: str = "GB") -> list[Recipient]:
        return [
            recipients.recipient(
                self.session,
                self.workspace_id,
                f"{_PREFIXES[country]}{next(_numbers):04}",
                country=country,
                consent_marketing="opted_in",
            )
            for _ in range(many)
        ]

    def copy(self, **values: Any) -> Template:
        """Another template with the same text, unless ``values`` says otherwise."""
        own = {column.key: getattr(self.template, column.key) for column in Template.__table__.c}
        row = Template(**own | {"id": new_id(), "name": "spare", "status": "APPROVED"} | values)
        self.session.add(row)
        self.session.commit()
        return row

    def campaign(
        self, people: list[Recipient], sender: Sender | None = None, **values: Any
    ) -> "Campaign":
        message = messages.of_template(self.session, self.template)
        made = schedules.schedule(
            self.session,
            self.workspace_id,
            message_id=message.message.id,
            sender_id=(sender or self.sender).id,
            audience={"recipient_ids": [str(person.id) for person in people]},
            **values,
        )
        campaign = Campaign(self.session, Ref(self.workspace_id, made.schedule.id))
        expand.open_occurrence(campaign.occurrence.id)
        return campaign


@dataclass
class Campaign:
    """One schedule and its only occurrence."""

    session: Session
    ref: Ref

    @property
    def occurrence(self) -> Occurrence:
        found = select(Occurrence).where(Occurrence.schedule_id == self.ref.id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one()

    @property
    def deliveries(self) -> list[Delivery]:
        found = select(Delivery).where(Delivery.schedule_id == self.ref.id)
        return list(self.session.scalars(found.execution_options(populate_existing=True)))

    def state(self) -> tuple[str, str | None, str | None]:
        """``(occurrence's status, its reason, lane's state)``."""
        found = select(Lane.state).where(Lane.schedule_id == self.ref.id)
        row = self.occurrence
        return row.status, row.status_reason, self.session.scalar(found)

    def counts(self) -> dict[str, int]:
        rows = self.session.execute(
            text("SELECT status, n FROM shown_counts WHERE occurrence_id = :id"),
            {"id": self.occurrence.id},
        )
        return {row.status: row.n for row in rows if row.n}


def shop(session: Session, template: str = "hello_world", **of_sender: Any) -> Shop:
    """A shop whose template is one of the contract fixtures."""
    workspace = workspaces.workspace(session)
    sender = senders.sender(session, workspace.id, **of_sender)
    return Shop(session, sender, templates.template(session, workspace.id, template))
