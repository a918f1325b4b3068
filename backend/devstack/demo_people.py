"""200 invented people in eleven places. Numbers come only from ranges reserved for fiction.

Sources: NANPA (555-0100 to 555-0199 in every area), Ofcom (020 7946 0xxx), Bundesnetzagentur
(030 23125 xxx), Arcep (01 99 00 xx xx), ACMA (02 5550 xxxx).
"""

from dataclasses import dataclass
from typing import Any

CLUB_EVERY = 5
OPTED_OUT = {17, 58, 93, 122, 166, 188}
NEVER_ASKED = {31, 104, 149, 177}
WITH_OPEN_WINDOW = 10


@dataclass(frozen=True)
class Place:
    """``prefix`` and a running number of ``digits`` make the phone numbers."""

    city: str
    country: str
    timezone: str
    language: str
    prefix: str
    digits: int
    people: int


PLACES = (
    Place("New York", "US", "America/New_York", "en", "+121255501", 2, 30),
    Place("Miami", "US", "America/New_York", "es", "+130555501", 2, 25),
    Place("Chicago", "US", "America/Chicago", "en", "+131255501", 2, 20),
    Place("Denver", "US", "America/Denver", "en", "+130355501", 2, 10),
    Place("Los Angeles", "US", "America/Los_Angeles", "es", "+121355501", 2, 25),
    Place("Toronto", "CA", "America/Toronto", "en", "+141655501", 2, 15),
    Place("San Juan", "PR", "America/Puerto_Rico", "es", "+178755501", 2, 15),
    Place("London", "GB", "Europe/London", "en", "+442079460", 3, 25),
    Place("Berlin", "DE", "Europe/Berlin", "en", "+493023125", 3, 10),
    Place("Paris", "FR", "Europe/Paris", "en", "+3319900", 4, 10),
    Place("Sydney", "AU", "Australia/Sydney", "en", "+6125550", 4, 15),
)

FIRST_NAMES = {
    "en": ("Amelia", "Noah", "Grace", "Oliver", "Ruby", "Ethan", "Chloe", "Samuel", "Nadia",
           "Owen", "Priya", "Felix", "Ingrid"),
    "es": ("Lucía", "Mateo", "Valentina", "Diego", "Camila", "Andrés", "Sofía", "Julián", "Elena",
           "Tomás", "Marisol", "Iván", "Paula"),
}  # fmt: skip
LAST_NAMES = {
    "en": ("Carter", "Hughes", "Novak", "Fischer", "Bennett", "Okafor", "Moreau", "Lindqvist",
           "Patel", "Walsh", "Tanaka"),
    "es": ("Ramos", "Herrera", "Castillo", "Vega", "Núñez", "Salazar", "Ortega", "Fuentes",
           "Rojas", "Medina", "Ibarra"),
}  # fmt: skip


def people(everyone: str, club: str) -> list[dict[str, Any]]:
    """Bulk items for the API; the two arguments are ids of groups, the club is a fifth."""
    seats = [(place, seat) for place in PLACES for seat in range(place.people)]
    return [
        {
            "external_id": f"demo-{number:03}",
            "name": _name(place.language, number),
            "phone": f"{place.prefix}{seat:0{place.digits}}",
            "country": place.country,
            "language": place.language,
            "timezone": place.timezone,
            "attributes": {"city": place.city, "visits": 1 + number * 7 % 24},
            "group_ids": [everyone, club] if number % CLUB_EVERY == 0 else [everyone],
            **_consent(number),
        }
        for number, (place, seat) in enumerate(seats, start=1)
    ]


def _name(language: str, number: int) -> str:
    # 13 and 11 have no common divisor: no name comes twice among 143 in a row.
    first, last = FIRST_NAMES[language], LAST_NAMES[language]
    return f"{first[number % len(first)]} {last[number % len(last)]}"


def _consent(number: int) -> dict[str, Any]:
    if number in NEVER_ASKED:
        return {}
    marketing = "opted_out" if number in OPTED_OUT else "opted_in"
    return {"consent": {"marketing": marketing, "source": "counter", "evidence": "demo data"}}
