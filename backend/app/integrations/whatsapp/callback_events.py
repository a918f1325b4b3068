"""What callbacks tell, typed. Fields are None where Meta didn't say or said something odd.

``raw`` is the part of the body an event was read from. Times are aware, in UTC, of Meta's clock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
TemplateKind = Literal["status", "quality", "category", "components"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The account and number a change is about, and when Meta noted it."""

    waba_id: str | None
    phone_number_id: str | None = None
    display_phone_number: str | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallbackError:
    """An item of ``errors``; ``code`` 0 when it has none that is a number."""

    code: int
    title: str | None
    details: str | None


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a message costs: by ``type`` and ``category``; ``billable`` is being dropped."""

    type: str | None
    category: str | None
    model: str | None
    billable: bool | None


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """A message of ours was sent, delivered, read, played or failed (``status``, lower case).

    ``recipient_id`` is digits without ``+``, or a group's id; absent for hidden phones.
    """

    origin: Origin
    wamid: str
    status: str
    at: datetime | None
    recipient_id: str | None
    user_id: str | None
    opaque: str | None
    errors: tuple[CallbackError, ...]
    pricing: Pricing | None
    raw: Json


@dataclass(frozen=True, slots=True)
class Media:
    """A file a person sent; fetch it by ``id`` within 7 days."""

    id: str | None
    mime_type: str | None
    sha256: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A person has a new phone, a new business-scoped id, or both."""

    wa_id: str | None
    user_id: str | None


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """A message a person sent us.

    ``wa_id`` is digits without ``+``; ``text`` what they wrote or the label they chose;
    ``payload`` the id of the button or row; ``answers_wamid`` the message they replied or reacted
    to. ``opens_window`` says whether it starts the 24 hours in which free text is allowed.
    """

    origin: Origin
    wamid: str
    kind: str
    at: datetime | None
    wa_id: str | None
    user_id: str | None
    profile_name: str | None
    username: str | None
    text: str | None
    payload: str | None
    answers_wamid: str | None
    media: Media | None
    change: NumberChange | None
    errors: tuple[CallbackError, ...]
    opens_window: bool
    raw: Json


@dataclass(frozen=True, slots=True)
class PreferenceEvent:
    """A person used WhatsApp's own control: ``value`` ``stop`` or ``resume`` (an open set)."""

    origin: Origin
    wa_id: str | None
    user_id: str | None
    category: str
    value: str
    at: datetime | None
    raw: Json


@dataclass(frozen=True, slots=True)
class TemplateEvent:
    """A template's status, quality, category or components changed.

    ``value`` is the new one in capitals; ``upcoming`` a category that Meta will set at
    ``effective_at``. ``language`` is spelt as in the API: ``en_US``.
    """

    origin: Origin
    kind: TemplateKind
    template_id: str | None
    name: str | None
    language: str | None
    value: str | None
    previous: str | None
    upcoming: str | None
    effective_at: datetime | None
    reason: str | None
    raw: Json


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """Something about a number of ours: ``field`` as Meta names it, ``event`` in capitals.

    ``people_per_day`` is None when nothing is said of a limit, and when it is ``unlimited``.
    """

    origin: Origin
    field: str
    event: str | None
    people_per_day: int | None
    unlimited: bool
    raw: Json


@dataclass(frozen=True, slots=True)
class Restriction:
    """What an account may not do, and until when."""

    kind: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something about an account: ``field`` as Meta names it, ``event`` in capitals.

    ``details`` is the violation, ban state or alert in Meta's words; ``errors`` come alone when
    Meta reports a fault that belongs to no message. Limits as in ``PhoneEvent``.
    """

    origin: Origin
    field: str
    event: str | None
    details: str | None
    restrictions: tuple[Restriction, ...]
    people_per_day: int | None
    unlimited: bool
    errors: tuple[CallbackError, ...]
    raw: Json


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """Anything else, kept: new fields and types appear without notice. ``raw`` may be anything."""

    origin: Origin
    field: str | None
    reason: str
    raw: Any


Event = (
    StatusEvent
    | InboundEvent
    | PreferenceEvent
    | TemplateEvent
    | PhoneEvent
    | AccountEvent
    | UnknownEvent
)
