"""Make and list what exists: apps, accounts, numbers, tokens, templates, people, limits."""

import secrets
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from simulator import phones
from simulator.callbacks import handshake
from simulator.control import reading
from simulator.control.bodies import (
    AppBody,
    NumberBody,
    PeopleBody,
    TemplateBody,
    TemplatesBody,
    TokenBody,
    WabaBody,
)
from simulator.control.reading import ControlError
from simulator.state import Simulator
from simulator.world import (
    TIERS,
    MetaApp,
    Number,
    Override,
    Recipient,
    Template,
    Token,
    Waba,
)


def make_app(sim: Simulator, body: AppBody) -> MetaApp:
    app = MetaApp(
        id=body.id or sim.new_id(),
        name=body.name,
        secret=body.secret or secrets.token_hex(16),
        webhook_url=body.webhook_url,
        verify_token=body.verify_token,
    )
    sim.world.apps[app.id] = app
    return app


def make_waba(sim: Simulator, body: WabaBody) -> Waba:
    subscriptions: dict[str, Override | None] = dict.fromkeys(body.subscribed_app_ids)
    waba = Waba(
        id=body.id or sim.new_id(),
        name=body.name,
        business_id=body.business_id,
        country=body.country,
        subscriptions=subscriptions,
    )
    set_limit(sim, body.business_id, body.messaging_limit)
    sim.world.wabas[waba.id] = waba
    return waba


def make_number(sim: Simulator, body: NumberBody) -> Number:
    reading.found(sim.world.wabas, body.waba_id)
    number = Number(**body.model_dump(exclude={"id"}), id=body.id or sim.new_id())
    sim.world.numbers[number.id] = number
    return number


def make_token(sim: Simulator, body: TokenBody) -> Token:
    reading.found(sim.world.apps, body.app_id)
    known = body.model_dump(exclude={"value"}, exclude_none=True)
    token = Token(**known, value=body.value or "EAA" + secrets.token_urlsafe(48))
    sim.world.tokens[token.value] = token
    return token


def make_template(sim: Simulator, waba_id: str, body: TemplateBody) -> Template:
    """The same name and language again replaces the template but keeps its id."""
    reading.found(sim.world.wabas, waba_id)
    same = [
        t.id for t in sim.world.templates_of(waba_id)
        if (t.name, t.language) == (body.name, body.language)
    ]  # fmt: skip
    template_id = body.id or (same[0] if same else sim.new_id())
    known = body.model_dump(exclude={"id"})
    template = Template.model_validate({**known, "id": template_id, "waba_id": waba_id})
    sim.world.templates[template.id] = template
    return template


def put_person(sim: Simulator, person: Recipient) -> None:
    if not person.phone.startswith("+") or phones.read_to(person.phone, "") is None:
        raise ControlError(422, f"phone must be written with +: {person.phone}")
    sim.world.recipients[person.wa_id] = person


def set_limit(sim: Simulator, business_id: str, tier: str) -> None:
    if tier not in TIERS:
        raise ControlError(422, f"messaging_limit is one of {', '.join(TIERS)}")
    sim.world.limits[business_id] = tier


async def post_app(request: web.Request) -> web.Response:
    """With ``handshake`` the address must pass Meta's GET handshake first."""
    sim, body = reading.simulator(request), await reading.body(request, AppBody)
    if body.handshake:
        await _shake_hands(sim, body)
    app = make_app(sim, body)
    return _created(sim, app)


async def _shake_hands(sim: Simulator, body: AppBody) -> None:
    if sim.session is None or not await handshake.verify(
        sim.session, body.webhook_url or "", body.verify_token or ""
    ):
        raise ControlError(409, "The callback address did not echo the challenge")


async def post_waba(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    return _created(sim, make_waba(sim, await reading.body(request, WabaBody)))


async def post_number(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    return _created(sim, make_number(sim, await reading.body(request, NumberBody)))


async def post_token(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    return _created(sim, make_token(sim, await reading.body(request, TokenBody)))


async def post_templates(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, TemplatesBody)
    made = [make_template(sim, body.waba_id, item) for item in body.items]
    sim.save()
    return web.json_response({"items": [t.model_dump() for t in made]}, status=201)


async def put_recipients(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, PeopleBody)
    for person in body.items:
        put_person(sim, person)
    if body.mix is not None:
        sim.knobs = sim.knobs.model_validate({**sim.knobs.model_dump(), "mix": body.mix})
    sim.save()
    return web.json_response({"items": len(sim.world.recipients)})


async def list_kind(request: web.Request) -> web.Response:
    kind: dict[str, Any] = getattr(reading.simulator(request).world, request.match_info["kind"])
    return web.json_response({"items": [item.model_dump() for item in kind.values()]})


async def delete_one(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    kind: dict[str, Any] = getattr(sim.world, request.match_info["kind"])
    reading.found(kind, request.match_info["key"])
    del kind[request.match_info["key"]]
    sim.save()
    return web.Response(status=204)


def _created(sim: Simulator, item: BaseModel) -> web.Response:
    sim.save()
    return web.json_response(item.model_dump(), status=201)
