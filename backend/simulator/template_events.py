"""Callbacks about templates: status, quality, category."""

from simulator.callbacks.queue import News
from simulator.state import Simulator
from simulator.world import Json, Template


def _about(template: Template) -> Json:
    # Callbacks write en-US where the API writes en_US, and ids as integers.
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
    }


def _publish(sim: Simulator, template: Template, field: str, value: Json, after_s: float) -> None:
    sim.queue.publish(
        News(template.waba_id, None, field, "value", value | _about(template), after_s=after_s)
    )


def status(
    sim: Simulator,
    template: Template,
    event: str,
    *,
    reason: str = "NONE",
    title: str | None = None,
    after_s: float = 0,
) -> None:
    """``message_template_status_update``; ``title`` such as FIRST_PAUSE or UNPAUSE."""
    value: Json = {
        "event": event,
        "reason": reason,
        "message_template_category": template.category,
    }
    if title is not None:
        value["other_info"] = {"title": title, "description": "Simulated"}
    _publish(sim, template, "message_template_status_update", value, after_s)


def quality(sim: Simulator, template: Template, previous: str) -> None:
    value = {"previous_quality_score": previous, "new_quality_score": template.quality_score}
    _publish(sim, template, "message_template_quality_update", value, 0)


def category(sim: Simulator, template: Template, previous: str) -> None:
    value = {"previous_category": previous, "new_category": template.category}
    _publish(sim, template, "template_category_update", value, 0)
