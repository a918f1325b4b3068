"""The breaker: what begins badly is held until a person has looked at it."""

from app.core.db import reading, transaction
from app.domain.refs import Ref
from app.repositories import breakers
from app.services.dispatch import template_guard


def look(sender: Ref) -> None:
    """Hold a sender's occurrences of which too many fail or make people leave."""
    with reading() as session:
        tripped = breakers.tripped(session, sender)
    for occurrence_id in tripped:
        with transaction() as session:
            template_guard.hold(session, sender.workspace_id, occurrence_id, "breaker")
