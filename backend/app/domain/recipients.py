"""People of the address book: what was given about them, checked and laid over what is known.

One path for the form, the bulk call and the file: ``check`` judges what was given, ``lay_over``
makes the columns of the row. Limits: name and external id 200 characters, 100 attributes with
names of 64 and texts of 1,024, whole numbers up to 2^53 (what JSON readers keep exactly).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.domain import local_time, phones
from app.domain.country_zones import country_zone
from app.domain.errors import FieldError, InvalidError
from app.domain.person_fields import Attribute, attribute_errors, text_errors

NOT_VALID = "number_not_valid"
Marketing = Literal["opted_in", "opted_out", "unknown"]
# Business-scoped user ids of 2026: country, optional ENT for the parent's, then the id.
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_SHORTENED = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person said about marketing, when we were told, from where, and what proves it."""

    marketing: Marketing
    source: str
    at: datetime
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody gave; None means not given. An attribute of None is to be removed."""

    name: str | None = None
    phone: str | None = None
    whatsapp_user_id: str | None = None
    external_id: str | None = None
    country: str | None = None
    language: str | None = None
    timezone: str | None = None
    attributes: Mapping[str, Attribute | None] = field(default_factory=dict)
    group_ids: tuple[UUID, ...] = ()
    consent: Consent | None = None
    allow_invalid: bool = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the workspace stands in for: country (ISO alpha-2) and IANA zone."""

    country: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Person:
    """A checked draft: ``draft.phone`` is E.164, ``number`` what was found out about it."""

    draft: Draft
    number: phones.Phone | None

    def keys(self) -> dict[str, str]:
        """By what a row of the same person is recognised: column -> value."""
        draft = self.draft
        found = {
            "phone": draft.phone,
            "whatsapp_user_id": draft.whatsapp_user_id,
            "external_id": draft.external_id,
        }
        return {column: value for column, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a row that people's edits set."""

    name: str = ""
    phone: str | None = None
    whatsapp_user_id: str | None = None
    external_id: str | None = None
    wa_id: str | None = None
    country: str | None = None
    language: str | None = None
    timezone: str = "UTC"
    timezone_source: str = "workspace"
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    reachable: bool = True
    unreachable_reason: str | None = None
    consent_marketing: str = "unknown"
    consent_source: str | None = None
    consent_at: datetime | None = None


def check(draft: Draft, defaults: Defaults) -> Person:
    """Judge each field; raises InvalidError with all that is wrong, one entry a field."""
    errors = text_errors(
        {
            "name": draft.name,
            "external_id": draft.external_id,
            "country": draft.country,
            "language": draft.language,
        }
    )
    errors += attribute_errors(draft.attributes)
    errors += _zone_errors(draft.timezone) + _user_id_errors(draft.whatsapp_user_id)
    number = None
    try:
        number = _number(draft, defaults)
    except InvalidError as refusal:
        errors += refusal.errors
    if errors:
        code = errors[0].code if len(errors) == 1 else None
        raise InvalidError("; ".join(e.message for e in errors), code=code, errors=errors)
    return Person(replace(draft, phone=number.e164 if number else None), number)


def lay_over(
    person: Person,
    defaults: Defaults,
    current: Columns | None = None,
    cleared: frozenset[str] = frozenset(),
) -> Columns:
    """The row after this edit: what was given, else what was there; ``cleared`` become empty.

    Raises InvalidError when neither phone nor user id is left, or too many attributes are.
    """
    draft, old = person.draft, current or Columns()
    phone = _kept("phone", draft.phone, old.phone, cleared)
    user_id = _kept("whatsapp_user_id", draft.whatsapp_user_id, old.whatsapp_user_id, cleared)
    row = replace(
        old,
        phone=phone,
        whatsapp_user_id=user_id,
        name=_kept("name", draft.name, old.name, cleared) or "",
        external_id=_kept("external_id", draft.external_id, old.external_id, cleared),
        language=_kept("language", draft.language, old.language, cleared),
        attributes=_merged({} if "attributes" in cleared else old.attributes, draft.attributes),
    )
    if row.phone is None and row.whatsapp_user_id is None:
        raise InvalidError.of("phone", "required", "A phone or a whatsapp_user_id is needed.")
    if current is None or phone != old.phone:
        valid = person.number is None or person.number.valid
        row = replace(
            row, wa_id=None, reachable=valid, unreachable_reason=None if valid else NOT_VALID
        )
    return _placed(_agreed(row, draft.consent), person, defaults, current, cleared)


def keeps_opt_out(current: Columns | None, draft: Draft) -> bool:
    """Whether what is given would undo an opt-out: it stays, and people are warned."""
    opted_out = current is not None and current.consent_marketing == "opted_out"
    return opted_out and draft.consent is not None and draft.consent.marketing != "opted_out"


def _agreed(row: Columns, consent: Consent | None) -> Columns:
    if consent is None or row.consent_marketing in ("opted_out", consent.marketing):
        return row
    return replace(
        row,
        consent_marketing=consent.marketing,
        consent_source=consent.source,
        consent_at=consent.at,
    )


def _kept(name: str, given: str | None, old: str | None, cleared: frozenset[str]) -> str | None:
    return None if name in cleared else given if given is not None else old


def _merged(
    old: Mapping[str, Attribute], given: Mapping[str, Attribute | None]
) -> dict[str, Attribute]:
    merged = {**old, **given}
    kept = {name: value for name, value in merged.items() if value is not None}
    errors = attribute_errors(kept)
    if errors:
        raise InvalidError(errors[0].message, code=errors[0].code, errors=errors)
    return kept


def _placed(
    row: Columns,
    person: Person,
    defaults: Defaults,
    current: Columns | None,
    cleared: frozenset[str],
) -> Columns:
    # A zone somebody chose stays; a guessed one follows the number it was guessed from.
    moved = current is None or row.phone != current.phone
    number = person.number if moved or not row.phone else _known(row.phone)
    from_number = number.country if number else None
    country = person.draft.country or (
        from_number if moved or "country" in cleared else row.country
    )
    row = replace(row, country=country)
    if person.draft.timezone is not None:
        return replace(row, timezone=person.draft.timezone, timezone_source="explicit")
    guessed = "timezone" in cleared or row.timezone_source != "explicit"
    if current is not None and not (guessed and (moved or "timezone" in cleared)):
        return row
    zone = country_zone(from_number) if from_number else None
    source = "phone" if zone else "workspace"
    return replace(row, timezone=zone or defaults.timezone, timezone_source=source)


def _known(phone: str) -> phones.Phone:
    return phones.parse(phone, allow_invalid=True)


def _number(draft: Draft, defaults: Defaults) -> phones.Phone | None:
    if draft.phone is None:
        return None
    if _SHORTENED.fullmatch(draft.phone.strip()):
        raise InvalidError.of(
            "phone",
            "invalid_phone",
            f"{draft.phone[:40]!r} was shortened by a spreadsheet; format the column as text.",
        )
    country = draft.country or defaults.country
    return phones.parse(draft.phone, country, allow_invalid=draft.allow_invalid)


def _zone_errors(name: str | None) -> list[FieldError]:
    if name is None or name in local_time.zones():
        return []
    message = f"{name[:64]!r} is not an IANA time zone such as Europe/Madrid."
    return [FieldError("timezone", "unknown_timezone", message)]


def _user_id_errors(user_id: str | None) -> list[FieldError]:
    if user_id is None or _USER_ID.fullmatch(user_id):
        return []
    message = "A user id looks like US.13491208655302741918."
    return [FieldError("whatsapp_user_id", "invalid", message)]
