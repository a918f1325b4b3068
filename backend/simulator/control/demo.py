"""The demo fixture: one business that a first-time user can send from at once."""

import json
from importlib import resources

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from simulator.control import knobs, reading, world
from simulator.control.bodies import AppBody, NumberBody, TemplateBody, TokenBody, WabaBody
from simulator.knobs import Knobs
from simulator.state import Simulator
from simulator.world import Json

APP_ID, WABA_ID, NUMBER_ID = "900000000000001", "900000000000002", "900000000000003"
_BUSINESS_ID = "900000000000004"
_NUMBER = "+1 555 555 0100"


class DemoBody(BaseModel):
    """``subscribed``: as if the app were already subscribed to the account."""

    model_config = ConfigDict(extra="forbid")

    webhook_url: str | None = None
    app_secret: str | None = None
    verify_token: str | None = None
    subscribed: bool = True


async def post_demo(request: web.Request) -> web.Response:
    """Make the demo, or bring it up to date; ids and token stay the same each time."""
    sim, body = reading.simulator(request), await reading.body(request, DemoBody)
    _make_app(sim, body)
    if WABA_ID not in sim.world.wabas:
        _make_business(sim)
    if body.subscribed:
        sim.world.wabas[WABA_ID].subscriptions.setdefault(APP_ID, None)
    sim.save()
    return web.json_response(_values(sim), status=201)


def _make_app(sim: Simulator, body: DemoBody) -> None:
    old = sim.world.apps.get(APP_ID)
    world.make_app(
        sim,
        AppBody(
            id=APP_ID,
            name="Demo app",
            secret=body.app_secret or (old.secret if old else None),
            webhook_url=body.webhook_url or (old.webhook_url if old else None),
            verify_token=body.verify_token or (old.verify_token if old else None),
        ),
    )


def _make_business(sim: Simulator) -> None:
    fixture = json.loads(resources.files("simulator").joinpath("demo.json").read_text("utf-8"))
    world.make_waba(
        sim,
        WabaBody(
            id=WABA_ID, name="Demo business", business_id=_BUSINESS_ID, messaging_limit="TIER_2K"
        ),
    )
    world.make_number(
        sim,
        NumberBody(
            id=NUMBER_ID, waba_id=WABA_ID, display_phone_number=_NUMBER,
            verified_name="Harbour Street Bakery",
        ),
    )  # fmt: skip
    world.make_token(sim, TokenBody(app_id=APP_ID, waba_ids=[WABA_ID]))
    for template in fixture["templates"]:
        world.make_template(sim, WABA_ID, TemplateBody.model_validate(template))
    lively = knobs.merged(sim.knobs.model_dump(), fixture["knobs"])
    sim.knobs = Knobs.model_validate(lively)


def _values(sim: Simulator) -> Json:
    token = next(t for t in sim.world.tokens.values() if t.app_id == APP_ID)
    app, number = sim.world.apps[APP_ID], sim.world.numbers[NUMBER_ID]
    return {
        "app_id": app.id,
        "app_secret": app.secret,
        "webhook_url": app.webhook_url,
        "verify_token": app.verify_token,
        "waba_id": WABA_ID,
        "phone_number_id": number.id,
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "access_token": token.value,
        "templates": [
            {"id": t.id, "name": t.name, "language": t.language, "status": t.status}
            for t in sim.world.templates_of(WABA_ID)
        ],
    }
