"""The workspace resource."""

from starlette.testclient import TestClient


def test_reads_and_changes_settings_by_version(owner: TestClient) -> None:
    before = owner.get("/api/v1/workspace")
    assert before.status_code == 200
    assert before.headers["ETag"] == '"1"'
    changed = owner.patch(
        "/api/v1/workspace", json={"service_window": "ignore"}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200
    assert changed.json()["service_window"] == "ignore"
    assert changed.json()["version"] == 2
    stale = owner.patch("/api/v1/workspace", json={"name": "X"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["code"] == "stale_version"


def test_says_which_field_is_wrong(owner: TestClient) -> None:
    cases = {
        "timezone": ("Mars/Olympus", "unknown_timezone"),
        "quiet_hours": ({"start": "21:00", "end": "08:00"}, "not_supported_yet"),
        "version": (7, "read_only"),
        "nmae": ("x", "unknown_field"),
        "name": ("a\x00b", "nul_character"),
    }
    for field, (value, code) in cases.items():
        answer = owner.patch("/api/v1/workspace", json={field: value})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["errors"][0]["code"] == code


def test_says_for_how_long_deliveries_are_kept(owner: TestClient) -> None:
    assert owner.get("/api/v1/workspace").json()["retention_days"] == {}
    for days, kept in ({"deliveries": 90}, {"deliveries": 90}), ({"deliveries": None}, {}):
        changed = owner.patch("/api/v1/workspace", json={"retention_days": days})
        assert changed.json()["retention_days"] == kept
    for wrong in ({"deliveries": 7}, {"deliveries": 4000}, {"audit": 90}, None):
        assert owner.patch("/api/v1/workspace", json={"retention_days": wrong}).status_code == 422


def test_refuses_callers_without_a_token(anonymous: TestClient) -> None:
    answer = anonymous.get("/api/v1/workspace")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    anonymous.headers["Authorization"] = "Bearer nonsense"
    assert anonymous.get("/api/v1/workspace").status_code == 401


def test_the_breaker_is_off_until_it_is_set(owner: TestClient) -> None:
    url = "/api/v1/workspace"
    assert owner.get(url).json()["breaker"] is None
    wanted = {"first_n": 100, "max_failed_pct": 12.5, "max_opt_out_pct": None}
    assert owner.patch(url, json={"breaker": wanted}).json()["breaker"] == wanted
    for wrong in ({"first_n": 0}, {"max_failed_pct": 5}, {"first_n": 9, "max_failed_pct": 101}):
        assert owner.patch(url, json={"breaker": wrong}).status_code == 422
    assert owner.patch(url, json={"breaker": None}).json()["breaker"] is None
