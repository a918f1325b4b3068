from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import crypto

CELL = crypto.Cell("senders", "access_token", uuid4(), uuid4())
OLD, NEW = "o" * 40, "n" * 40
VAULT = crypto.Vault([OLD])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_round_trip(plain: str) -> None:
    assert VAULT.open_sealed(VAULT.seal(plain, CELL), CELL) == plain


def test_the_same_secret_never_looks_the_same() -> None:
    assert VAULT.seal("EAAG", CELL) != VAULT.seal("EAAG", CELL)


def test_the_plain_text_is_not_in_it() -> None:
    assert "EAAGsecret" not in str(urlsafe_b64decode(VAULT.seal("EAAGsecret", CELL).split(".")[2]))


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, table="workspaces"),
        replace(CELL, column="app_secret"),
        replace(CELL, workspace_id=uuid4()),
        replace(CELL, row_id=uuid4()),
        replace(CELL, workspace_id=CELL.row_id, row_id=CELL.workspace_id),
    ],
)
def test_a_value_moved_to_another_cell_does_not_open(other: crypto.Cell) -> None:
    with pytest.raises(crypto.SealError):
        VAULT.open_sealed(VAULT.seal("EAAG", CELL), other)


def test_cells_are_told_apart_wherever_names_end() -> None:
    one, other = replace(CELL, table="ab", column="c"), replace(CELL, table="a", column="bc")
    assert one.encoded() != other.encoded()


def test_every_changed_bit_is_seen() -> None:
    head, body = VAULT.seal("EAAG", CELL).rsplit(".", 1)
    raw = urlsafe_b64decode(body)
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(crypto.SealError):
            VAULT.open_sealed(f"{head}.{urlsafe_b64encode(changed).decode()}", CELL)


@pytest.mark.parametrize("text", ["", "v1", "v1..", "v1.abc.AAAA", "v2.x.y", "v1.é.é", "a.b.c.d"])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(crypto.SealError):
        VAULT.open_sealed(text, CELL)


def test_truncated_values_do_not_open() -> None:
    sealed = VAULT.seal("EAAG", CELL)
    for length in range(len(sealed)):
        with pytest.raises(crypto.SealError):
            VAULT.open_sealed(sealed[:length], CELL)


def test_the_error_holds_neither_value_nor_cause() -> None:
    with pytest.raises(crypto.SealError) as caught:
        VAULT.open_sealed("v1.abcdefgh.EAAGsecret", CELL)
    assert "EAAG" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_rotation_opens_old_values_and_seals_with_the_new_key() -> None:
    old = VAULT.seal("EAAG", CELL)
    both = crypto.Vault([NEW, OLD])
    assert both.open_sealed(old, CELL) == "EAAG"
    assert not both.is_current(old)
    again = both.seal(both.open_sealed(old, CELL), CELL)
    assert both.is_current(again)
    assert crypto.Vault([NEW]).open_sealed(again, CELL) == "EAAG"
    with pytest.raises(crypto.SealError):
        VAULT.open_sealed(again, CELL)


def test_the_installation_seals_with_its_secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_vault", lambda: VAULT)
    assert crypto.open_sealed(crypto.seal("EAAG", CELL), CELL) == "EAAG"


def test_sha256_of_a_known_text() -> None:
    # FIPS 180-2, appendix B.1.
    assert crypto.sha256_hex("abc").startswith("ba7816bf8f01cfea414140de5dae2223")
