"""Examples in the documentation are requests that work."""

from starlette.testclient import TestClient

from app.api import examples

PATHS = {
    "SenderIn": "/senders",
    "RecipientIn": "/recipients",
    "GroupIn": "/groups",
    "MessageIn": "/messages",
}


def test_every_example_is_taken(owner: TestClient) -> None:
    schemas = owner.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert PATHS.keys() == examples.BODIES.keys()
    for name, body in examples.BODIES.items():
        assert body in schemas[name]["examples"]
        answer = owner.post(f"/api/v1{PATHS[name]}", json=body)
        assert answer.status_code == 201, (name, answer.text)
