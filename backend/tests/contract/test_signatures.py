import hashlib
import hmac
import json

import pytest

from app.integrations.whatsapp import signatures

SECRET = "app-secret"
BODY = rb'{"object":"whatsapp_business_account","text":"caf\u00e9 \/ \ud83d\ude00"}'


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_known_answer() -> None:
    # RFC 4231, test case 2.
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    body = b"what do ya want for nothing?"
    assert signatures.is_signed(body, f"sha256={expected}", ["Jefe"])


def test_the_bytes_as_they_came_are_signed() -> None:
    assert signatures.is_signed(BODY, sign(BODY), [SECRET])
    written_again = json.dumps(json.loads(BODY)).encode()
    assert not signatures.is_signed(written_again, sign(BODY), [SECRET])


def test_every_changed_bit_is_seen() -> None:
    for bit in range(len(BODY) * 8):
        changed = bytearray(BODY)
        changed[bit // 8] ^= 1 << bit % 8
        assert not signatures.is_signed(bytes(changed), sign(BODY), [SECRET])


@pytest.mark.parametrize("secrets", [["new", SECRET], [SECRET, "old"], ["", SECRET]])
def test_one_of_several_secrets_is_enough(secrets: list[str]) -> None:
    assert signatures.is_signed(BODY, sign(BODY), secrets)


@pytest.mark.parametrize("secrets", [[], [""], ["other"]])
def test_without_the_secret_nothing_is_signed(secrets: list[str]) -> None:
    assert not signatures.is_signed(BODY, sign(BODY), secrets)
    assert not signatures.is_signed(BODY, sign(BODY, ""), secrets)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: None,
        lambda header: "",
        lambda header: header[7:],
        lambda header: "sha1=" + header[7:],
        lambda header: header.upper(),
        lambda header: header[:-1],
        lambda header: header + "0",
        lambda header: header + "\n",
        lambda header: " " + header,
        lambda header: header + ", " + header,
        lambda header: "sha256=" + "é" * 64,
    ],
)
def test_headers_that_are_no_signature(change: object) -> None:
    assert callable(change)
    assert not signatures.is_signed(BODY, change(sign(BODY)), [SECRET])


HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": "T", "hub.challenge": "1158201444"}


def test_handshake_echoes_the_bare_challenge() -> None:
    assert signatures.challenge(HANDSHAKE, "T") == "1158201444"


@pytest.mark.parametrize("token", [None, "", "t", "T ", "other"])
def test_handshake_with_another_token(token: str | None) -> None:
    assert signatures.challenge(HANDSHAKE, token) is None


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "\ud800"},
        {"hub.challenge": ""},
        {"hub.challenge": "a\r\nb"},
        {"hub.challenge": "x" * 257},
    ],
)
def test_handshake_refused(change: dict[str, str]) -> None:
    assert signatures.challenge(HANDSHAKE | change, "T") is None
    assert signatures.challenge({}, "T") is None
