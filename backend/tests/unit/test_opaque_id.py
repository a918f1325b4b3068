from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import opaque_id
from app.domain.opaque_id import OpaqueId

KEY = b"a key of the tests only, 32 byte"
OURS = OpaqueId(UUID(int=1), UUID(int=2**128 - 1), UUID(int=3))
ids = st.builds(OpaqueId, st.uuids(), st.uuids(), st.uuids())


@given(ids)
def test_what_was_sent_is_read_back(ours: OpaqueId) -> None:
    text = opaque_id.encode(ours, KEY)
    assert opaque_id.decode(text, KEY) == ours
    assert len(text) == 94
    assert text.startswith("v1.")


@given(ids, st.data())
def test_any_change_of_a_character_is_noticed(ours: OpaqueId, data: st.DataObject) -> None:
    text = opaque_id.encode(ours, KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda character: character != text[at]))
    assert opaque_id.decode(text[:at] + other + text[at + 1 :], KEY) is None


@given(st.text(max_size=600))
def test_foreign_strings_are_not_ours(text: str) -> None:
    assert opaque_id.decode(text, KEY) is None


@pytest.mark.parametrize("extra", ["\n", " ", ".", "=", "A"])
def test_nothing_may_surround_it(extra: str) -> None:
    text = opaque_id.encode(OURS, KEY)
    assert opaque_id.decode(text + extra, KEY) is None
    assert opaque_id.decode(extra + text, KEY) is None


def test_another_key_or_a_swapped_part_does_not_pass() -> None:
    text = opaque_id.encode(OURS, KEY)
    version, occurrence, delivery, attempt, mac = text.split(".")
    assert opaque_id.decode(text, KEY[::-1]) is None
    swapped = ".".join((version, delivery, occurrence, attempt, mac))
    assert opaque_id.decode(swapped, KEY) is None


def test_a_short_key_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="fewer than 16"):
        opaque_id.encode(OURS, b"short")
