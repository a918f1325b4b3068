"""Headers that keep browsers safe, on every kind of answer."""

import pytest
from starlette.testclient import TestClient

from app.api import middleware
from app.core.config import Settings

EVERYWHERE = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; "
        "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
        "img-src 'self'; font-src 'self'; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# What each answer has beside those above; x-request-id changes each time.
SNAPSHOTS = {
    ("GET", "/api/v1/setup"): {"cache-control": "no-store", "content-type": "application/json"},
    ("GET", "/api/v1/workspace"): {
        "cache-control": "no-store",
        "content-type": "application/problem+json",
        "www-authenticate": "Bearer",
    },
    ("POST", "/api/v1/auth/refresh"): {
        "cache-control": "no-store",
        "content-type": "application/problem+json",
        "www-authenticate": "Bearer",
    },
    ("PUT", "/api/v1/setup"): {
        "allow": "GET, POST",
        "cache-control": "no-store",
        "content-type": "application/problem+json",
    },
    ("GET", "/health"): {"content-type": "application/json"},
    ("GET", "/metrics"): {"content-type": "application/problem+json"},
    ("GET", "/docs/errors"): {"content-type": "text/html; charset=utf-8"},
    ("GET", "/docs"): {
        "content-security-policy": EVERYWHERE["content-security-policy"].replace(
            "img-src 'self'", "img-src 'self' data:"
        ),
        "content-type": "text/html; charset=utf-8",
    },
    ("POST", "/webhook/whatsapp"): {"content-type": "application/problem+json"},
}
UNSTEADY = {"content-length", "x-request-id", "vary"}


def _headers(client: TestClient, method: str, path: str) -> dict[str, str]:
    answer = client.request(method, path, headers={"accept-encoding": "identity"})
    assert answer.headers["x-request-id"]
    return {name: value for name, value in answer.headers.items() if name not in UNSTEADY}


@pytest.mark.parametrize(("method", "path"), SNAPSHOTS)
def test_every_answer_carries_them(anonymous: TestClient, method: str, path: str) -> None:
    assert _headers(anonymous, method, path) == EVERYWHERE | SNAPSHOTS[method, path]


def test_over_https_browsers_stay_with_it(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "strict-transport-security" not in _headers(anonymous, "GET", "/health")
    monkeypatch.setenv("PUBLIC_URL", "https://wa.example.com")
    secure = Settings()
    monkeypatch.setattr(middleware, "settings", lambda: secure)
    headers = _headers(anonymous, "GET", "/health")
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_nothing_inline_is_allowed_anywhere(anonymous: TestClient) -> None:
    for _, path in SNAPSHOTS:
        answer = anonymous.get(path)
        assert "unsafe-" not in answer.headers["content-security-policy"]
        assert "<style" not in answer.text
        assert "style=" not in answer.text
        assert "<script>" not in answer.text
