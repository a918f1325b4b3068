"""What every Graph answer shares: error bodies, usage headers, the management budget."""

import json
import secrets
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator import keys
from simulator.errors import GraphError
from simulator.state import Simulator

HOUR_S = 3600
# What Meta counts against the hourly budget of an account; sending is not among it.
_COUNTED = {"phone_numbers", "message_templates", "subscribed_apps", "node"}


@dataclass(slots=True)
class Budget:
    """Management calls in the current hour; in memory, per simulator."""

    hour: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def count(self, node_id: str, now: float) -> int:
        hour = int(now // HOUR_S)
        if hour != self.hour:
            self.hour = hour
            self.calls.clear()
        self.calls[node_id] += 1
        return self.calls[node_id]


BUDGET = web.AppKey("budget", Budget)


@web.middleware
async def graph(request: web.Request, handler: Handler) -> web.StreamResponse:
    version = request.match_info.get("version")
    if version is None:
        return await handler(request)
    sim = request.app[keys.SIMULATOR]
    try:
        percent = _spend(request, sim)
        response = await handler(request)
    except GraphError as error:
        percent, response = 0, web.json_response(error.body(), status=error.status)
    if not response.prepared:
        response.headers.update(_headers(request, version, percent))
    return response


def _spend(request: web.Request, sim: Simulator) -> int:
    """Percent of the hourly budget used; raises 80007 past it."""
    edge = request.path.partition(request.match_info["id"])[2].strip("/") or "node"
    sim.calls[f"{request.method} {edge}"] += 1
    if edge not in _COUNTED:
        return 0
    used = request.app[BUDGET].count(request.match_info["id"], sim.clock.now())
    budget = sim.knobs.limits.management_calls_per_hour
    if used > budget:
        raise GraphError(80007, "There have been too many calls to this account")
    return used * 100 // budget


def _headers(request: web.Request, version: str, percent: int) -> dict[str, str]:
    use = {"call_count": percent, "total_cputime": percent, "total_time": percent}
    cases = [{"type": "whatsapp_business_management", **use, "estimated_time_to_regain_access": 0}]
    return {
        "X-App-Usage": json.dumps(use),
        "X-Business-Use-Case-Usage": json.dumps({request.match_info.get("id", ""): cases}),
        "facebook-api-version": version,
        "x-fb-request-id": secrets.token_urlsafe(16),
        "x-fb-trace-id": secrets.token_urlsafe(8),
        "x-fb-rev": "1030000000",
    }
