"""What is served beside the API: its documentation and its metrics."""

import pytest
from starlette.testclient import TestClient

from app.core.config import Settings


def _settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name.upper(), value)
    changed = Settings()
    for module in ("app.api.routes.docs", "app.api.routes.metrics"):
        monkeypatch.setattr(f"{module}.settings", lambda: changed)


def test_swagger_ui_comes_from_our_own_files(anonymous: TestClient) -> None:
    page = anonymous.get("/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "://" not in page.text
    assert "<script>" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"/docs/{name}" in page.text
        assert anonymous.get(f"/docs/{name}").status_code == 200
    assert anonymous.get("/docs/redoc.standalone.js").status_code == 404


def test_switched_off_it_is_not_there(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settings(monkeypatch, docs="off")
    for path in ("/docs", "/docs/start.js", "/docs/swagger-ui.css"):
        assert anonymous.get(path).status_code == 404


def test_a_problem_points_to_its_explanation(anonymous: TestClient) -> None:
    problem = anonymous.get("/api/v1/workspace").json()
    path, _, code = problem["type"].partition("#")
    assert f'id="{code}"' in anonymous.get(path).text
