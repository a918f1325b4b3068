"""How Meta reads ``to`` and which WhatsApp id it answers for it."""

import re
from functools import lru_cache

import phonenumbers

BUSINESS_SCOPED_ID = re.compile(r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$")
_PLAUSIBLE = re.compile(r"^\d{7,15}$")


def read_to(to: str, business_digits: str) -> str | None:
    """Digits with country code, or None when ``to`` is no phone at all.

    Without ``+`` Meta prepends the country code of the business's own number.
    """
    if not re.fullmatch(r"[+\d() .-]+", to):
        return None
    number = "".join(filter(str.isdigit, to))
    if not to.strip().startswith("+"):
        number = _country_code(business_digits) + number
    return number if _PLAUSIBLE.match(number) else None


def wa_id(number: str) -> str:
    """WhatsApp's id for a phone: Brazil may lose its ninth digit, Mexico gains a ``1``."""
    if number.startswith("55") and len(number) == 13 and number[4] == "9" and number[2:4] > "28":
        return number[:4] + number[5:]
    if number.startswith("52") and len(number) == 12:
        return "521" + number[2:]
    return number


@lru_cache(maxsize=1024)
def _country_code(business_digits: str) -> str:
    try:
        return str(phonenumbers.parse("+" + business_digits).country_code)
    except phonenumbers.NumberParseException:
        return ""
