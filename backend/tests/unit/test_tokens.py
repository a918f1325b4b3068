"""Hostile tokens: whatever comes in, either it is ours or InvalidTokenError is raised."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwt

from app.core import config, keys, tokens
from tests.support import effort, hostile_tokens
from tests.support.hostile_tokens import segment

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
USER, SESSION, WORKSPACE = uuid4(), uuid4(), uuid4()


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/x")
    monkeypatch.setenv("REDIS_URL", "redis://localhost")
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    config.settings.cache_clear()
    keys.key_for.cache_clear()
    yield
    config.settings.cache_clear()
    keys.key_for.cache_clear()


def issue() -> str:
    return tokens.issue_access(USER, SESSION, WORKSPACE, now=NOW)


def good_claims() -> dict[str, Any]:
    return jwt.get_unverified_claims(issue())


def signed(claims: object, headers: dict[str, Any] | None = None, key: bytes | None = None) -> str:
    """A token with our key (or another) over any claims."""
    return hostile_tokens.signed(claims, key or keys.key_for("access-token"), headers)


def refused(token: str, now: datetime = NOW) -> bool:
    try:
        tokens.read_access(token, now=now)
    except tokens.InvalidTokenError:
        return True
    return False


def test_round_trip() -> None:
    claims = tokens.read_access(issue(), now=NOW)
    assert (claims.user_id, claims.session_id, claims.workspace_id) == (USER, SESSION, WORKSPACE)
    assert claims.expires_at == NOW + timedelta(seconds=tokens.LIFETIME_SECONDS)
    assert isinstance(claims.token_id, UUID)


def test_the_refusal_does_not_repeat_the_token() -> None:
    with pytest.raises(tokens.InvalidTokenError) as caught:
        tokens.read_access(issue() + "x", now=NOW)
    assert not caught.value.args
    assert caught.value.__cause__ is None


def test_each_token_has_its_own_id() -> None:
    read = tokens.read_access
    assert read(issue(), now=NOW).token_id != read(issue(), now=NOW).token_id


@pytest.mark.parametrize(
    ("seconds", "is_refused"), [(-6, True), (-5, False), (0, False), (599, False), (600, True)]
)
def test_life_of_a_token(seconds: int, is_refused: bool) -> None:
    assert refused(issue(), NOW + timedelta(seconds=seconds)) is is_refused


def test_the_wall_clock_is_the_default() -> None:
    tokens.read_access(tokens.issue_access(USER, SESSION, WORKSPACE))


def test_another_installation_cannot_issue() -> None:
    assert refused(signed(good_claims(), key=keys.derive("t" * 40, "access-token")))


def test_another_purpose_cannot_issue() -> None:
    assert refused(signed(good_claims(), key=keys.key_for("opaque-id")))


@pytest.mark.parametrize("name", ["iss", "aud", "typ", "sub", "jti", "sid", "wid", "iat", "exp"])
@pytest.mark.parametrize("change", ["missing", None, 1, "other", [], {}, True])
def test_every_claim_is_required_and_checked(name: str, change: object) -> None:
    claims = good_claims()
    if change == "missing":
        del claims[name]
    else:
        claims[name] = change
    assert refused(signed(claims))


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN", "1e999", "1" * 1000, "0.5"])
@pytest.mark.parametrize("name", ["exp", "iat"])
def test_numbers_beyond_reason(name: str, value: str) -> None:
    text = json.dumps({**good_claims(), name: "here"}).replace('"here"', value)
    assert refused(signed(text.encode()))


def test_a_longer_life_than_ours_is_refused() -> None:
    claims = good_claims()
    assert refused(signed({**claims, "exp": claims["exp"] + 1}))


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["b64"], "b64": False},
        {"kid": "../../dev/null"},
        {"jku": "http://x"},
        {"typ": "JWT"},
    ],
)
def test_header_tricks_even_with_our_signature(extra: dict[str, Any]) -> None:
    assert refused(signed(good_claims(), headers={"typ": "at+jwt", **extra}))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "HS384", "RS256", "dir", None, 7])
def test_other_algorithms(alg: object) -> None:
    head = segment({"alg": alg, "typ": "at+jwt"})
    for signature in ("", "A" * 43, issue().split(".")[2]):
        assert refused(f"{head}.{segment(good_claims())}.{signature}")


def test_public_keys_as_hmac_secrets() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048).public_key()
    for key in (rsa_key, ec.generate_private_key(ec.SECP256R1()).public_key()):
        der = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert refused(signed(good_claims(), key=der))


@pytest.mark.parametrize("depth", [10, 500, 1300, 200_000])
def test_nested_json(depth: int) -> None:
    nest = b'{"a":' * depth
    body, mac = issue().split(".")[1:]
    assert refused(f"{segment(nest)}.{body}.{mac}")
    assert refused(signed(nest))
    assert refused(signed(b"[" * depth + b"]" * depth))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "....", "a.b.c", "é.b.c", "\x00", "x" * 10**6, "Bearer x", "\ud800"]
)
def test_not_even_a_token(token: str) -> None:
    assert refused(token)


@pytest.mark.parametrize("change", [" {}", "{}\n", "{}=", "{}.x", "{}\x00", "\ufeff{}"])
def test_decorated_tokens(change: str) -> None:
    assert refused(change.format(issue()))


def test_five_segments_are_no_encrypted_token() -> None:
    assert refused(f"{issue()}.AAAA.BBBB")


@pytest.mark.fuzz
@pytest.mark.timeout(0)
def test_hostile_tokens_are_refused() -> None:
    good, key = issue(), keys.key_for("access-token")
    hostile = hostile_tokens.stream(7, good, key, 10_000 * effort.FACTOR)
    assert [token for token in hostile if not refused(token)] == []
    assert not refused(good)
