"""Templates by name and language, and whether they may be sent."""

from simulator import parameters
from simulator.errors import GraphError
from simulator.state import Simulator
from simulator.world import Json, Template

_REFUSALS = {"PAUSED": 132015, "DISABLED": 132016}
_SENDABLE = {"APPROVED", "FLAGGED"}


def settle_review(sim: Simulator, template: Template) -> Template:
    """A template under review is approved once its time has come."""
    if template.approve_at is not None and template.approve_at <= sim.clock.now():
        template.approve_at = None
        if template.status == "PENDING":
            template.status = "APPROVED"
        sim.save()
    return template


def find(sim: Simulator, waba_id: str, name: str, language: str) -> Template | None:
    for template in sim.world.templates.values():
        if (template.waba_id, template.name, template.language) == (waba_id, name, language):
            return settle_review(sim, template)
    return None


def for_send(sim: Simulator, waba_id: str, content: Json) -> Template:
    """The template a message names, its parameters checked; raises a 132xxx code."""
    name, language = content["name"], content["language"]["code"]
    template = find(sim, waba_id, name, language)
    if template is not None and template.status in _REFUSALS:
        raise GraphError(_REFUSALS[template.status], f"Template {name} is {template.status}")
    if template is None or template.status not in _SENDABLE:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    parameters.check(template, content.get("components", []))
    return template
