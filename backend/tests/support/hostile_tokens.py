"""Tokens that must let nobody in: spoilt, forged, decorated. Seeded, so that each run is the same.

``stream`` makes any number from one good token and the key that signed it; every one differs
from the good token in at least one character.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from jose import jws, jwt

_ALPHABET = 'ABCabc012-_.=~+/ {}"\x00é'
_ALGORITHMS = ("none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "dir", None, 7)
_VALUES: tuple[Any, ...] = (0, 1, -1, 2**31, 2**63, 10**400, "soon", None, 0.5, True, [], {})
_TRICKS: tuple[dict[str, Any], ...] = (
    {"crit": ["b64"], "b64": False},
    {"kid": "../../dev/null"},
    {"kid": "' OR 1=1 --"},
    {"jku": "http://127.0.0.1/keys"},
    {"jwk": {"kty": "oct", "k": "AAAA"}},
    {"typ": "JWT"},
    {"zip": "DEF"},
)
_DECORATIONS = ("{} ", "{}\n", "{}=", "{}.", ".{}", "\ufeff{}", "{0}.{0}", '"{}"')
Spoil = Callable[[str], str]


def segment(value: object) -> str:
    """One part of a token: JSON, or the bytes given, in base64url."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decoded(part: str) -> bytes:
    """The bytes of one part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signed(claims: object, key: bytes, headers: dict[str, Any] | None = None) -> str:
    """A token over any claims, with a good signature by ``key``."""
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return jws.sign(body, key, headers or {"typ": "at+jwt"})


def stream(seed: int, good: str, key: bytes, count: int) -> Iterator[str]:
    """``count`` hostile tokens."""
    chance = random.Random(seed)
    ways = [*_spoilt(chance), *_forged(chance, good, key)]
    made = 0
    while made < count:
        token = chance.choice(ways)(good)
        # Space around a token is the header's, not the token's.
        if token.strip() != good:
            made += 1
            yield token


def _spoilt(chance: random.Random) -> list[Spoil]:
    """Ways to spoil a good token without any key."""

    def flip(token: str) -> str:
        at = chance.randrange(len(token))
        return token[:at] + chance.choice(_ALPHABET.replace(token[at], "")) + token[at + 1 :]

    def last_letter(token: str) -> str:
        # Its lowest bits carry nothing: other letters decode to the same signature.
        return token[:-1] + chance.choice(_ALPHABET[:11])

    def cut(token: str) -> str:
        return token[: chance.randrange(len(token))]

    def insert(token: str) -> str:
        at = chance.randrange(len(token))
        return token[:at] + chance.choice(_ALPHABET) * chance.randint(1, 40) + token[at:]

    def swap(token: str) -> str:
        parts = token.split(".")
        order = chance.choice([(1, 0, 2), (0, 2, 1), (2, 1, 0), (0, 1, 1), (0, 1), (1, 2), (0,)])
        return ".".join(parts[i] for i in order)

    def noise(token: str) -> str:
        head = token.split(".")[0]
        return f"{head}.{segment(chance.randbytes(200))}.{segment(chance.randbytes(32))}"

    def decorate(token: str) -> str:
        return chance.choice(_DECORATIONS).format(token)

    return [flip, last_letter, cut, insert, swap, noise, decorate]


def _forged(chance: random.Random, good: str, key: bytes) -> list[Spoil]:
    """Ways of somebody who knows the format, or even what a good signature is worth."""
    claims = jwt.get_unverified_claims(good)

    def algorithm(token: str) -> str:
        head = segment({"alg": chance.choice(_ALGORITHMS), "typ": "at+jwt"})
        _, body, mac = token.split(".")
        return f"{head}.{body}.{chance.choice(['', 'A' * 43, mac])}"

    def other_key(_: str) -> str:
        return signed(claims, chance.randbytes(32))

    def header_trick(_: str) -> str:
        return signed(claims, key, {"typ": "at+jwt"} | chance.choice(_TRICKS))

    def claim(_: str) -> str:
        name = chance.choice(list(claims))
        changed: dict[str, Any] = {**claims}
        if chance.random() < 0.3:
            del changed[name]
        else:
            changed[name] = chance.choice(_VALUES)
        return signed(changed, key)

    def expired(_: str) -> str:
        age = chance.randint(700, 10**6)
        return signed({**claims, "iat": claims["iat"] - age, "exp": claims["exp"] - age}, key)

    def long_lived(_: str) -> str:
        return signed({**claims, "exp": claims["exp"] + chance.randint(1, 10**9)}, key)

    def nested(token: str) -> str:
        deep = b'{"a":' * chance.choice([10, 300, 1300])
        return f"{segment(deep)}.{token.split('.')[1]}.{'A' * 43}"

    def encrypted(token: str) -> str:
        return f"{token}.{segment(chance.randbytes(16))}.{segment(chance.randbytes(16))}"

    return [
        algorithm,
        other_key,
        header_trick,
        claim,
        expired,
        long_lived,
        nested,
        encrypted,
    ]
