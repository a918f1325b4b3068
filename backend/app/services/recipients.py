"""Recipients: the people of the address book, one at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain import phones, recipient_bulk, recipient_keys
from app.domain import recipients as people
from app.domain.audit import Action
from app.domain.errors import ConflictError, InvalidError, NotFoundError, StaleVersionError
from app.domain.paging import PageOf, PageRequest
from app.domain.recipients import Columns, Draft
from app.domain.refs import Ref
from app.models.recipients import Recipient
from app.repositories import consents, erasures, groups, recipient_sets, recipients
from app.repositories.recipients import Beside, Filters
from app.services import audit
from app.services import recipient_bulk as bulk

__all__ = ["Beside", "Filters"]


@dataclass(frozen=True, slots=True)
class View:
    """A recipient with what lies in other tables; ``warnings`` are codes."""

    recipient: Recipient
    beside: Beside
    warnings: tuple[str, ...] = ()


def locate(session: Session, workspace_id: UUID, key: str) -> Ref:
    """The recipient meant by an id or ``external:<id>`` of a path. Raises NotFoundError."""
    id_ = recipient_keys.parse(key)
    if isinstance(id_, str):
        id_ = recipients.id_by(session, workspace_id, "external_id", id_)
    if id_ is None:
        raise NotFoundError("recipient", key[:100])
    return Ref(workspace_id, id_)


def locate_all(session: Session, workspace_id: UUID, keys: Sequence[str], field: str) -> list[UUID]:
    """Ids of the recipients meant by ids or ``external:<id>`` of a body, in the same order.

    Raises InvalidError ``unknown_reference`` on ``field.<position>``.
    """
    parsed = [recipient_keys.parse(key) for key in keys]
    ids, by_external = recipients.ids_of(
        session,
        workspace_id,
        [key for key in parsed if isinstance(key, UUID)],
        [key for key in parsed if isinstance(key, str)],
    )
    found = []
    for position, key in enumerate(parsed):
        id_ = by_external.get(key) if isinstance(key, str) else key
        if id_ is None or id_ not in ids:
            raise InvalidError.unknown_reference(f"{field}.{position}", keys[position][:100])
        found.append(id_)
    return found


def get(session: Session, workspace_id: UUID, key: str) -> View:
    """One recipient by id or ``external:<id>``. Raises NotFoundError."""
    ref = locate(session, workspace_id, key)
    recipient = recipients.get(session, ref)
    if recipient is None:
        raise NotFoundError("recipient", key[:100])
    return view(session, recipient)


def view(session: Session, recipient: Recipient, *warnings: str) -> View:
    """A recipient as it is told."""
    beside = recipients.beside(session, recipient.workspace_id, [recipient.id])
    return View(recipient, beside.get(recipient.id, Beside()), warnings)


def views(session: Session, workspace_id: UUID, rows: Iterable[Recipient]) -> list[View]:
    """Many of one workspace, with one more statement."""
    rows = list(rows)
    beside = recipients.beside(session, workspace_id, [row.id for row in rows])
    return [View(row, beside.get(row.id, Beside())) for row in rows]


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[View]:
    """A page of recipients; a ``phone`` may be written in any way that can be read."""
    if filters.phone is not None:
        filters = replace(filters, phone=_phone(session, workspace_id, filters.phone, "phone"))
    found = recipients.page(session, workspace_id, filters, request)
    return PageOf(views(session, workspace_id, found.items), found.next_after, found.total)


def create(session: Session, workspace_id: UUID, draft: Draft, actor: str | None) -> View:
    """A new person. Raises InvalidError, or ConflictError ``duplicate`` naming the field."""
    rules = bulk.Rules(on_conflict="error", actor=actor)
    outcome = bulk.save(session, workspace_id, [(0, draft)], rules)
    if outcome.errors:
        errors = [error for _, error in outcome.errors]
        kind = ConflictError if errors[0].code == "duplicate" else InvalidError
        code = errors[0].code if len(errors) == 1 else None
        raise kind("; ".join(e.message for e in errors), code=code, errors=errors)
    return get(session, workspace_id, str(outcome.ids[0]))


def change(
    session: Session,
    ref: Ref,
    draft: Draft,
    *,
    cleared: frozenset[str] = frozenset(),
    group_ids: Sequence[UUID] | None = None,
    expected: int | None = None,
    actor: str | None = None,
) -> View:
    """Lay a person's edit over the row; attributes are merged, those of None removed.

    ``group_ids``, when given, become all of the person's groups. Raises NotFoundError,
    StaleVersionError, InvalidError, ConflictError ``duplicate``.
    """
    defaults = bulk.defaults_of(session, ref.workspace_id)
    person = people.check(draft, defaults)
    # The row is locked before it is read, so nothing comes between this and the UPDATE.
    row = recipients.lock(session, ref)
    if row is None:
        raise NotFoundError("recipient", ref.id)
    current = recipient_sets.columns_of(row)
    columns = people.lay_over(person, defaults, current, cleared)
    changed = _write(session, ref, columns, expected)
    if group_ids is not None:
        _regroup(session, ref, group_ids)
    if draft.consent and columns.consent_marketing != current.consent_marketing:
        consents.record(session, ref.workspace_id, [bulk.event(ref.id, draft.consent, actor)])
    kept = people.keeps_opt_out(current, draft)
    return view(session, changed, *([recipient_bulk.OPT_OUT_KEPT] if kept else []))


def erase(session: Session, ref: Ref) -> None:
    """Forget the person and keep a tombstone, so that counts still sum.

    Raises NotFoundError, also when it was done before.
    """
    if not erasures.bury(session, ref):
        raise NotFoundError("recipient", ref.id)
    erasures.forget_beside(session, ref)
    erasures.forget_values(session, ref)
    audit.note(session, Action.RECIPIENT_ERASED, ref)


def for_send(
    session: Session,
    workspace_id: UUID,
    *,
    to: str | None = None,
    recipient_id: str | None = None,
) -> Ref:
    """Whom a direct send is for: a known recipient, or the number ``to``, made when new.

    Exactly one of the two is given. Raises InvalidError ``invalid_phone`` on ``to`` or
    ``unknown_reference`` on ``recipient_id``.
    """
    if to is None:
        key = recipient_id or ""
        try:
            found = locate_all(session, workspace_id, [key], "recipient_id")
        except InvalidError:
            raise InvalidError.unknown_reference("recipient_id", key[:100]) from None
        return Ref(workspace_id, found[0])
    phone = _phone(session, workspace_id, to, "to", allow_invalid=False)
    known = recipients.id_by(session, workspace_id, "phone", phone)
    if known is None:
        outcome = bulk.save(session, workspace_id, [(0, Draft(phone=phone))], bulk.Rules())
        # Somebody else may have made the same person at this moment.
        known = outcome.ids.get(0) or recipients.id_by(session, workspace_id, "phone", phone)
    assert known is not None
    return Ref(workspace_id, known)


def _phone(
    session: Session, workspace_id: UUID, text: str, field: str, *, allow_invalid: bool = True
) -> str:
    country = bulk.defaults_of(session, workspace_id).country
    return phones.parse(text, country, allow_invalid=allow_invalid, field=field).e164


def _write(session: Session, ref: Ref, columns: Columns, expected: int | None) -> Recipient:
    try:
        changed = recipients.change_if_version(session, ref, columns, expected)
    except recipients.KeyTakenError as taken:
        error = recipient_bulk.duplicate(taken.column)
        raise ConflictError(error.message, code="duplicate", errors=[error]) from taken
    if changed is None:
        raise StaleVersionError("The recipient was changed meanwhile; read it again.")
    return changed


def _regroup(session: Session, ref: Ref, group_ids: Sequence[UUID]) -> None:
    known = groups.known(session, ref.workspace_id, group_ids)
    for position, id_ in enumerate(group_ids):
        if id_ not in known:
            raise InvalidError.unknown_reference(f"group_ids.{position}", id_)
    groups.leave_all_but(session, ref, group_ids)
    groups.join(session, ref.workspace_id, [(id_, ref.id) for id_ in group_ids])
