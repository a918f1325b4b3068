"""Who a callback is about: found under any form of their number, else added to the address book."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain import phones, recipients
from app.domain.errors import InvalidError
from app.domain.person_fields import MAX_NAME
from app.domain.recipients import Columns, Defaults, Draft
from app.domain.refs import Ref
from app.repositories import callback_people, recipient_sets
from app.repositories.callback_people import Handle, Lesson
from app.services import recipient_bulk

_LONGEST_ID = 256


@dataclass(frozen=True, slots=True)
class Person:
    """A person as one callback names them; ``wa_id`` is digits without ``+``."""

    workspace_id: UUID
    wa_id: str | None
    user_id: str | None
    name: str | None = None
    username: str | None = None

    @property
    def key(self) -> tuple[UUID, str | None, str | None]:
        """Equal for the same person named in the same way."""
        return self.workspace_id, self.wa_id, None if self.wa_id else self.user_id


def resolve(session: Session, people: Sequence[Person], *, create: bool) -> dict[int, Ref]:
    """Position -> recipient. With ``create`` unknown people are added, consent unknown.

    People whose number can't exist stay out.
    """
    found = _find(session, people)
    missing = [n for n in range(len(people)) if n not in found]
    if create and missing and _add(session, [people[n] for n in missing]):
        # Others may have added the same people at this moment.
        found = _find(session, people)
    return {n: Ref(people[n].workspace_id, id_) for n, id_ in found.items()}


def lessons(people: Mapping[UUID, Person]) -> list[Lesson]:
    """What was said about each recipient."""
    return [
        Lesson(id_, person.wa_id, person.user_id, _short(person.username), _short(person.name))
        for id_, person in people.items()
    ]


def named(workspace_id: UUID, wa_id: str | None, user_id: str | None) -> Person | None:
    """A person by their ids; None when neither can be one."""
    wa_id = wa_id if wa_id and wa_id.isdecimal() and len(wa_id) < _LONGEST_ID else None
    user_id = user_id if user_id and len(user_id) < _LONGEST_ID else None
    return Person(workspace_id, wa_id, user_id) if wa_id or user_id else None


def _find(session: Session, people: Sequence[Person]) -> dict[int, UUID]:
    handles = [handle for n, person in enumerate(people) for handle in _handles(n, person)]
    return callback_people.find(session, handles) if handles else {}


def _handles(n: int, person: Person) -> Iterator[Handle]:
    forms: Sequence[str | None] = (None,)
    if person.wa_id is not None:
        forms = phones.whatsapp_variants(f"+{person.wa_id}")
    for form in forms:
        digits = form.removeprefix("+") if form else None
        yield Handle(n, person.workspace_id, form, digits, person.user_id)


def _add(session: Session, people: Sequence[Person]) -> bool:
    by_workspace: dict[UUID, dict[object, Person]] = {}
    for person in people:
        by_workspace.setdefault(person.workspace_id, {}).setdefault(person.key, person)
    added = False
    for workspace_id in sorted(by_workspace):
        defaults = recipient_bulk.defaults_of(session, workspace_id)
        rows = [_columns(person, defaults) for person in by_workspace[workspace_id].values()]
        new = {new_id(): row for row in rows if row is not None}
        if new:
            recipient_sets.take_turns(session, workspace_id)
            recipient_sets.insert_new(session, workspace_id, new)
            added = True
    return added


def _columns(person: Person, defaults: Defaults) -> Columns | None:
    draft = Draft(
        name=_short(person.name),
        phone=f"+{person.wa_id}" if person.wa_id else None,
        whatsapp_user_id=person.user_id,
        allow_invalid=True,
    )
    for attempt in (draft, replace(draft, whatsapp_user_id=None)):
        try:
            row = recipients.lay_over(recipients.check(attempt, defaults), defaults)
        except InvalidError:
            # A user id of a kind we don't know yet; the phone alone will do.
            continue
        return replace(row, wa_id=person.wa_id, reachable=True, unreachable_reason=None)
    return None


def _short(text: str | None) -> str | None:
    return text.strip()[:MAX_NAME] or None if text else None
