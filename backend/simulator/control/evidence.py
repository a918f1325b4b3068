"""What tests judge by: ledger and callbacks; and health and reset."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from simulator.callbacks import courier, envelope
from simulator.control import reading
from simulator.control.reading import ControlError

_MOST_ROWS = 10_000


class ResetBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keep_world: bool = False


class RawBody(BaseModel):
    """A callback written by hand: ``text`` as it stands, or ``body`` in Meta's encoding,
    padded with spaces to ``pad_to_bytes``."""

    model_config = ConfigDict(extra="forbid")

    app_id: str
    text: str | None = None
    body: dict[str, object] = Field(default_factory=dict)
    signature: Literal["right", "wrong", "none"] = "right"
    pad_to_bytes: int = Field(default=0, ge=0, le=16 * 1024 * 1024)
    url: str | None = None


async def get_ledger(request: web.Request) -> web.Response:
    """Rows with seq beyond ``after``, at most ``limit``; ``wait_s`` waits for the first.
    ``to`` and ``opaque`` filter the page."""
    sim, query = reading.simulator(request), request.query
    after = int(reading.number_in(request, "after", 0))
    limit = min(int(reading.number_in(request, "limit", 1000)), _MOST_ROWS)
    rows = await sim.ledger.page(after, limit, reading.number_in(request, "wait_s", 0))
    chosen = [
        row.as_json() for row in rows
        if query.get("to") in (None, row.to) and query.get("opaque") in (None, row.opaque)
    ]  # fmt: skip
    last = rows[-1].seq if rows else after
    return web.json_response({"items": chosen, "last_seq": last})


async def get_summary(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    return web.json_response({**sim.ledger.summary(), "management_calls": sim.calls})


async def get_callbacks(request: web.Request) -> web.Response:
    """Counts since the last reset; ``wait_s`` waits until nothing is pending."""
    sim = reading.simulator(request)
    wait_s = reading.number_in(request, "wait_s", 0)
    if wait_s:
        await sim.queue.watch.until(lambda: not sim.queue.pending, wait_s)
    due_at, counts = sim.queue.next_due_at(), sim.queue.counts
    names = ("queued", "sent", "acked", "lost", "posts", "refused_posts")
    return web.json_response(
        {
            **{name: counts[name] for name in names},
            "pending": len(sim.queue.pending),
            "next_due_in_s": None if due_at is None else due_at - sim.clock.now(),
        }
    )


async def flush_callbacks(request: web.Request) -> web.Response:
    """Everything that waits becomes due now, back-off included."""
    return web.json_response({"hastened": reading.simulator(request).queue.hasten()})


async def post_raw(request: web.Request) -> web.Response:
    """Send one callback by hand; answers the receiver's HTTP status, 0 for none."""
    sim, body = reading.simulator(request), await reading.body(request, RawBody)
    app = reading.found(sim.world.apps, body.app_id)
    url = body.url or app.webhook_url
    if url is None or sim.session is None:
        raise ControlError(409, "The app has no address")
    raw = body.text.encode() if body.text is not None else envelope.encode(body.body)
    raw = raw.ljust(body.pad_to_bytes)
    right = envelope.sign(raw, app.secret)
    signatures = {"right": right, "wrong": "sha256=" + "0" * 64, "none": ""}
    target = courier.Target(url, app.secret)
    status = await courier.post(sim.session, target, raw, 30, signatures[body.signature])
    return web.json_response({"status": status})


async def post_reset(request: web.Request) -> web.Response:
    sim, body = reading.simulator(request), await reading.body(request, ResetBody)
    sim.reset(body.keep_world)
    return web.Response(status=204)


async def get_health(request: web.Request) -> web.Response:
    sim = reading.simulator(request)
    return web.json_response(
        {"status": "healthy", "seed": sim.seed, "requests": len(sim.ledger.entries)}
    )
