"""How each operation of the API is asked, and which bodies can name another's object."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.factories.tenants import Tenant

Json = dict[str, Any]
_METHODS = {"get", "post", "put", "patch", "delete"}
_REFERENCE = re.compile(r"(_ids?|^into)$")
# Names of Meta's or of the caller's own; no rows of ours.
_NOT_OURS = {"external_id", "phone_number_id", "waba_id", "whatsapp_user_id"}

# Bodies that the path with somebody else's id is asked with; others need none.
BODIES: dict[str, Json] = {
    "change_consent": {"marketing": "opted_out", "source": "phone call"},
    "change_member": {"role": "viewer"},
    "resolve_delivery": {"action": "mark_failed", "confirm": True},
}
# What makes, asks or changes something of the caller's own and can name nothing else.
NAME_NOTHING = {
    "change_password",
    "change_workspace",
    "create_api_key",
    "create_group",
    "create_invitation",
    "create_media",
    "create_sender",
    "create_template",
    "end_other_sessions",
    "preview_group",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """``references``: names in its body that hold ids of ours; ``queries``: such filters."""

    id: str
    method: str
    path: str
    references: frozenset[str]
    queries: tuple[str, ...]
    is_refused: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filters(self, theirs: Tenant) -> list[dict[str, str]]:
        """Queries by each of another's ids, and by their name."""
        return [
            {name: theirs.ids.get(name, theirs.mark)}
            for name in self.queries
            if name in theirs.ids or name in {"q", "external_id"}
        ]


@dataclass(frozen=True, slots=True)
class Reference:
    """A body in which ``name`` is another's; ``finds_nothing`` judges a 200."""

    operation: str
    name: str
    request: Callable[[Tenant, Tenant], Json]
    finds_nothing: Callable[[Json], bool] | None = None

    def __str__(self) -> str:
        return f"{self.operation} with {self.name} of theirs"


def body(one: Operation, mine: Tenant) -> Json:
    """A request that is right but for the id in its path."""
    if one.id == "send_test":
        return {"json": {"sender_id": mine.ids["sender_id"], "to": "+14155550123"}}
    if one.method in {"GET", "DELETE"}:
        return {}
    return {"json": BODIES.get(one.id, {})}


