import pytest

from app.domain import country_zones, local_time


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("NL", "Europe/Amsterdam"),
        ("FR", "Europe/Paris"),
        ("IN", "Asia/Kolkata"),
        ("CO", "America/Bogota"),
        ("NO", "Europe/Oslo"),
        ("DE", "Europe/Berlin"),
        ("AR", "America/Argentina/Buenos_Aires"),
        ("CY", "Asia/Nicosia"),
    ],
)
def test_a_country_with_one_civil_time_has_its_zone(country: str, zone: str) -> None:
    assert country_zones.country_zone(country) == zone


@pytest.mark.parametrize(
    "country", ["US", "BR", "MX", "ES", "PT", "AU", "RU", "NZ", "CL", "XX", "", "001"]
)
def test_where_clocks_differ_nothing_is_guessed(country: str) -> None:
    assert country_zones.country_zone(country) is None


def test_every_answer_is_a_zone() -> None:
    countries = country_zones._by_country("zone.tab")
    answers = {country_zones.country_zone(country) for country in countries} - {None}
    assert answers <= local_time.zones()
    assert len(answers) > 200
