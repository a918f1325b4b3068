"""What a message would be for somebody, before it is sent to anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.errors import InvalidError
from app.domain.refs import Ref
from app.integrations.whatsapp import payloads
from app.models.recipients import Recipient
from app.repositories import recipients as recipient_rows
from app.services import messages, recipients
from app.services.rendering import Compiled, Missing, Person, Rendered

_NOBODY = Person(
    id=UUID(int=0),
    name="",
    phone=None,
    whatsapp_user_id=None,
    language=None,
    country=None,
    timezone=None,
    external_id=None,
    attributes={},
)


@dataclass(frozen=True, slots=True)
class Preview:
    """``rendered`` is the text to read, with ``{{ name }}`` where a value is missing.

    ``payload`` is the request that would be made, without an address when nobody was named;
    None while something is missing. ``problem`` says what else stands in the way.
    """

    rendered: str | None
    payload: dict[str, Any] | None
    missing: list[str]
    problem: str | None = None


def preview(
    session: Session,
    message: Ref,
    recipient: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Preview:
    """Fill a message for a recipient (an id or ``external:<id>``), or for nobody.

    Raises NotFoundError for the message, InvalidError for the recipient.
    """
    compiled = messages.compiled(messages.get(session, message).version)
    person = _person(session, message, recipient) if recipient else _NOBODY
    filled = compiled.render(person, variables)
    if isinstance(filled, Missing):
        shown = _with_holes_named(compiled, person, variables or {}, filled.names)
        return Preview(shown, None, filled.names, filled.problem)
    return Preview(filled.text, _payload(person, filled), [])


def person_of(recipient: Recipient) -> Person:
    """What a text may know of a recipient."""
    return Person(
        id=recipient.id,
        name=recipient.name,
        phone=recipient.phone,
        whatsapp_user_id=recipient.whatsapp_user_id,
        language=recipient.language,
        country=recipient.country,
        timezone=recipient.timezone,
        external_id=recipient.external_id,
        attributes=recipient.attributes,
    )


def _person(session: Session, message: Ref, key: str) -> Person:
    ref = recipients.for_send(session, message.workspace_id, recipient_id=key)
    recipient = recipient_rows.get(session, ref)
    if recipient is None:
        raise InvalidError.unknown_reference("recipient_id", key)
    return person_of(recipient)


def _payload(person: Person, filled: Rendered) -> dict[str, Any]:
    if person.phone or person.whatsapp_user_id:
        return payloads.message(filled.part, phone=person.phone, user_id=person.whatsapp_user_id)
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **filled.part}


def _with_holes_named(
    compiled: Compiled, person: Person, variables: Mapping[str, Any], names: list[str]
) -> str | None:
    attributes = dict(person.attributes)
    named = dict(variables)
    for name in names:
        root, _, key = name.partition(".")
        if root == "attributes" and key:
            attributes[key] = f"{{{{ {name} }}}}"
        else:
            named[name] = f"{{{{ {name} }}}}"
    filled = compiled.render(person, {"attributes": attributes, **named})
    return filled.text if isinstance(filled, Rendered) else None
