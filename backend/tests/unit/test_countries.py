import phonenumbers

from app.domain import countries


def test_knows_every_country_that_has_phone_numbers() -> None:
    assert countries.codes() >= phonenumbers.SUPPORTED_REGIONS


def test_knows_no_others() -> None:
    assert not {"XX", "UK", "EU", "usa", ""} & countries.codes()
