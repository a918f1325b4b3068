"""Bodies of callbacks read into typed events. Nothing here raises, whatever the shape.

A body may hold up to 1,000 changes of several accounts; each event stands for itself, so an odd
one spoils none of the others. What isn't known is kept as ``UnknownEvent``.
"""

from collections.abc import Callable, Iterator

from app.integrations.whatsapp import callback_messages, tiers
from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    Event,
    Origin,
    PhoneEvent,
    PreferenceEvent,
    Restriction,
    TemplateEvent,
    TemplateKind,
    UnknownEvent,
)
from app.integrations.whatsapp.callback_json import (
    Json,
    UnreadableError,
    instant,
    load,
    obj,
    objects,
    text,
    upper,
)

_TEMPLATE_KINDS: dict[str, TemplateKind] = {
    "message_template_status_update": "status",
    "message_template_quality_update": "quality",
    "template_category_update": "category",
    "message_template_components_update": "components",
}
_LIMITS = (
    "max_daily_conversations_per_business",
    "current_limit",
    "max_daily_conversation_per_phone",
)


def parse(body: bytes) -> list[Event]:
    """Return every event of a body whose signature was checked, in its order."""
    try:
        document = load(body)
    except UnreadableError as error:
        return [UnknownEvent(Origin(None), None, str(error), None)]
    if not isinstance(document, dict) or document.get("object") != "whatsapp_business_account":
        return [UnknownEvent(Origin(None), None, "not about WhatsApp accounts", document)]
    events = [event for entry in objects(document, "entry") for event in _entry(entry)]
    return events or [UnknownEvent(Origin(None), None, "without changes", document)]


def _entry(entry: Json) -> Iterator[Event]:
    for change in objects(entry, "changes"):
        field, value = text(change, "field") or "", obj(change, "value")
        metadata = obj(value, "metadata")
        origin = Origin(
            waba_id=text(entry, "id"),
            phone_number_id=text(metadata, "phone_number_id"),
            display_phone_number=text(metadata, "display_phone_number")
            or text(value, "display_phone_number"),
            noted_at=instant(entry, "time"),
        )
        reader = _READERS.get(field)
        if events := list(reader(origin, field, value)) if reader and value else []:
            yield from events
        else:
            yield UnknownEvent(origin, field, "nothing known in it", change.get("value"))


def _messages(origin: Origin, _field: str, value: Json) -> Iterator[Event]:
    return callback_messages.read(origin, value)


def _preferences(origin: Origin, field: str, value: Json) -> Iterator[Event]:
    for item in objects(value, "user_preferences"):
        category, choice = text(item, "category"), text(item, "value")
        wa_id, user_id = text(item, "wa_id"), text(item, "user_id")
        if category is None or choice is None or not (wa_id or user_id):
            yield UnknownEvent(origin, field, "a preference of nobody or about nothing", item)
            continue
        at = instant(item, "timestamp")
        yield PreferenceEvent(origin, wa_id, user_id, category, choice.lower(), at, item)


def _template(origin: Origin, field: str, value: Json) -> Iterator[Event]:
    reason = text(obj(value, "rejection_info"), "reason") or text(value, "reason")
    if reason in {None, "NONE"}:
        reason = text(obj(value, "other_info"), "title")
    language = text(value, "message_template_language")
    yield TemplateEvent(
        origin=origin,
        kind=_TEMPLATE_KINDS[field],
        template_id=text(value, "message_template_id"),
        name=text(value, "message_template_name"),
        language=language.replace("-", "_") if language else None,
        value=upper(value, "event")
        or upper(value, "new_quality_score")
        or upper(value, "new_category"),
        previous=upper(value, "previous_quality_score") or upper(value, "previous_category"),
        upcoming=upper(value, "correct_category"),
        effective_at=instant(value, "category_update_timestamp"),
        reason=reason,
        raw=value,
    )


def _phone(origin: Origin, field: str, value: Json) -> Iterator[Event]:
    event = upper(value, "event") or upper(value, "decision") or upper(value, "status")
    yield PhoneEvent(origin, field, event, _people_per_day(value), _unlimited(value), value)


def _account(origin: Origin, field: str, value: Json) -> Iterator[Event]:
    alert = obj(value, "alert_info") or value
    yield AccountEvent(
        origin=origin,
        field=field,
        event=upper(value, "event") or upper(value, "decision") or upper(alert, "alert_type"),
        details=text(obj(value, "violation_info"), "violation_type")
        or text(obj(value, "ban_info"), "waba_ban_state")
        or text(alert, "alert_description"),
        restrictions=tuple(
            Restriction(kind, instant(item, "expiration"))
            for item in objects(value, "restriction_info")
            if (kind := upper(item, "restriction_type"))
        ),
        people_per_day=_people_per_day(value),
        unlimited=_unlimited(value),
        errors=callback_messages.errors(value),
        raw=value,
    )


def _people_per_day(value: Json) -> int | None:
    return next((n for key in _LIMITS if (n := tiers.people_per_day(value.get(key)))), None)


def _unlimited(value: Json) -> bool:
    said = (tiers.is_unlimited(value.get(key)) for key in _LIMITS)
    return _people_per_day(value) is None and any(said)


Reader = Callable[[Origin, str, Json], Iterator[Event]]

_READERS: dict[str, Reader] = {
    callback_messages.FIELD: _messages,
    "user_preferences": _preferences,
    **dict.fromkeys(_TEMPLATE_KINDS, _template),
    "phone_number_quality_update": _phone,
    "phone_number_name_update": _phone,
    "business_username_updates": _phone,
    "security": _phone,
    "account_update": _account,
    "account_alerts": _account,
    "account_review_update": _account,
    "business_capability_update": _account,
}