def operations(document: Json) -> list[Operation]:
    """All that take a credential."""
    return [
        _operation(document, method, path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if method in _METHODS and described.get("security") != []
    ]


def _operation(document: Json, method: str, path: str, described: Json) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    names = {name for kind in content.values() for name in _names(document, kind["schema"], ())}
    references = {name for name in names if _REFERENCE.search(name)} - _NOT_OURS
    parameters = described.get("parameters", [])
    return Operation(
        described["operationId"],
        method.upper(),
        path,
        frozenset(references),
        tuple(one["name"] for one in parameters if one["in"] == "query"),
        described.get("description", "").startswith("Not supported by this version yet"),
    )


def _names(document: Json, schema: Json, seen: tuple[str, ...]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _names(document, document["components"]["schemas"][name], (*seen, name))
        return
    for inner in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
        yield from _names(document, inner, seen)
    if "items" in schema:
        yield from _names(document, schema["items"], seen)
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _names(document, inner, seen)


def _one(key: str, base: Callable[[Tenant], Json]) -> Callable[[Tenant, Tenant], Json]:
    return lambda mine, theirs: {"json": base(mine) | {key: theirs.ids[key]}}


def _send(mine: Tenant) -> Json:
    return {"sender_id": mine.ids["sender_id"], "message_id": mine.ids["message_id"]}


def _to_somebody(mine: Tenant) -> Json:
    return {**_send(mine), "to": "+14155550123"}


def _schedule(mine: Tenant) -> Json:
    audience = {"group_ids": [mine.ids["group_id"]]}
    return {**_send(mine), "name": "x", "audience": audience, "timing": {"kind": "now"}}


def _audience(name: str) -> Callable[[Tenant, Tenant], Json]:
    def request(mine: Tenant, theirs: Tenant) -> Json:
        key = "recipient_id" if name == "recipient_ids" else "group_id"
        plan = _schedule(mine)
        return {"json": plan | {"audience": plan["audience"] | {name: [theirs.ids[key]]}}}

    return request


def _reaching(name: str) -> Callable[[Tenant, Tenant], Json]:
    request = _audience(name)
    return lambda mine, theirs: {"json": {"audience": request(mine, theirs)["json"]["audience"]}}


def _template(_: Tenant, theirs: Tenant) -> Json:
    template = {"template_id": theirs.ids["template_id"], "parameters": {}}
    return {"json": {"title": "x", "kind": "template", "template": template}}


def _standing_in(_: Tenant, theirs: Tenant) -> Json:
    return {"json": {"substitute_template_id": theirs.ids["template_id"]}}


def _other_kind(_: Tenant, theirs: Tenant) -> Json:
    changed = _template(_, theirs)["json"]
    return {"json": {"kind": "template", "content": None, "template": changed["template"]}}


def _person(_: Tenant, theirs: Tenant) -> Json:
    return {"json": {"phone": "+14155550777", "group_ids": [theirs.ids["group_id"]]}}


def _regrouped(_: Tenant, theirs: Tenant) -> Json:
    return {"json": {"group_ids": [theirs.ids["group_id"]]}}


def _none_saved(answer: Json) -> bool:
    return bool(answer["created"] == 0 and answer["errors"][0]["code"] == "unknown_reference")


def _upload(_: Tenant, theirs: Tenant) -> Json:
    file = ("people.csv", b"name,phone\nAna,+14155550778\n", "text/csv")
    return {"files": {"file": file}, "data": {"group_ids": theirs.ids["group_id"]}}


def _resolutions(name: str) -> Callable[[Tenant, Tenant], Json]:
    return lambda _, theirs: {
        "json": {"action": "mark_failed", "confirm": True, "filter": {name: theirs.ids[name]}}
    }


REFERENCES: tuple[Reference, ...] = (
    *(
        Reference(
            "resolve_deliveries", name, _resolutions(name), lambda answer: answer["resolved"] == 0
        )
        for name in ("schedule_id", "occurrence_id", "recipient_id")
    ),
    Reference("create_message", "template_id", _template),
    Reference("change_message", "template_id", _other_kind),
    Reference("resume_occurrence", "substitute_template_id", _standing_in),
    Reference("send_message", "sender_id", _one("sender_id", _to_somebody)),
    Reference("send_message", "message_id", _one("message_id", _to_somebody)),
    Reference("send_message", "recipient_id", _one("recipient_id", _send)),
    Reference("preview_message", "recipient_id", _one("recipient_id", lambda _: {})),
    Reference("send_test", "sender_id", _one("sender_id", lambda _: {"to": "+14155550123"})),
    Reference("create_recipient", "group_ids", _person),
    Reference("change_recipient", "group_ids", _regrouped),
    Reference(
        "save_recipients",
        "group_ids",
        lambda mine, theirs: {"json": {"items": [_person(mine, theirs)["json"]]}},
        _none_saved,
    ),
    Reference("import_recipients", "group_ids", _upload),
    *(
        Reference("create_schedule", name, _one(name, _schedule))
        for name in ("sender_id", "message_id")
    ),
    *(
        Reference("change_schedule", name, _one(name, lambda _: {}))
        for name in ("sender_id", "message_id")
    ),
    *(
        Reference(operation, name, request(name))
        for operation, request in (("create_schedule", _audience), ("change_schedule", _reaching))
        for name in ("group_ids", "recipient_ids", "exclude_group_ids")
    ),
    Reference("switch_workspace", "workspace_id", _one("workspace_id", lambda _: {})),
    Reference("sync_templates", "sender_id", _one("sender_id", lambda _: {})),
)
