import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phones
from app.domain.errors import InvalidError


@pytest.mark.parametrize(
    ("typed", "default", "phone"),
    [
        ("+1 (650) 555-0123", None, phones.Phone("+16505550123", "US", True)),
        ("(55) 1234-5678", "MX", phones.Phone("+525512345678", "MX", True)),
        ("+52 1 55 1234 5678", None, phones.Phone("+525512345678", "MX", True)),
        ("5215512345678", "MX", phones.Phone("+525512345678", "MX", True)),
        ("tel:+34 612 345 678", None, phones.Phone("+34612345678", "ES", True)),
        ("0034 612 345 678", "FR", phones.Phone("+34612345678", "ES", True)),
        ("+44 7700 900123", None, phones.Phone("+447700900123", "GB", False)),
        ("+55 11 8765-4321", None, phones.Phone("+551187654321", "BR", False)),
        ("+800 1234 5678", None, phones.Phone("+80012345678", None, True)),
        ("+٣٤٦١٢٣٤٥٦٧٨", None, phones.Phone("+34612345678", "ES", True)),
    ],
)
def test_what_people_type_becomes_e164(
    typed: str, default: str | None, phone: phones.Phone
) -> None:
    assert phones.parse(typed, default, allow_invalid=True) == phone


@pytest.mark.parametrize(
    ("typed", "default", "says"),
    [
        ("612345678", None, "no country code"),
        ("612345678", "XX", "no country code"),
        ("hello", "ES", "not a phone number"),
        ("", "ES", "not a phone number"),
        ("12", "MX", "too short"),
        ("+44 79111234", None, "not a number in use"),
        ("+44 7700 900123", None, "not a number in use"),
        ("+1 650 55", None, "too short"),
        ("+1 650 555 0123 4567", None, "too long"),
        ("+1 650 555 0123 ext. 5", None, "extension"),
        ("+999 123 456 789", None, "country code"),
        ("9" * 5000, "ES", "too long"),
        ("+34\x00612345678", None, "too short|not a phone|too long"),
    ],
)
def test_what_cannot_be_a_number_is_refused_in_words(
    typed: str, default: str | None, says: str
) -> None:
    with pytest.raises(InvalidError, match=says) as refused:
        phones.parse(typed, default, field="to")
    assert refused.value.code == "invalid_phone"
    assert refused.value.errors[0].field == "to"
    assert len(refused.value.detail) < 200


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@given(st.text(max_size=40), st.sampled_from([None, "MX", "US", "BR", "AR"]))
def test_any_text_is_read_or_refused_and_reading_again_changes_nothing(
    typed: str, default: str | None
) -> None:
    try:
        phone = phones.parse(typed, default, allow_invalid=True)
    except InvalidError:
        return
    assert phones.parse(phone.e164, allow_invalid=True) == phone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+525512345678", "+5215512345678"),
        ("+541123456789", "+5491123456789"),
        ("+551187654321", "+5511987654321"),
    ],
)
def test_one_account_is_found_under_both_forms(one: str, other: str) -> None:
    assert phones.whatsapp_variants(one) == (one, other)
    assert phones.whatsapp_variants(other) == (other, one)


@pytest.mark.parametrize(
    "e164",
    ["+16505550123", "+551132345678", "+5511912345678", "+52551234567", "+34612345678"],
)  # a Brazilian landline and a mobile too new for an old form have one form
def test_other_numbers_have_one_form(e164: str) -> None:
    assert phones.whatsapp_variants(e164) == (e164,)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@given(
    st.sampled_from(["+52", "+521", "+54", "+549", "+55", "+559"]),
    st.text("0123456789", min_size=9, max_size=12),
)
def test_variants_are_symmetric(prefix: str, rest: str) -> None:
    for variant in phones.whatsapp_variants(prefix + rest):
        assert prefix + rest in phones.whatsapp_variants(variant)


def test_the_heavy_tables_stay_unloaded() -> None:
    code = (
        "import sys; from app.domain import phones; phones.parse('+16505550123');"
        "print([m for m in sys.modules if m.startswith('phonenumbers.')"
        " and m.split('.')[1] in ('geocoder', 'timezone', 'carrier', 'geodata', 'tzdata')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
