"""Phone numbers: what people type to E.164, and the forms under which WhatsApp knows them.

Only the core of ``phonenumbers`` is imported; its geocoder, carrier and time zone tables cost
106 MB a process.
"""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from app.domain.errors import InvalidError

_NOT_ONE_COUNTRY = "001"  # toll-free and satellite numbers

_PARSE_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: "has no country code and there is no default"
    " country; write it as +14155550123",
    NumberParseException.NOT_A_NUMBER: "is not a phone number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "is too short",
    NumberParseException.TOO_SHORT_NSN: "is too short",
    NumberParseException.TOO_LONG: "is too long",
}
_LENGTH_PROBLEMS = {
    ValidationResult.INVALID_COUNTRY_CODE: "has an unknown country code",
    ValidationResult.TOO_SHORT: "is too short for its country",
    ValidationResult.TOO_LONG: "is too long for its country",
    ValidationResult.INVALID_LENGTH: "has a length that its country doesn't use",
}

# Where WhatsApp's id differs from the number people dial. Each pattern keeps its groups and
# turns into the other form: Mexico's mobile 1, Argentina's mobile 9, Brazil's ninth digit.
_OTHER_FORMS = (
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    (re.compile(r"\+52(\d{10})"), r"+521\1"),
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
    (re.compile(r"\+54(\d{10})"), r"+549\1"),
    (re.compile(r"\+55(\d\d)9([6-9]\d{7})"), r"+55\1\2"),
    (re.compile(r"\+55(\d\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
)


_POSSIBLE = {ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that may exist.

    ``e164`` as ``+14155550123``; ``country`` is ISO 3166 alpha-2, the main one of the calling
    code when the number isn't valid, None when it belongs to no country; ``valid`` tells
    whether its range is in use (a number may be possible by length and still not valid).
    """

    e164: str
    country: str | None
    valid: bool


def parse(
    text: str,
    default_country: str | None = None,
    *,
    allow_invalid: bool = False,
    field: str = "phone",
) -> Phone:
    """Read a number; without ``+`` it is taken as one of ``default_country`` (ISO alpha-2).

    Raises InvalidError ``invalid_phone`` on ``field`` with a sentence for people when it can't
    be read, can't exist by its length, has an extension (WhatsApp can't reach those), or lies
    in a range that is not in use and ``allow_invalid`` isn't set.
    """
    number = _read(text, default_country, field)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason not in _POSSIBLE:
        raise _refusal(field, text, _LENGTH_PROBLEMS.get(reason, "can't exist"))
    valid = phonenumbers.is_valid_number(number)
    if not valid and not allow_invalid:
        raise _refusal(field, text, "is not a number in use in its country")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, _country(number), valid)


def whatsapp_variants(e164: str) -> tuple[str, ...]:
    """All forms under which WhatsApp may know a number, itself first.

    In Mexico, Argentina and Brazil ``wa_id`` may have a digit more or less than the number the
    message was sent to; two numbers are one account when one is a variant of the other.
    """
    for pattern, other in _OTHER_FORMS:
        if pattern.fullmatch(e164):
            return (e164, pattern.sub(other, e164))
    return (e164,)


def _read(text: str, default_country: str | None, field: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, default_country)
    except NumberParseException as error:
        problem = _PARSE_PROBLEMS.get(error.error_type, "is not a phone number")
        raise _refusal(field, text, problem) from error
    if number.extension:
        raise _refusal(field, text, "has an extension, which WhatsApp can't reach")
    return _without_mexican_mobile_one(number)


def _without_mexican_mobile_one(number: PhoneNumber) -> PhoneNumber:
    # Numbers saved before 2019, and many wa_ids, carry a 1 that the numbering plan dropped:
    # too long by today's rules, yet the same phone.
    national = number.national_number or 0
    if number.country_code == 52 and national // 10**10 == 1:
        return PhoneNumber(country_code=52, national_number=national - 10**10)
    return number


def _country(number: PhoneNumber) -> str | None:
    main = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if main == _NOT_ONE_COUNTRY:
        return None
    return phonenumbers.region_code_for_number(number) or main


def _refusal(field: str, text: str, problem: str) -> InvalidError:
    return InvalidError.of(field, "invalid_phone", f"{text[:40]!r} {problem}.")
