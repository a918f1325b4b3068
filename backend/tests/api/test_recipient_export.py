"""The address book as a file."""

import csv
from io import StringIO

from starlette.testclient import TestClient

URL = "/api/v1/recipients"


def test_exports_cells_that_no_spreadsheet_runs(owner: TestClient) -> None:
    owner.post(
        URL,
        json={
            "phone": "+34612345678",
            "name": '=HYPERLINK("http://x";"y")',
            "attributes": {"city": "@SUM(A1)", "note": "a,b\nc"},
        },
    )
    owner.post(URL, json={"phone": "+34612345679", "name": "Ñandú"})
    answer = owner.get(f"{URL}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["phone"] for row in rows] == ["'+34612345678", "'+34612345679"]
    assert rows[0]["name"] == '\'=HYPERLINK("http://x";"y")'
    assert rows[0]["attributes.city"] == "'@SUM(A1)"
    assert rows[0]["attributes.note"] == "a,b\nc"
    assert (rows[1]["name"], rows[1]["reachable"]) == ("Ñandú", "true")
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row.values())


def test_needs_the_right_to_read(anonymous: TestClient) -> None:
    assert anonymous.get(f"{URL}/export.csv").status_code == 401
