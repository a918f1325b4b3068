"""Whatever a client sends, the simulator answers in Meta's words and never falls over."""

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator import messages, parameters
from simulator.errors import GraphError
from simulator.world import Template

_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_keys = st.sampled_from(
    ["id", "text", "type", "parameters", "body", "action", "index", "sub_type", "buttons", "reply",
     "image", "link", "language", "code", "name", "currency", "components", "rows", "sections"]
)  # fmt: skip
_json = st.recursive(
    _scalars | st.sampled_from(["text", "button", "list", "header", "image", "currency", "url"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)
_types = st.sampled_from(["text", "image", "template", "interactive", "contacts", "location",
                          "reaction", "sticker"])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(kind=_types, content=_json, to=st.just("+16505551234") | _json)
def test_any_body_is_read_or_refused(kind: str, content: Any, to: Any) -> None:
    body = {"messaging_product": "whatsapp", "to": to, "type": kind, kind: content}
    with contextlib.suppress(GraphError):
        messages.read(body, "15555550123")


_TEMPLATE = Template(
    id="1",
    waba_id="2",
    name="t",
    components=[
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "{{1}}"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "a", "url": "https://e.co/{{1}}"}]},
    ],
)
_component = st.fixed_dictionaries(
    {"type": st.sampled_from(["header", "body", "button"]) | _json},
    optional={"parameters": st.lists(_json, max_size=2) | _json, "index": _json},
)


@settings(max_examples=200, deadline=None)
@given(components=st.lists(_component, max_size=4))
def test_any_components_are_checked_or_refused(components: list[dict[str, Any]]) -> None:
    with contextlib.suppress(GraphError):
        parameters.check(_TEMPLATE, components)


_part = st.fixed_dictionaries(
    {"type": st.sampled_from(["HEADER", "BODY", "BUTTONS"]) | _json},
    optional={"text": _json, "format": _json, "buttons": st.lists(_json, max_size=2) | _json},
)


@settings(max_examples=200, deadline=None)
@given(template=st.lists(_part, max_size=4))
def test_any_registered_template_can_be_checked(template: list[dict[str, Any]]) -> None:
    with contextlib.suppress(GraphError, ValidationError):
        given = {**_TEMPLATE.model_dump(), "components": template}
        parameters.check(Template.model_validate(given), [])
