"""WhatsApp Business Accounts and the apps subscribed to them."""

from typing import Any

from aiohttp import web

from simulator.errors import GraphError
from simulator.graph import numbers, reading
from simulator.state import Simulator
from simulator.world import Waba

_DEFAULT = ("name", "timezone_id", "currency")
Json = dict[str, Any]


def _node(waba: Waba) -> Json:
    return {
        "id": waba.id,
        "name": waba.name,
        "currency": waba.currency,
        "timezone_id": waba.timezone_id,
        "country": waba.country,
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "marketing_messages_onboarding_status": "NOT_ONBOARDED",
        "owner_business_info": {"id": waba.business_id, "name": "Simulated portfolio"},
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
    }


async def get(request: web.Request, waba: Waba) -> web.Response:
    return web.json_response(reading.select(request, _node(waba), _DEFAULT))


async def subscribe(request: web.Request) -> web.Response:
    """Subscribe the token's app; an empty body clears an override."""
    sim, token, waba = reading.simulator(request), reading.token(request), reading.waba(request)
    body = await reading.body(request)
    url = body.get("override_callback_uri")
    if url is not None and not isinstance(url, str):
        raise GraphError(100, "override_callback_uri must be a string")
    override = await numbers.verified(sim, url, body.get("verify_token", "")) if url else None
    waba.subscriptions[token.app_id] = override
    sim.save()
    return web.json_response({"success": True})


async def subscriptions(request: web.Request) -> web.Response:
    sim, waba = reading.simulator(request), reading.waba(request)
    return web.json_response({"data": [_subscription(sim, waba, a) for a in waba.subscriptions]})


def _subscription(sim: Simulator, waba: Waba, app_id: str) -> Json:
    app, override = sim.world.apps.get(app_id), waba.subscriptions[app_id]
    link = f"https://www.facebook.com/games/?app_id={app_id}"
    data: Json = {"id": app_id, "name": app.name if app else "", "link": link}
    found: Json = {"whatsapp_business_api_data": data}
    if override is not None:
        found["override_callback_uri"] = override.callback_uri
    return found


async def unsubscribe(request: web.Request) -> web.Response:
    sim, token, waba = reading.simulator(request), reading.token(request), reading.waba(request)
    waba.subscriptions.pop(token.app_id, None)
    sim.save()
    return web.json_response({"success": True})
