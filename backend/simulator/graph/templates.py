"""Message templates: list, create, edit, delete, unpause."""

from typing import Any

from aiohttp import web
from pydantic import ValidationError

from simulator import registry, template_events
from simulator.errors import GraphError
from simulator.graph import reading
from simulator.state import Simulator
from simulator.world import Template

_DEFAULT = ("name", "parameter_format", "components", "language", "status", "category")
_FILTERS = ("status", "category", "language", "quality_score")
_CREATABLE = ("name", "language", "category", "parameter_format", "components",
              "message_send_ttl_seconds")  # fmt: skip
_EDITABLE = {"APPROVED", "REJECTED", "PAUSED"}
Json = dict[str, Any]


def _node(template: Template) -> Json:
    fields = template.model_dump(exclude={"waba_id", "approve_at", "pacing_first_n"})
    fields["quality_score"] = {"score": template.quality_score, "date": 1_760_000_000}
    if template.message_send_ttl_seconds is None:
        del fields["message_send_ttl_seconds"]
    return fields


async def list_of(request: web.Request) -> web.Response:
    sim, waba = reading.simulator(request), reading.waba(request)
    found = [registry.settle_review(sim, t) for t in sim.world.templates_of(waba.id)]
    nodes = [_node(t) for t in found if _fits(request, t)]
    return web.json_response(
        reading.page(request, [reading.select(request, node, _DEFAULT) for node in nodes])
    )


def _fits(request: web.Request, template: Template) -> bool:
    query = request.query
    for name in _FILTERS:
        if name in query and getattr(template, name) not in query[name].split(","):
            return False
    wanted = query.get("name") or query.get("name_or_content") or ""
    return wanted in template.name


async def get(request: web.Request, template: Template) -> web.Response:
    node = _node(registry.settle_review(reading.simulator(request), template))
    return web.json_response(reading.select(request, node, _DEFAULT))


async def create(request: web.Request) -> web.Response:
    """Answers PENDING; approved after the knob ``template_review_s``, never when null."""
    sim, waba = reading.simulator(request), reading.waba(request)
    body = await reading.body(request)
    name, language = body.get("name"), body.get("language")
    if registry.find(sim, waba.id, str(name), str(language)) is not None:
        raise GraphError(
            100, subcode=2388024, user_message="There is already content in this language"
        )
    if not str(body.get("category", "")) or not body.get("components"):
        raise GraphError(100, user_message="category and components are required")
    template = _build(sim, waba.id, body)
    sim.world.templates[template.id] = template
    _review(sim, template)
    return web.json_response(
        {"id": template.id, "status": template.status, "category": template.category}
    )


def _build(sim: Simulator, waba_id: str, body: Json) -> Template:
    known = {name: body[name] for name in _CREATABLE if name in body}
    try:
        return Template(id=sim.new_id(), waba_id=waba_id, status="PENDING", **known)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise GraphError(100, user_message=f"Invalid template: {where}") from None


def _review(sim: Simulator, template: Template) -> None:
    wait = sim.knobs.template_review_s
    template.status = "PENDING"
    template.approve_at = None if wait is None else sim.clock.now() + wait
    sim.save()
    if wait is not None:
        template_events.status(sim, template, "APPROVED", after_s=wait)


async def edit(request: web.Request, template: Template) -> web.Response:
    """Components are replaced whole; back to review."""
    sim, body = reading.simulator(request), await reading.body(request)
    registry.settle_review(sim, template)
    if template.status not in _EDITABLE:
        raise GraphError(100, subcode=2388039, user_message="This template can't be edited now")
    if "category" in body and template.status == "APPROVED":
        raise GraphError(100, user_message="The category of an approved template is fixed")
    changes = {k: body[k] for k in ("components", "category", "message_send_ttl_seconds")
               if k in body}  # fmt: skip
    try:
        for field, value in changes.items():
            setattr(template, field, value)
    except ValidationError:
        raise GraphError(100, user_message="Invalid template content") from None
    _review(sim, template)
    return web.json_response({"success": True})


async def unpause(request: web.Request) -> web.Response:
    sim, template = reading.simulator(request), _visible(request)
    if template.status != "PAUSED":
        return web.json_response({"success": False, "reason": "The template is not paused"})
    template.status = "APPROVED"
    sim.save()
    template_events.status(sim, template, "APPROVED", title="UNPAUSE")
    return web.json_response({"success": True})


def _visible(request: web.Request) -> Template:
    sim, token = reading.simulator(request), reading.token(request)
    template = sim.world.templates.get(request.match_info["id"])
    if template is None or (token.waba_ids and template.waba_id not in token.waba_ids):
        raise GraphError(100, "Template does not exist", subcode=33)
    return template


async def delete(request: web.Request) -> web.Response:
    """By ``name`` (all languages), ``hsm_id`` with ``name``, or ``hsm_ids``."""
    sim, waba = reading.simulator(request), reading.waba(request)
    name, hsm_id = request.query.get("name"), request.query.get("hsm_id")
    ids = set(request.query.get("hsm_ids", "").strip("[]").replace('"', "").split(",")) - {""}
    gone = [
        t for t in sim.world.templates_of(waba.id)
        if t.id in ids or (t.name == name and hsm_id in (None, t.id))
    ]  # fmt: skip
    if not gone or any(t.status == "DISABLED" for t in gone):
        raise GraphError(100, user_message="Template not found, or it can't be deleted")
    for template in gone:
        del sim.world.templates[template.id]
    sim.save()
    return web.json_response({"success": True})
