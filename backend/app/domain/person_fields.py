"""Limits of a person's texts and attributes."""

import re
from collections.abc import Mapping

from app.domain import countries
from app.domain.errors import FieldError

Attribute = str | bool | int | float

MAX_NAME = 200
MAX_EXTERNAL_ID = 200
MAX_ATTRIBUTES = 100
MAX_ATTRIBUTE_TEXT = 1024
# Every JSON reader keeps whole numbers up to here.
_MAX_NUMBER = 2**53

_ATTRIBUTE_NAME = re.compile(r"[\w-]{1,64}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}")
_LIMITS = {"name": MAX_NAME, "external_id": MAX_EXTERNAL_ID}
_PATTERNS = {
    "country": (_COUNTRY, "a country is two capital letters such as MX"),
    "language": (_LANGUAGE, "a language is a code such as es or es_MX"),
}


def text_errors(texts: Mapping[str, str | None]) -> list[FieldError]:
    """What is wrong with the texts given, one entry a field."""
    errors = []
    for name, text in texts.items():
        if text is None:
            continue
        if len(text) > _LIMITS.get(name, MAX_NAME):
            message = f"{name}: at most {_LIMITS.get(name, MAX_NAME)} characters."
            errors.append(FieldError(name, "too_long", message))
        elif name in _PATTERNS and not _PATTERNS[name][0].fullmatch(text):
            errors.append(FieldError(name, "invalid", f"{text!r}: {_PATTERNS[name][1]}."))
        elif name == "country" and text not in countries.codes():
            errors.append(FieldError(name, "unknown_country", f"{text} is no country's code."))
        elif name == "external_id" and not text:
            errors.append(FieldError(name, "too_short", "external_id must not be empty."))
    return errors


def attribute_errors(attributes: Mapping[str, Attribute | None]) -> list[FieldError]:
    """What is wrong with the attributes given."""
    if len(attributes) > MAX_ATTRIBUTES:
        message = f"A person has at most {MAX_ATTRIBUTES} attributes."
        return [FieldError("attributes", "too_many", message)]
    errors = []
    for name, value in attributes.items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            message = "An attribute's name has 1 to 64 letters, digits, _ or -."
            shown = name[:64].encode(errors="replace").decode()
            errors.append(FieldError(f"attributes.{shown}", "invalid_name", message))
        elif isinstance(value, str):
            if not _is_text(value):
                message = "An attribute's text must be made of whole characters."
                errors.append(FieldError(f"attributes.{name}", "invalid", message))
            elif len(value) > MAX_ATTRIBUTE_TEXT:
                message = f"An attribute's text has at most {MAX_ATTRIBUTE_TEXT} characters."
                errors.append(FieldError(f"attributes.{name}", "too_long", message))
        elif value is not None and not abs(value) <= _MAX_NUMBER:
            message = "An attribute's number is at most 2^53."
            errors.append(FieldError(f"attributes.{name}", "out_of_range", message))
    return errors


def _is_text(value: str) -> bool:
    # JSON can carry half of a surrogate pair, which neither UTF-8 nor the database takes.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
