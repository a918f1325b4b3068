"""Which column says what."""

from collections.abc import Mapping

import pytest

from app.domain.errors import InvalidError
from app.services.imports import mapping


@pytest.mark.parametrize(
    "header, expected",
    [
        (["Name", "Phone Number"], ["name", "phone"]),
        (["Nombre", "Teléfono móvil", "País"], ["name", "phone", "country"]),
        (["First name", "Last name", "WhatsApp"], ["name", "name", "phone"]),
        (["TELÉFONO", "Idioma", "Zona horaria"], ["phone", "language", "timezone"]),
        (["phone", "Mobile"], ["phone", "attributes.mobile"]),
        (["phone", "Favourite colour!"], ["phone", "attributes.favourite_colour"]),
        (["phone", "attributes.city"], ["phone", "attributes.city"]),
        (["id", "external_id", "phone"], [None, "external_id", "phone"]),
        (["phone", "error_reason", "!!"], ["phone", None, None]),
        (["whatsapp_user_id"], ["whatsapp_user_id"]),
    ],
)
def test_guesses_by_names(header: list[str], expected: list[str | None]) -> None:
    assert mapping.targets(header, None) == dict(zip(header, expected, strict=True))


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"tel": "phone"}, ("mapping.tel", "unknown_column")),
        ({"a": "phone", "b": "surname"}, ("mapping.b", "unknown_field")),
        ({"a": "phone", "b": "phone"}, ("mapping.b", "duplicate")),
        ({"a": "name"}, ("mapping", "phone_column_missing")),
        ({"a": "phone", "b": "attributes.a b"}, ("mapping.b", "unknown_field")),
    ],
)
def test_says_what_is_wrong(given: Mapping[str, str | None], expected: tuple[str, str]) -> None:
    with pytest.raises(InvalidError) as refusal:
        mapping.targets(["a", "b"], given)
    error = refusal.value.errors[0]
    assert (error.field, error.code) == expected


def test_reads_a_row() -> None:
    chosen: mapping.Targets = {
        "First": "name",
        "Last": "name",
        "Phone": "phone",
        "City": "attributes.city",
        "Note": "attributes.note",
        "Land": "country",
        "Skip": None,
    }
    row = {
        "First": " Ana ",
        "Last": "Ruiz",
        "Phone": "'+34612345678",
        "City": "",
        "Note": "'=1",
        "Land": "es",
        "Skip": "x",
    }
    draft = mapping.draft(row, chosen, None)
    assert (draft.name, draft.phone, draft.country) == ("Ana Ruiz", "+34612345678", "ES")
    assert draft.attributes == {"note": "=1"}
