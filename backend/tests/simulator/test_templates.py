"""Template sends: parameter checks, states, pacing."""

from typing import Any

import pytest

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import Graph, code_of, texts, wamid_of
from tests.support.receiver import Receiver

Json = dict[str, Any]
_BUTTONS = [
    {"type": "QUICK_REPLY", "text": "Stop"},
    {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"},
    {"type": "COPY_CODE", "example": "SAVE20"},
]
_TEMPLATES: list[Json] = [
    {
        "name": "positional",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"},
            {"type": "BODY", "text": "Hi {{1}}, order {{2}}"},
            {"type": "FOOTER", "text": "Bye"},
        ],
    },
    {
        "name": "named",
        "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": "Hi {{name}}, {{day}}"}],
    },
    {
        "name": "picture",
        "components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Look"},
        ],
    },
    {
        "name": "buttons",
        "components": [
            {"type": "BODY", "text": "Tap"},
            {"type": "BUTTONS", "buttons": _BUTTONS},
        ],
    },
    {"name": "plain", "category": "MARKETING", "components": [{"type": "BODY", "text": "Hello"}]},
]


@pytest.fixture
def templates(graph: Graph, control: SimulatorControl) -> dict[str, str]:
    made = control.add_templates(graph.business.waba_id, *_TEMPLATES)
    return {template["name"]: template["id"] for template in made}


_HEADER = texts("Ana", kind="header")


def _picture(kind: str, **value: str) -> Json:
    return {"type": "header", "parameters": [{"type": kind, kind: value}]}


def _button(index: int, sub_type: str, kind: str, **value: str) -> Json:
    parameter = {"type": kind, **value}
    return {"type": "button", "sub_type": sub_type, "index": str(index), "parameters": [parameter]}


_URL = _button(1, "url", "text", text="A-1")
_CODE = _button(2, "copy_code", "coupon_code", coupon_code="SAVE20")


@pytest.mark.usefixtures("templates")
@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("positional", [_HEADER, texts("Ana", "A-1")]),
        ("named", [texts(day="Monday", name="Ana")]),
        ("picture", [_picture("image", link="https://example.com/a.png")]),
        ("buttons", [_URL, _CODE]),
        ("buttons", [_button(0, "quick_reply", "payload", payload="STOP"), _URL, _CODE]),
        ("plain", []),
    ],
)
def test_fitting_parameters_are_accepted(graph: Graph, name: str, components: list[Json]) -> None:
    response = graph.send_template(name, *components)
    assert response.json()["messages"][0]["message_status"] == "accepted", response.text


@pytest.mark.usefixtures("templates")
@pytest.mark.parametrize(
    ("name", "components", "code"),
    [
        ("positional", [texts("Ana", "A-1")], 132000),
        ("positional", [_HEADER, texts("Ana")], 132000),
        ("positional", [_HEADER, texts("Ana", "A-1", "more")], 132000),
        ("positional", [_HEADER, texts("two\nlines", "A-1")], 132018),
        ("positional", [_HEADER, texts("a     b", "A-1")], 132018),
        ("positional", [_HEADER, texts("", "A-1")], 132018),
        ("positional", [_HEADER, texts("x" * 1024, "A-1")], 132005),
        ("positional", [_HEADER, texts(name="Ana", day="A-1")], 132018),
        ("named", [texts("Ana", "Monday")], 132018),
        ("named", [texts(name="Ana", other="Monday")], 132018),
        ("picture", [_picture("video", link="https://example.com/a.mp4")], 132012),
        ("picture", [_picture("image")], 132012),
        ("picture", [], 132000),
        ("buttons", [_CODE], 131008),
        ("buttons", [_URL, _CODE, _button(7, "url", "text", text="x")], 132018),
        ("buttons", [_button(1, "copy_code", "coupon_code", coupon_code="x"), _CODE], 132012),
        ("absent", [], 132001),
    ],
)
def test_misfits_get_metas_codes(
    graph: Graph, name: str, components: list[Json], code: int
) -> None:
    assert code_of(graph.send_template(name, *components)) == code


@pytest.mark.usefixtures("templates")
def test_a_language_it_lacks_is_a_template_it_lacks(graph: Graph) -> None:
    assert code_of(graph.send_template("plain", language="es_MX")) == 132001


@pytest.mark.parametrize(
    ("status", "code"), [("PAUSED", 132015), ("DISABLED", 132016), ("REJECTED", 132001)]
)
def test_state_decides_and_is_reported(
    graph: Graph, control: SimulatorControl, server: Receiver, templates: dict[str, str],
    status: str, code: int,
) -> None:  # fmt: skip
    control.change_template(templates["plain"], status=status, title="FIRST_PAUSE")
    assert code_of(graph.send_template("plain")) == code
    server.wait(lambda: bool(server.bodies))
    change = server.changes()[0]
    assert change["field"] == "message_template_status_update"
    assert change["value"]["event"] == status
    assert change["value"]["message_template_id"] == int(templates["plain"])
    assert change["value"]["message_template_language"] == "en-US"


def test_quality_and_category_changes_are_reported(
    control: SimulatorControl, server: Receiver, templates: dict[str, str]
) -> None:
    control.change_template(templates["plain"], quality_score="RED", category="UTILITY")
    server.wait(lambda: len(server.changes()) == 2)
    by_field = {change["field"]: change["value"] for change in server.changes()}
    assert by_field["message_template_quality_update"]["new_quality_score"] == "RED"
    assert by_field["template_category_update"]["previous_category"] == "MARKETING"


@pytest.mark.parametrize("drop", [False, True])
def test_pacing_holds_then_releases_or_drops(
    graph: Graph, control: SimulatorControl, server: Receiver, templates: dict[str, str],
    drop: bool,
) -> None:  # fmt: skip
    control.change_template(templates["plain"], pacing_first_n=1)
    answers = [graph.send_template("plain", to=f"+1650555400{n}") for n in range(3)]
    statuses = [answer.json()["messages"][0]["message_status"] for answer in answers]
    assert statuses == ["accepted"] + ["held_for_quality_assessment"] * 2
    assert control.callbacks(wait_s=10)["pending"] == 0
    assert {s["id"] for s in server.items("statuses")} == {wamid_of(answers[0])}
    assert control.end_pacing(templates["plain"], drop=drop) == 2
    control.callbacks(wait_s=10)
    later = [s for s in server.items("statuses") if s["id"] == wamid_of(answers[2])]
    if drop:
        assert [s["errors"][0]["code"] for s in later] == [132015]
        assert code_of(graph.send_template("plain", to="+16505554009")) == 132015
    else:
        assert {s["status"] for s in later} == {"sent", "delivered", "read"}
    assert [r["destiny"] for r in control.ledger()[1:3]] == ["failed" if drop else "read"] * 2
