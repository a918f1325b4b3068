"""Bodies of callbacks and their signature, byte for byte as Meta writes them."""

import hashlib
import hmac
import json
from typing import Any

from simulator.callbacks.queue import Update
from simulator.world import World

Json = dict[str, Any]


def build(updates: list[Update], world: World) -> Json:
    """One body for all: an entry per account, updates of one number and field together."""
    entries: dict[str, dict[tuple[str, str | None], Json]] = {}
    alone: list[Json] = []
    for update in updates:
        if update.slot == "value":
            alone.append(_entry(update, [{"value": update.item, "field": update.field}]))
        else:
            changes = entries.setdefault(update.waba_id, {})
            _add(changes, update, world)
    merged: list[Json] = [
        {"id": waba_id, "changes": [{"value": v, "field": f} for (f, _), v in changes.items()]}
        for waba_id, changes in entries.items()
    ]
    return {"object": "whatsapp_business_account", "entry": merged + alone}


def encode(body: Json) -> bytes:
    r"""Meta escapes beyond ASCII as ``\uXXXX`` and every slash as ``\/``."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(body: bytes, secret: str) -> str:
    """Value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _entry(update: Update, changes: list[Json]) -> Json:
    return {"id": update.waba_id, "time": int(update.created_at), "changes": changes}


def _add(changes: dict[tuple[str, str | None], Json], update: Update, world: World) -> None:
    key = (update.field, update.phone_number_id)
    if key not in changes:
        changes[key] = {
            "messaging_product": "whatsapp",
            "metadata": _metadata(update.phone_number_id, world),
        }
    value = changes[key]
    if update.contact is not None:
        value.setdefault("contacts", []).append(update.contact)
    value.setdefault(update.slot, []).append(update.item)


def _metadata(phone_number_id: str | None, world: World) -> Json:
    number = world.numbers.get(phone_number_id or "")
    return {
        "display_phone_number": number.digits if number else "",
        "phone_number_id": phone_number_id,
    }
