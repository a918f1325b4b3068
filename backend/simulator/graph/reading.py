"""Shared by Graph handlers: the caller's token, JSON bodies, fields, pages."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from simulator import access, keys
from simulator.errors import GraphError
from simulator.state import Simulator
from simulator.world import Number, Token, Waba

Json = dict[str, Any]


def simulator(request: web.Request) -> Simulator:
    return request.app[keys.SIMULATOR]


def token(request: web.Request) -> Token:
    """The caller's token; it must have the management permission."""
    found = access.token_of(simulator(request), request.headers.get("Authorization"))
    access.require(found, "whatsapp_business_management")
    return found


def waba(request: web.Request) -> Waba:
    return access.waba(simulator(request), token(request), request.match_info["id"])


def number(request: web.Request) -> Number:
    return access.number(simulator(request), token(request), request.match_info["id"])


async def body(request: web.Request) -> Json:
    """The JSON object sent, or {} for an empty body."""
    if not await request.read():
        return {}
    try:
        found = await request.json()
    except ValueError:
        raise GraphError(100, "The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise GraphError(100, "The body must be a JSON object")
    return found


def select(request: web.Request, node: Json, default: Iterable[str]) -> Json:
    """The fields asked for, ``id`` always among them."""
    asked = request.query.get("fields")
    names = [name.split("{")[0].strip() for name in asked.split(",")] if asked else list(default)
    return {name: node[name] for name in [*names, "id"] if name in node}


def page(request: web.Request, items: list[Json]) -> Json:
    """One page of a list; ``next`` is a whole URL and absent on the last page."""
    try:
        limit = min(max(int(request.query.get("limit", 25)), 1), 1000)
        start = _position(request.query["after"]) if "after" in request.query else 0
    except (ValueError, binascii.Error):
        raise GraphError(100, "Invalid cursor or limit") from None
    chosen = items[start : start + limit]
    if not chosen:
        return {"data": []}
    after = _cursor(start + len(chosen))
    paging: Json = {"cursors": {"before": _cursor(start), "after": after}}
    if start + limit < len(items):
        paging["next"] = str(request.url.update_query(after=after))
    return {"data": chosen, "paging": paging}


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode()


def _position(cursor: str) -> int:
    return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("at:"))
