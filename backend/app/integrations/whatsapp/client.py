"""Management calls: numbers, accounts, templates, webhook subscription.

Meta counts these per app and account (200 an hour, 5,000 for an active one); see
``graph.exchange`` for the errors every function here raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.integrations.whatsapp import graph, tiers
from app.integrations.whatsapp.graph import Json

_ID = re.compile(r"\d{1,32}", re.ASCII)
_PAGE_SIZE = 100
# 6,000 templates an account are Meta's limit; a cursor that never ends must.
_MAX_PAGES = 100

_NUMBER_FIELDS = (
    "id,verified_name,display_phone_number,status,quality_rating,throughput,"
    "whatsapp_business_manager_messaging_limit,name_status,platform_type"
)
_ACCOUNT_FIELDS = "id,name,currency,timezone_id,country,account_review_status,owner_business_info"
_TEMPLATE_FIELDS = (
    "id,name,language,status,category,sub_category,parameter_format,components,"
    "quality_score,rejected_reason,previous_category,correct_category,message_send_ttl_seconds"
)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A business number; None where Meta doesn't say. ``status`` must be CONNECTED to send."""

    id: str
    display_phone_number: str | None
    verified_name: str | None
    status: str | None
    quality_rating: str | None
    throughput_mps: int | None
    messaging_limit: int | None


@dataclass(frozen=True, slots=True)
class BusinessAccount:
    """A WhatsApp Business Account (WABA); ``business_id`` is the portfolio it belongs to."""

    id: str
    name: str | None
    currency: str | None
    country: str | None
    review_status: str | None
    business_id: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """Calls with one access token; ``base_url`` includes the version."""

    base_url: str
    access_token: str = field(repr=False)

    def phone_number(self, phone_number_id: str) -> PhoneNumber:
        """Read a number; the usual first check of a token."""
        return _phone_number(self._get(phone_number_id, fields=_NUMBER_FIELDS))

    def phone_numbers(self, waba_id: str) -> Iterator[PhoneNumber]:
        """Yield the numbers of an account."""
        return map(_phone_number, self._pages(waba_id, "phone_numbers", _NUMBER_FIELDS))

    def business_account(self, waba_id: str) -> BusinessAccount:
        """Read an account."""
        node = self._get(waba_id, fields=_ACCOUNT_FIELDS)
        owner = node.get("owner_business_info")
        return BusinessAccount(
            id=_text(node, "id") or waba_id,
            name=_text(node, "name"),
            currency=_text(node, "currency"),
            country=_text(node, "country"),
            review_status=_text(node, "account_review_status"),
            business_id=_text(owner, "id") if isinstance(owner, dict) else None,
        )

    def subscribe_app(self, waba_id: str) -> None:
        """Have the account's webhooks sent to the token's app. Doing it again changes nothing."""
        url = self._url(waba_id, "subscribed_apps")
        answer = graph.exchange("POST", url, self.access_token)
        if answer.get("success") is not True:
            raise graph.GraphUnreachableError("the subscription was not confirmed")

    def templates(self, waba_id: str) -> Iterator[Json]:
        """Yield every template of an account as Meta lists it, page by page."""
        return self._pages(waba_id, "message_templates", _TEMPLATE_FIELDS)

    def _get(self, node: str, *path: str, **params: Any) -> Json:
        return graph.exchange("GET", self._url(node, *path), self.access_token, params=params)

    def _pages(self, node: str, edge: str, fields: str) -> Iterator[Json]:
        after: str | None = None
        for _ in range(_MAX_PAGES):
            cursor = {"after": after} if after else {}
            page = self._get(node, edge, fields=fields, limit=_PAGE_SIZE, **cursor)
            items = page.get("data")
            if not isinstance(items, list):
                raise graph.GraphUnreachableError(f"a page of {edge} without data")
            yield from (item for item in items if isinstance(item, dict))
            previous, after = after, _next_cursor(page)
            if after is None:
                return
            if after == previous:
                break
        raise graph.GraphUnreachableError(f"the list of {edge} doesn't end")

    def _url(self, node: str, *path: str) -> str:
        if not _ID.fullmatch(node):
            raise ValueError("Ids of Meta are digits.")
        return "/".join([self.base_url, node, *path])


def _next_cursor(page: Json) -> str | None:
    # The address in "next" names a host; following it could take the token anywhere.
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = _text(cursors, "after") if isinstance(cursors, dict) else None
    if after is None:
        # Half a list must not pass for the whole: what it lacks would count as deleted.
        raise graph.GraphUnreachableError("a page with a next one but no cursor")
    return after


def _phone_number(node: Json) -> PhoneNumber:
    throughput = node.get("throughput")
    level = throughput.get("level") if isinstance(throughput, dict) else None
    return PhoneNumber(
        id=_text(node, "id") or "",
        display_phone_number=_text(node, "display_phone_number"),
        verified_name=_text(node, "verified_name"),
        status=_text(node, "status"),
        quality_rating=_text(node, "quality_rating"),
        throughput_mps=tiers.messages_per_second(level),
        messaging_limit=tiers.people_per_day(node.get("whatsapp_business_manager_messaging_limit")),
    )


def _text(node: Json, key: str) -> str | None:
    value = node.get(key)
    return value if isinstance(value, str) and value else None
