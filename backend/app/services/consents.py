"""Consent: what people said, and the proof of it."""

from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.domain.errors import NotFoundError
from app.domain.refs import Ref
from app.models.recipients import Recipient
from app.repositories import consents

STOP_WORD = "stop_word"


def state(
    session: Session,
    ref: Ref,
    *,
    marketing: str | None = None,
    everything: str | None = None,
    source: str,
    evidence: str | None = None,
    actor: str | None = None,
) -> Recipient:
    """Set consent as a person said it: the one way from opted out to opted in.

    ``everything`` is ``allowed`` or ``opted_out`` for all categories. The UPDATE waits for
    marks that hold the row; what is marked after it sees the new state. Raises NotFoundError.
    """
    given = _given(marketing=marketing, all=everything)
    values: dict[str, Any] = {f"consent_{about}": value for about, value in given.items()}
    values |= {"consent_source": source, "consent_at": clock.now()}
    if actor is not None:
        # Only people's edits count as versions; a stop word is no edit.
        values["version"] = Recipient.version + 1
    changed = consents.change(session, ref, values)
    if changed is None:
        raise NotFoundError("recipient", ref.id)
    said_by = {"source": source, "evidence": evidence, "actor": actor}
    events = [
        {"recipient_id": ref.id, "about": about, "value": value, **said_by}
        for about, value in given.items()
    ]
    consents.record(session, ref.workspace_id, events)
    return changed


def _given(**said: str | None) -> dict[str, str]:
    return {about: value for about, value in said.items() if value is not None}


def stop(session: Session, ref: Ref, *, evidence: str | None = None) -> Recipient:
    """A person wrote a stop word: nothing of any category leaves any more."""
    return state(
        session,
        ref,
        marketing="opted_out",
        everything="opted_out",
        source=STOP_WORD,
        evidence=evidence,
    )
