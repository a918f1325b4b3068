"""Which control path goes where."""

from aiohttp import web

from simulator.control import changes, demo, evidence, knobs, people, world

_KINDS = "{kind:apps|wabas|numbers|tokens|templates|recipients}"


_WORLD = [
    web.get("/control/health", evidence.get_health),
    web.post("/control/reset", evidence.post_reset),
    web.post("/control/fixtures/demo", demo.post_demo),
    web.post("/control/apps", world.post_app),
    web.post("/control/wabas", world.post_waba),
    web.post("/control/numbers", world.post_number),
    web.post("/control/tokens", world.post_token),
    web.post("/control/templates", world.post_templates),
    web.put("/control/recipients", world.put_recipients),
    web.get(f"/control/{_KINDS}", world.list_kind),
    web.delete(f"/control/{_KINDS}/{{key}}", world.delete_one),
]
_LIFE = [
    web.patch("/control/templates/{key}", changes.patch_template),
    web.post("/control/templates/{key}/pacing", changes.decide_pacing),
    web.patch("/control/numbers/{key}", changes.patch_number),
    web.patch("/control/tokens/{key}", changes.patch_token),
    web.put("/control/portfolios/{key}", changes.put_limit),
    web.post("/control/events", changes.post_event),
    web.post("/control/inbound", people.post_inbound),
    web.post("/control/preferences", people.post_preference),
    web.post("/control/new-number", people.post_new_number),
    web.get("/control/knobs", knobs.get_knobs),
    web.patch("/control/knobs", knobs.patch_knobs),
    web.get("/control/faults", knobs.get_faults),
    web.post("/control/faults", knobs.post_faults),
    web.delete("/control/faults", knobs.delete_faults),
    web.delete(r"/control/faults/{fault_id:\d+}", knobs.delete_faults),
    web.post("/control/clock", knobs.post_clock),
    web.get("/control/ledger", evidence.get_ledger),
    web.get("/control/ledger/summary", evidence.get_summary),
    web.get("/control/callbacks", evidence.get_callbacks),
    web.post("/control/callbacks/flush", evidence.flush_callbacks),
    web.post("/control/callbacks/raw", evidence.post_raw),
]


def add(app: web.Application) -> None:
    app.add_routes(_WORLD + _LIFE)
