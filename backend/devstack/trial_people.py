"""A business with people to write to, made through the REST API as an integrator would."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from devstack.rest_api import Api, Json
from devstack.trial import VERIFY_TOKEN, Trial

# Ofcom keeps 020 7946 0000 to 0999 for fiction.
MOST_PEOPLE = 1000
_OWNER = {
    "workspace_name": "Harbour Street Bakery",
    "email": "owner@example.com",
    "password": "trial-of-the-real-thing",
    "name": "Owner",
    "timezone": "Europe/London",
    "country": "GB",
    "locale": "en",
}


@dataclass
class Shop:
    """One sender, one message; ``people`` are ids in the order of their phones."""

    api: Api
    token: str
    sender_id: str
    message_id: str
    group_id: str
    people: list[str]

    def log_in(self) -> None:
        """Log in again, as after a restore, which ends all sessions."""
        self.token = log_in(self.api)
        self.api.with_token(self.token)

    def schedule(
        self, *, at: datetime | None = None, to: list[str] | None = None, rate: int | None = None
    ) -> Json:
        """Plan a send, now or ``at``, to these people or to all; the schedule.

        ``rate`` is its own limit in messages a second.
        """
        return self.api.post("schedules", self.body(at=at, to=to) | {"max_rate_mps": rate})

    def counts(self, schedule_id: str) -> Counter[str]:
        """How many people are where, without those that are nowhere."""
        shown = self.api.get(f"schedules/{schedule_id}")["counts"]
        if shown.pop("audience") != sum(shown.values()):
            raise ValueError(f"The sums are wrong: {shown}")
        return Counter({name: n for name, n in shown.items() if n})

    def body(self, *, at: datetime | None = None, to: list[str] | None = None) -> Json:
        """What ``schedule`` posts."""
        timing: Json = {"kind": "now"}
        if at is not None:
            moment = at.astimezone(UTC).isoformat(timespec="milliseconds")
            timing = {"kind": "once", "at": moment.replace("+00:00", "Z")}
        return {
            "name": "Trial",
            "sender_id": self.sender_id,
            "message_id": self.message_id,
            "audience": {"group_ids": [self.group_id]} if to is None else {"recipient_ids": to},
            "timing": timing,
        }

    def deliveries(self, schedule_id: str) -> list[Json]:
        """All deliveries of a schedule."""
        return self.api.all("deliveries", schedule_id=schedule_id)


def phone(number: int) -> str:
    """The phone of the n-th person."""
    return f"+4420794{60000 + number}"


def crowd_person(number: int) -> Json:
    """The n-th of up to 80,000."""
    # 555 0100 to 0199 is kept for fiction in every area code of North America.
    area, line = divmod(number, 100)
    return {"name": f"Person {number}", "phone": f"+1{201 + area}55501{line:02}"}


def log_in(api: Api) -> str:
    """The owner's access token."""
    account = {name: _OWNER[name] for name in ("email", "password")}
    return str(api.post("auth/login", account)["access_token"])


def open_shop(trial: Trial, *, people: int, throughput_mps: int = 1000) -> Shop:
    """Set everything up at a product whose API answers; free text may go to everybody."""
    api = Api(trial.plan.api_url)
    api.post("setup", _OWNER)
    token = log_in(api)
    api.with_token(token)
    api.patch("workspace", {"service_window": "ignore"})
    sender_id = _sender(trial, api, throughput_mps)
    group_id = api.post("groups", {"name": "Everybody", "kind": "static"})["id"]
    api.post("recipients/bulk", {"items": [_person(n) for n in range(people)],
                                 "group_ids": [group_id]})  # fmt: skip
    found = api.all("recipients")
    message = {"title": "Hello", "kind": "text", "category": "utility", "content": "Hi {{ name }}"}
    message_id = api.post("messages", message)["id"]
    in_order = [person["id"] for person in sorted(found, key=lambda one: str(one["phone"]))]
    return Shop(api, token, sender_id, message_id, group_id, in_order)


def _sender(trial: Trial, api: Api, throughput_mps: int) -> str:
    simulator = trial.simulator
    simulator.set_knobs(enforce_window=False)
    webhook = f"{trial.plan.api_url}/webhook/whatsapp"
    business = simulator.demo(webhook_url=webhook, verify_token=VERIFY_TOKEN, subscribed=False)
    simulator.change_number(business.phone_number_id, throughput_mps=throughput_mps)
    made = api.post(
        "senders",
        {
            "name": "Bakery",
            "phone_number_id": business.phone_number_id,
            "waba_id": business.waba_id,
            "access_token": business.access_token,
            "app_secret": business.app_secret,
            "throughput_mps": throughput_mps,
        },
    )
    return str(made["id"])


def _person(number: int) -> Json:
    return {"name": f"Person {number}", "phone": phone(number), "timezone": "Europe/London"}
