"""Which column says what: given by people, or guessed from names in English and Spanish.

A column's target is a field of a recipient, ``attributes.<name>``, or None: left out. Several
columns may go into ``name``, joined by spaces.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from app.domain import csv_cells
from app.domain.errors import InvalidError
from app.domain.recipients import Consent, Draft

_FIELDS = (
    "name",
    "phone",
    "whatsapp_user_id",
    "external_id",
    "country",
    "language",
    "timezone",
)
_ATTRIBUTE = re.compile(r"attributes\.([\w-]{1,64})")
_KNOWN_AS = {
    "phone": "phone|phone number|telephone|tel|mobile|mobile number|mobile phone|cell|cell phone"
    "|cellphone|whatsapp|whatsapp number|number|telefono|telefono movil|movil|celular|numero"
    "|numero de telefono|numero de celular|numero de whatsapp",
    "name": "name|full name|first name|last name|surname|contact|customer|nombre|nombres"
    "|nombre completo|nombre y apellidos|apellido|apellidos|contacto|cliente",
    "external_id": "external id|customer id|contact id|id externo|id cliente|id de cliente",
    "country": "country|country code|pais|codigo de pais",
    "language": "language|lang|locale|idioma|lengua",
    "timezone": "timezone|time zone|zona horaria|huso horario",
    "whatsapp_user_id": "whatsapp user id|user id|bsuid",
}
_FIELD_OF = {alias: field for field, names in _KNOWN_AS.items() for alias in names.split("|")}
# Columns of our own exports and error lists that say nothing to take over.
_LEFT_OUT = {
    "id",
    "consent marketing",
    "consent all",
    "consent source",
    "consent at",
    "reachable",
    "unreachable reason",
    "created at",
    "error row",
    "error field",
    "error reason",
}

Targets = dict[str, str | None]


def targets(header: Sequence[str], given: Mapping[str, str | None] | None) -> Targets:
    """Column -> target. Raises InvalidError on ``mapping`` or ``mapping.<column>``."""
    found = _guess(header) if given is None else _checked(header, given)
    if not {"phone", "whatsapp_user_id"} & set(found.values()):
        columns = ", ".join(header[:10])
        raise InvalidError.of(
            "mapping",
            "phone_column_missing",
            f"No column is the phone number; the file has: {columns}.",
        )
    return found


def draft(cells: Mapping[str, str], chosen: Targets, consent: Consent | None) -> Draft:
    """A person from a row; empty cells count as not given."""
    fields: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for column, target in chosen.items():
        value = csv_cells.read(cells.get(column, ""))
        if target is None or not value:
            continue
        if target in _FIELDS:
            fields[target] = f"{fields[target]} {value}" if target in fields else value
        else:
            attributes[target.removeprefix("attributes.")] = value
    if "country" in fields:
        fields["country"] = fields["country"].upper()
    return Draft(
        name=fields.get("name"),
        phone=fields.get("phone"),
        whatsapp_user_id=fields.get("whatsapp_user_id"),
        external_id=fields.get("external_id"),
        country=fields.get("country"),
        language=fields.get("language"),
        timezone=fields.get("timezone"),
        attributes=attributes,
        consent=consent,
    )


def _checked(header: Sequence[str], given: Mapping[str, str | None]) -> Targets:
    taken: set[str] = set()
    for column, target in given.items():
        field = f"mapping.{column[:100]}"
        if column not in header:
            raise InvalidError.of(field, "unknown_column", "The file has no such column.")
        if target is None:
            continue
        if target not in _FIELDS and not _ATTRIBUTE.fullmatch(target):
            names = ", ".join(_FIELDS)
            raise InvalidError.of(
                field, "unknown_field", f"A column goes to {names} or attributes.<name>."
            )
        if target in taken and target != "name":
            raise InvalidError.of(field, "duplicate", f"Two columns go to {target}.")
        taken.add(target)
    return dict(given)


def _guess(header: Sequence[str]) -> Targets:
    found: Targets = {}
    for column in header:
        target = _target(column)
        # The first column wins; the next with the same meaning is kept as it is called.
        if target != "name" and target in found.values():
            target = target and _attribute(column)
        found[column] = None if target != "name" and target in found.values() else target
    return found


def _target(column: str) -> str | None:
    if _ATTRIBUTE.fullmatch(column):
        return column
    words = _words(column)
    if words in _LEFT_OUT:
        return None
    return _FIELD_OF.get(words) or _attribute(column)


def _attribute(column: str) -> str | None:
    slug = _words(column).replace(" ", "_")[:64]
    return f"attributes.{slug}" if slug else None


def _words(column: str) -> str:
    plain = unicodedata.normalize("NFKD", column.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", letters))
