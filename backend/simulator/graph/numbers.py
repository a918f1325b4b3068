"""Phone numbers: list, read, override of the callback address, register."""

from typing import Any

from aiohttp import web

from simulator.callbacks import handshake
from simulator.errors import GraphError
from simulator.graph import reading
from simulator.state import Simulator
from simulator.world import Number, Override

_DEFAULT = ("verified_name", "code_verification_status", "display_phone_number",
            "quality_rating", "platform_type", "throughput", "webhook_configuration")  # fmt: skip


def node(sim: Simulator, number: Number) -> dict[str, Any]:
    """All fields a number can be asked for."""
    waba = sim.waba_of(number)
    connected = number.status == "CONNECTED"
    return {
        "id": number.id,
        "verified_name": number.verified_name,
        "display_phone_number": number.display_phone_number,
        "status": number.status,
        "quality_rating": number.quality_rating,
        "quality_score": {"score": number.quality_rating},
        "throughput": {"level": "HIGH" if number.throughput_mps > 80 else "STANDARD"},
        "whatsapp_business_manager_messaging_limit": sim.world.limits.get(
            waba.business_id, "TIER_UNLIMITED"
        ),
        "name_status": number.name_status,
        "new_name_status": "NONE",
        "code_verification_status": "VERIFIED",
        "account_mode": "LIVE",
        "platform_type": "CLOUD_API",
        "is_official_business_account": False,
        "is_pin_enabled": True,
        "is_on_biz_app": False,
        "country_code": waba.country,
        "health_status": {
            "can_send_message": "AVAILABLE" if connected else "BLOCKED",
            "entities": [],
        },
        "webhook_configuration": _webhooks(sim, number),
    }


def _webhooks(sim: Simulator, number: Number) -> dict[str, str]:
    found: dict[str, str] = {}
    for app_id, override in sim.waba_of(number).subscriptions.items():
        app = sim.world.apps.get(app_id)
        if app is not None and app.webhook_url:
            found["application"] = app.webhook_url
        if override is not None:
            found["whatsapp_business_account"] = override.callback_uri
    if number.override is not None:
        found["phone_number"] = number.override.callback_uri
    return found


async def get(request: web.Request, number: Number) -> web.Response:
    fields = node(reading.simulator(request), number)
    return web.json_response(reading.select(request, fields, _DEFAULT))


async def list_of(request: web.Request) -> web.Response:
    sim, waba = reading.simulator(request), reading.waba(request)
    nodes = [node(sim, number) for number in sim.world.numbers_of(waba.id)]
    chosen = [reading.select(request, fields, _DEFAULT) for fields in nodes]
    return web.json_response(reading.page(request, chosen))


async def change(request: web.Request, number: Number) -> web.Response:
    """Set or, with an empty address, clear the number's own callback address."""
    sim = reading.simulator(request)
    wanted = (await reading.body(request)).get("webhook_configuration")
    if not isinstance(wanted, dict):
        raise GraphError(100, "webhook_configuration is required")
    url = wanted.get("override_callback_uri", "")
    token = wanted.get("verify_token", "")
    number.override = await verified(sim, url, token) if url else None
    sim.save()
    return web.json_response({"success": True})


async def verified(sim: Simulator, url: str, verify_token: str) -> Override:
    """An override whose server passed the handshake; raises 2200 otherwise."""
    if sim.session is None or not await handshake.verify(sim.session, url, verify_token):
        raise GraphError(2200, "The callback address did not echo the challenge")
    return Override(callback_uri=url, verify_token=verify_token)


async def register(request: web.Request) -> web.Response:
    sim, number = reading.simulator(request), reading.number(request)
    pin = (await reading.body(request)).get("pin")
    if not isinstance(pin, str) or len(pin) != 6 or not pin.isdigit():
        raise GraphError(100, "pin must have six digits")
    number.status = "CONNECTED"
    sim.save()
    return web.json_response({"success": True})


async def deregister(request: web.Request) -> web.Response:
    sim, number = reading.simulator(request), reading.number(request)
    number.status = "DISCONNECTED"
    sim.save()
    return web.json_response({"success": True})
