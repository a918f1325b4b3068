import string

import pytest

from app.core import api_keys, crypto


def test_a_generated_key_parses_to_what_is_stored() -> None:
    key, stored = api_keys.generate()
    sent = api_keys.parse(key)
    assert sent == stored
    assert stored.digest == crypto.sha256_hex(key)
    assert key.startswith(f"wsk_{stored.key_id}_")
    assert api_keys.matches(stored, stored.digest)


def test_keys_differ() -> None:
    keys = {api_keys.generate()[0] for _ in range(200)}
    assert len(keys) == 200


def test_each_changed_letter_is_seen() -> None:
    key, _ = api_keys.generate()
    for at in range(len(key)):
        letters = string.ascii_letters + string.digits + "_-é"
        other = next(letter for letter in letters if letter != key[at])
        assert api_keys.parse(key[:at] + other + key[at + 1 :]) is None


@pytest.mark.parametrize("change", ["", "wsk_", "wsk_a_b", " {}", "{}\n", "{}x", "Bearer {}"])
def test_what_is_no_key(change: str) -> None:
    assert api_keys.parse(change.format(api_keys.generate()[0])) is None


def test_another_key_does_not_match() -> None:
    assert not api_keys.matches(api_keys.generate()[1], api_keys.generate()[1].digest)
