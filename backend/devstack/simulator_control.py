"""Client of the simulator's control API, for the demo seed and for tests.

Synchronous and small on purpose: a call per endpoint, plain dictionaries where the answer is
only shown or compared. Every call raises ``requests.HTTPError`` on a refusal.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import requests

from devstack.simulator_types import Business, Callbacks, LedgerRow

Json = dict[str, Any]
_TIMEOUT_S = 30.0
_PAGE = 5000


class SimulatorControl:
    """Steers a simulator at ``url``, such as ``http://127.0.0.1:9000``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    # Making a world

    def health(self) -> Json:
        return self._json("GET", "health")

    def reset(self, *, keep_world: bool = False) -> None:
        """Empty ledger, callbacks, faults and knobs; the world too unless kept."""
        self._call("POST", "reset", {"keep_world": keep_world})

    def demo(
        self,
        *,
        webhook_url: str | None = None,
        app_secret: str | None = None,
        verify_token: str | None = None,
        subscribed: bool = True,
    ) -> Business:
        """The demo business; made once, then only its address and secret are brought up."""
        answer = self._json(
            "POST",
            "fixtures/demo",
            {
                "webhook_url": webhook_url,
                "app_secret": app_secret,
                "verify_token": verify_token,
                "subscribed": subscribed,
            },
        )
        return Business(**{name: answer[name] for name in Business.__slots__})

    def business(
        self,
        *,
        webhook_url: str | None = None,
        display_phone_number: str = "+1 555 555 0123",
        throughput_mps: float = 80,
        messaging_limit: str = "TIER_UNLIMITED",
        subscribed: bool = True,
    ) -> Business:
        """A fresh app, account, number and token of their own; no templates."""
        app = self.create("apps", webhook_url=webhook_url)
        apps = [app["id"]] if subscribed else []
        waba = self.create(
            "wabas",
            business_id=app["id"],
            messaging_limit=messaging_limit,
            subscribed_app_ids=apps,
        )
        number = self.create(
            "numbers",
            waba_id=waba["id"],
            display_phone_number=display_phone_number,
            throughput_mps=throughput_mps,
        )
        token = self.create("tokens", app_id=app["id"], waba_ids=[waba["id"]])
        return Business(
            app["id"], app["secret"], waba["id"], number["id"], display_phone_number,
            token["value"],
        )  # fmt: skip

    def create(self, kind: str, **fields: Any) -> Json:
        """``kind``: apps, wabas, numbers or tokens."""
        return self._json("POST", kind, fields)

    def items(self, kind: str) -> list[Json]:
        """``kind``: apps, wabas, numbers, tokens, templates or recipients."""
        items: list[Json] = self._json("GET", kind)["items"]
        return items

    def delete(self, kind: str, key: str) -> None:
        self._call("DELETE", f"{kind}/{key}")

    def add_templates(self, waba_id: str, *templates: Mapping[str, Any]) -> list[Json]:
        """``{name, components, language?, category?, status?, parameter_format?, …}`` each."""
        body = {"waba_id": waba_id, "items": list(templates)}
        items: list[Json] = self._json("POST", "templates", body)["items"]
        return items

    # Changing it

    def change_template(self, template_id: str, **changes: Any) -> Json:
        """``status`` (with ``reason``, ``title``), ``quality_score``, ``category``,
        ``pacing_first_n``; the first three are reported by callback."""
        return self._json("PATCH", f"templates/{template_id}", changes)

    def end_pacing(self, template_id: str, *, drop: bool = False) -> int:
        """Release what is held, or drop it (132015); returns the number of messages."""
        body = {"action": "drop" if drop else "release"}
        count: int = self._json("POST", f"templates/{template_id}/pacing", body)["messages"]
        return count

    def change_number(self, phone_number_id: str, **changes: Any) -> Json:
        """``status``, ``quality_rating``, ``throughput_mps``, ``event``, ``outage_s`` …"""
        return self._json("PATCH", f"numbers/{phone_number_id}", changes)

    def change_token(self, value: str, **changes: Any) -> Json:
        """``expired``, ``permissions``, ``waba_ids``."""
        return self._json("PATCH", f"tokens/{value}", changes)

    def set_messaging_limit(self, business_id: str, tier: str) -> None:
        self._call("PUT", f"portfolios/{business_id}", {"messaging_limit": tier})

    def set_recipients(self, *people: Mapping[str, Any]) -> None:
        """``{phone, reach?, code?, profile_name?, user_id?, hide_phone?, …}`` each."""
        self._call("PUT", "recipients", {"items": list(people)})

    def set_mix(self, *shares: Mapping[str, Any]) -> None:
        """How all others behave: ``{weight, reach, code?}`` each."""
        self._call("PUT", "recipients", {"mix": list(shares)})

    def knobs(self) -> Json:
        return self._json("GET", "knobs")

    def set_knobs(self, **changes: Any) -> Json:
        """Merged into nested objects: ``set_knobs(callbacks={"duplicate_probability": 0.3})``."""
        return self._json("PATCH", "knobs", changes)

    def add_fault(self, kind: str, **fields: Any) -> int:
        """``code``, ``probability``, ``next_n``, ``to``, ``phone_number_id``, ``hang_s`` …;
        returns the rule's id."""
        answer = self._json("POST", "faults", {"items": [{"kind": kind, **fields}]})
        fault_id: int = answer["items"][0]["id"]
        return fault_id

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    def advance_clock(self, seconds: float) -> None:
        """Windows, limits, back-off and expiry move; ledger times stay real."""
        self._call("POST", "clock", {"advance_s": seconds})

    # Acting as people and as Meta

    def inbound(self, *messages: Mapping[str, Any]) -> list[str]:
        """``{phone_number_id, from, type?, text?, payload?, context_id?, …}`` each; wamids."""
        wamids: list[str] = self._json("POST", "inbound", {"items": list(messages)})["wamids"]
        return wamids

    def set_preference(self, phone_number_id: str, phone: str, value: str) -> None:
        """WhatsApp's own control: ``value`` stop or resume."""
        body = {"phone_number_id": phone_number_id, "from": phone, "value": value}
        self._call("POST", "preferences", body)

    def change_phone(self, phone_number_id: str, old: str, new: str) -> str:
        body = {"phone_number_id": phone_number_id, "old": old, "new": new}
        wamid: str = self._json("POST", "new-number", body)["wamid"]
        return wamid

    def emit(self, waba_id: str, field: str, value: Mapping[str, Any]) -> None:
        """Any account-level callback."""
        self._call("POST", "events", {"waba_id": waba_id, "field": field, "value": dict(value)})

    def post_raw(self, app_id: str, **fields: Any) -> int:
        """A callback by hand (``body`` or ``text``, ``signature``, ``pad_to_bytes``); answers
        the receiver's HTTP status."""
        status: int = self._json("POST", "callbacks/raw", {"app_id": app_id, **fields})["status"]
        return status

    # Evidence

    def ledger(self, after: int = 0, *, wait_s: float = 0) -> list[LedgerRow]:
        """All rows beyond ``after``; with ``wait_s`` waits that long for the first."""
        return list(self._rows(after, wait_s))

    def _rows(self, after: int, wait_s: float) -> Iterator[LedgerRow]:
        while True:
            query: Json = {"after": after, "limit": _PAGE, "wait_s": wait_s}
            page = self._json("GET", "ledger", query=query)
            yield from page["items"]
            if len(page["items"]) < _PAGE:
                return
            after, wait_s = page["last_seq"], 0

    def wait_for_requests(self, count: int, timeout_s: float) -> list[LedgerRow]:
        """All rows, once ``count`` requests have come or ``timeout_s`` is over."""
        if count > 0:
            self._json("GET", "ledger", query={"after": count - 1, "limit": 1, "wait_s": timeout_s})
        return self.ledger()

    def summary(self) -> Json:
        """Counts over the ledger; ``accepted_twice`` lists opaque ids with two messages."""
        return self._json("GET", "ledger/summary")

    def callbacks(self, *, wait_s: float = 0) -> Callbacks:
        """Counts; with ``wait_s`` waits that long until nothing is pending."""
        answer: Callbacks = self._call("GET", "callbacks", query={"wait_s": wait_s}).json()
        return answer

    def flush_callbacks(self) -> int:
        """Make all delayed and backed-off callbacks due now."""
        hastened: int = self._json("POST", "callbacks/flush")["hastened"]
        return hastened

    def _json(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *,
        query: Mapping[str, Any] | None = None,
    ) -> Json:  # fmt: skip
        answer: Json = self._call(method, path, body, query).json()
        return answer

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        wait_s = float((query or {}).get("wait_s", 0))
        response = self._session.request(
            method,
            f"{self.url}/control/{path}",
            json=None if body is None else body,
            params=query,
            timeout=_TIMEOUT_S + wait_s,
        )
        if not response.ok:
            raise requests.HTTPError(f"{method} {path}: {response.text}", response=response)
        return response
