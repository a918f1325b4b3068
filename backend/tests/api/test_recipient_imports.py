"""Recipients from a file."""

import csv
import json
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import queue
from app.domain.refs import Ref
from app.models.imports import RecipientImport
from app.models.recipients import ConsentEvent, Recipient
from app.services import recipient_bulk
from app.services.imports import running
from tests.factories import workspaces

URL = "/api/v1/recipients/imports"


def upload(client: TestClient, content: bytes | str, **form: Any) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(URL, files={"file": ("people.csv", data, "text/csv")}, data=form)


def accepted(client: TestClient, content: bytes | str, **form: Any) -> dict[str, Any]:
    answer = upload(client, content, **form)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def ref_of(client: TestClient, job: dict[str, Any]) -> Ref:
    workspace_id = client.get("/api/v1/workspace").json()["id"]
    return Ref(UUID(workspace_id), UUID(job["id"]))


def finished(client: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    running.run(ref_of(client, job))
    done: dict[str, Any] = client.get(f"{URL}/{job['id']}").json()
    return done


def many(count: int) -> str:
    return "name,phone\n" + "".join(f"P{n},+5215512{n:06}\n" for n in range(count))


def test_takes_good_rows_and_lists_the_bad(owner: TestClient) -> None:
    job = accepted(owner, "Nombre;Teléfono;Ciudad\nAna;+34612345678;Lugo\n=x;123;\nEva;;Vigo\n")
    assert (job["status"], job["total"], job["processed"]) == ("queued", 3, 0)
    assert job["mapping"] == {
        "Nombre": "name",
        "Teléfono": "phone",
        "Ciudad": "attributes.ciudad",
    }
    done = finished(owner, job)
    assert (done["status"], done["created"], done["failed"]) == ("completed", 1, 2)
    assert [(e["row"], e["field"], e["code"]) for e in done["errors"]] == [
        (3, "phone", "invalid_phone"),
        (4, "phone", "required"),
    ]
    person = owner.get("/api/v1/recipients").json()["items"][0]
    assert (person["name"], person["attributes"]) == ("Ana", {"ciudad": "Lugo"})


def test_the_rows_left_can_be_mended_and_sent_again(owner: TestClient) -> None:
    job = accepted(owner, "name,phone\nAna,+34612345678\n=x,+34123\n")
    finished(owner, job)
    answer = owner.get(f"{URL}/{job['id']}/errors.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["name", "phone", "error_row", "error_field", "error_reason"]
    assert rows[1][:4] == ["'=x", "'+34123", "3", "phone"]
    mended = answer.text.replace("'+34123", "+34612345679")
    done = finished(owner, accepted(owner, mended))
    assert (done["created"], done["failed"]) == (1, 0)
    found = owner.get("/api/v1/recipients", params={"phone": "+34612345679"}).json()["items"]
    assert (found[0]["name"], found[0]["attributes"]) == ("=x", {})


def test_follows_its_options(owner: TestClient, session: Session) -> None:
    group = owner.post("/api/v1/groups", json={"name": "Fair"}).json()["id"]
    owner.post("/api/v1/recipients", json={"phone": "+34612345679", "name": "Old"})
    consent = {"marketing": "opted_in", "source": "fair", "evidence": "list of 3 May"}
    job = accepted(
        owner,
        "who,tel,x\nAna,612 345 678,1\nBen,612 345 679,2\n",
        mapping=json.dumps({"who": "name", "tel": "phone", "x": None}),
        group_ids=[group],
        consent=json.dumps(consent),
        default_country="ES",
        on_conflict="update",
    )
    done = finished(owner, job)
    assert (done["created"], done["updated"], done["failed"]) == (1, 1, 0)
    people = owner.get(f"/api/v1/groups/{group}/members").json()["items"]
    assert sorted(p["name"] for p in people) == ["Ana", "Ben"]
    assert all(p["consent"]["marketing"] == "opted_in" for p in people)
    assert all(p["attributes"] == {} for p in people)
    evidence = session.scalars(select(ConsentEvent.evidence)).all()
    assert evidence == ["list of 3 May"] * 2


def test_warns_of_kept_opt_outs(owner: TestClient) -> None:
    out = {"marketing": "opted_out", "source": "call"}
    owner.post("/api/v1/recipients", json={"phone": "+34612345678", "consent": out})
    consent = json.dumps({"marketing": "opted_in", "source": "fair"})
    job = accepted(owner, "phone\n+34612345678\n", consent=consent, on_conflict="update")
    assert finished(owner, job)["warnings"] == [{"row": 2, "code": "opt_out_kept"}]


@pytest.mark.parametrize(
    "content, form, expected",
    [
        (b"PK\x03\x04", {}, ("file", "not_supported_yet")),
        (b"", {}, ("file", "empty")),
        (b"a\x00b\n1", {}, ("file", "nul_character")),
        (b"name\nAna", {}, ("mapping", "phone_column_missing")),
        (b"phone\n1", {"mapping": "{"}, ("mapping", "invalid_json")),
        (b"phone\n1", {"mapping": '{"x": "phone"}'}, ("mapping.x", "unknown_column")),
        (b"phone\n1", {"consent": '{"marketing": "opted_in"}'}, ("consent.source", "required")),
        (b"phone\n1", {"on_conflict": "merge"}, ("on_conflict", "unknown_value")),
        (b"phone\n1", {"colour": "red"}, ("colour", "unknown_field")),
        (b"phone\n1", {"group_ids": "x"}, ("group_ids.0", "invalid_id")),
        (
            b"phone\n1",
            {"group_ids": '["01890000-0000-7000-8000-000000000000"]'},
            ("group_ids.0", "unknown_reference"),
        ),
    ],
)
def test_refuses_at_once_what_cannot_be_read(
    owner: TestClient, content: bytes, form: dict[str, str], expected: tuple[str, str]
) -> None:
    answer = upload(owner, content, **form)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == expected
    assert error["message"]


def test_needs_a_file(owner: TestClient) -> None:
    answer = owner.post(URL, files={"on_conflict": (None, "skip")})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


def test_goes_on_where_a_killed_worker_stopped(
    owner: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(owner, many(2500))
    save, calls = recipient_bulk.save, []

    def killed(*args: Any) -> Any:
        calls.append(1)
        outcome = save(*args)
        if len(calls) == 2:
            raise SystemExit
        return outcome

    monkeypatch.setattr(recipient_bulk, "save", killed)
    with pytest.raises(SystemExit):
        running.run(ref_of(owner, job))
    half = owner.get(f"{URL}/{job['id']}").json()
    assert (half["status"], half["processed"], half["created"]) == ("running", 1000, 1000)
    done = finished(owner, job)
    assert (done["status"], done["processed"], done["created"]) == ("completed", 2500, 2500)
    assert session.scalar(select(func.count()).select_from(Recipient)) == 2500
    assert finished(owner, job) == done


def test_a_group_deleted_meanwhile_ends_it_with_a_sentence(owner: TestClient) -> None:
    group = owner.post("/api/v1/groups", json={"name": "Fair"}).json()["id"]
    job = accepted(owner, "phone\n+34612345678\n", group_ids=group)
    assert owner.delete(f"/api/v1/groups/{group}").status_code == 204
    done = finished(owner, job)
    assert done["status"] == "failed"
    assert group in done["detail"]


def test_the_file_goes_when_it_is_done(owner: TestClient, session: Session) -> None:
    job = accepted(owner, "phone\n+34612345678\n")
    finished(owner, job)
    session.expire_all()
    assert session.get_one(RecipientImport, job["id"]).file is None


def test_rings_again_for_what_nobody_moves(
    owner: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(queue, "publish", lambda *ids: rung.append(ids))
    job = accepted(owner, "phone\n+34612345678\n")
    ref = ref_of(owner, job)
    assert rung.pop() == ("imports.run", str(ref.workspace_id), str(ref.id))
    running.sweep()
    assert rung == []
    row = session.get_one(RecipientImport, job["id"])
    row.updated_at = row.created_at - running._STALLED * 2
    session.commit()
    running.sweep()
    assert rung == [("imports.run", str(ref.workspace_id), str(ref.id))]


def test_other_workspaces_see_nothing(owner: TestClient, session: Session) -> None:
    job = accepted(owner, "phone\n+34612345678\n")
    token = workspaces.owner_token(session)
    headers = {"Authorization": f"Bearer {token}"}
    for path in (f"{URL}/{job['id']}", f"{URL}/{job['id']}/errors.csv"):
        assert owner.get(path, headers=headers).status_code == 404
    assert owner.get(f"{URL}/no-id").status_code == 404


def test_an_upload_sent_again_is_the_same_though_its_boundary_is_not(owner: TestClient) -> None:
    owner.headers["Idempotency-Key"] = "file-1"
    first, again = upload(owner, many(2)), upload(owner, many(2))
    boundaries = {answer.request.headers["Content-Type"] for answer in (first, again)}
    assert len(boundaries) == 2
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert upload(owner, many(3)).json()["code"] == "idempotency_mismatch"
