"""Fill the demo as a stranger would: through the REST API, with the simulator as WhatsApp.

python -m devstack.demo, with the environment of the running parts. What exists is left alone,
so that a demo cut short is completed and a used one is not disturbed.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from devstack import credentials, demo_people
from devstack.console import say
from devstack.credentials import Credentials
from devstack.processes import StartError, wait_until
from devstack.rest_api import Api, Json
from devstack.simulator_control import SimulatorControl
from devstack.simulator_types import Business

# Time enough to open the page first, and still "within a minute".
SCHEDULE_IN = timedelta(seconds=40)
WAIT_SECONDS = 60.0
READABLE = ("messages", "templates", "recipients", "groups", "schedules", "deliveries", "senders")
WRITABLE = ("messages", "recipients", "groups", "schedules")
INBOUND = ("Is the rye bread back?", "Gracias, ¡nos vemos el sábado!", "What are your hours?")
OFFER = {
    "header": {"1": '{{ attributes.city | default: "your town" }}'},
    "body": {"1": '{{ name | default: "neighbour" }}', "2": "Sunday"},
}
THANKS = 'Thank you for writing, {{ name | default: "neighbour" }}. The rye is back every morning.'


def main() -> int:
    """Complete the demo; the exit code."""
    api = Api(os.environ["API_URL"])
    try:
        # Also on later runs: the product's port may have changed since.
        business = _business()
        account = _log_in(api, Path(os.environ["DATA_DIR"]))
        if account is not None and not api.items("schedules"):
            _fill(api, business)
    except (requests.RequestException, StartError) as error:
        say(str(error))
        return 1
    return 0


def _business() -> Business:
    with SimulatorControl(os.environ["WHATSAPP_API_BASE_URL"]) as simulator:
        return simulator.demo(
            webhook_url=f"{os.environ['API_URL']}/webhook/whatsapp",
            verify_token=os.environ.get("WHATSAPP_VERIFY_TOKEN"),
            subscribed=False,
        )


def _log_in(api: Api, folder: Path) -> Credentials | None:
    """The demo's owner, made when nobody is there; None when somebody else set it up."""
    account = credentials.read(folder)
    if api.get("setup")["needed"]:
        # Kept before it is used: a kill in between must not lock us out of our own demo.
        account = account or credentials.fresh()
        credentials.write(folder, account)
        api.post("setup", _owner(account))
    if account is None:
        say("This demo has an owner of its own; nothing is added to it.")
        return None
    if not _has_token(api, account):
        say("The demo's password was changed; nothing is added to it.")
        credentials.write(folder, replace(account, password=""))
        return None
    if not account.api_key:
        account.api_key = api.post("api-keys", {"name": "Demo", "scopes": _scopes()})["key"]
        credentials.write(folder, account)
    return account


def _has_token(api: Api, account: Credentials) -> bool:
    """Log in by the password we gave; False when a person has chosen another since."""
    if not account.password:
        return False
    try:
        access = api.post("auth/login", {"email": account.email, "password": account.password})
    except requests.HTTPError as error:
        if error.response is not None and error.response.status_code == 401:
            return False
        raise
    api.with_token(access["access_token"])
    return True


def _owner(account: Credentials) -> Json:
    return {
        "workspace_name": "Harbour Street Bakery",
        "email": account.email,
        "password": account.password,
        "name": "Demo owner",
        "timezone": "America/New_York",
        "country": "US",
        "locale": "en",
    }


def _scopes() -> list[str]:
    return [f"{area}:read" for area in READABLE] + [f"{area}:write" for area in WRITABLE]


def _fill(api: Api, business: Business) -> None:
    sender = api.found_or_made("senders", "phone_number_id", _sender(business))
    everyone = api.found_or_made("groups", "name", {"name": "All customers", "kind": "static"})
    club = api.found_or_made("groups", "name", {"name": "Tasting club", "kind": "static"})
    people = demo_people.people(everyone["id"], club["id"])
    refused = api.post("recipients/bulk", {"items": people, "on_conflict": "skip"})["errors"]
    if refused:
        raise StartError(f"The demo's people were refused: {refused[:3]}")
    _open_windows(api, business, people)
    template = _synced_template(api, sender["id"])
    api.found_or_made(
        "messages",
        "title",
        {"title": "Thanks for writing", "kind": "text", "category": "utility", "content": THANKS},
    )
    offer = api.found_or_made("messages", "title", _offer(template["id"]))
    api.post("schedules", _schedule(sender["id"], offer["id"], everyone["id"]))


def _sender(business: Business) -> Json:
    return {
        "name": "Bakery (simulated)",
        "phone_number_id": business.phone_number_id,
        "waba_id": business.waba_id,
        "access_token": business.access_token,
        "app_secret": business.app_secret,
    }


def _open_windows(api: Api, business: Business, people: list[Json]) -> None:
    """Let a few people write first: only then may they be sent free text for 24 hours."""
    writers = people[:: len(people) // demo_people.WITH_OPEN_WINDOW]
    with SimulatorControl(os.environ["WHATSAPP_API_BASE_URL"]) as simulator:
        simulator.inbound(
            *(
                {
                    "phone_number_id": business.phone_number_id,
                    "from": person["phone"],
                    "text": INBOUND[number % len(INBOUND)],
                }
                for number, person in enumerate(writers)
            )
        )

    def all_heard() -> bool:
        heard = [one for one in api.items("recipients") if one["last_inbound_at"]]
        return len(heard) >= len(writers)

    _await(all_heard, "The people's messages did not arrive by webhook.")


def _synced_template(api: Api, sender_id: str) -> Json:
    api.post("templates/sync", {"sender_id": sender_id})
    found: list[Json] = []

    def is_there() -> bool:
        found[:] = [one for one in api.items("templates") if one["name"] == "weekly_offer"]
        return bool(found)

    _await(is_there, "The templates did not arrive.")
    return found[0]


def _offer(template_id: str) -> Json:
    return {
        "title": "Weekly offer",
        "kind": "template",
        "category": "marketing",
        "template": {"template_id": template_id, "parameters": OFFER},
    }


def _schedule(sender_id: str, message_id: str, group_id: str) -> Json:
    at = (datetime.now(UTC) + SCHEDULE_IN).isoformat(timespec="milliseconds")
    return {
        "name": "This week's offer",
        "sender_id": sender_id,
        "message_id": message_id,
        "audience": {"group_ids": [group_id]},
        "timing": {"kind": "once", "at": at.replace("+00:00", "Z")},
    }


def _await(condition: Callable[[], bool], otherwise: str) -> None:
    if not wait_until(condition, seconds=WAIT_SECONDS, every=0.5):
        raise StartError(otherwise)


if __name__ == "__main__":
    sys.exit(main())
