"""Recipients found by what people type: a part of the name, of the number, or your own id."""

from uuid import UUID

from sqlalchemy import Select, Uuid, func, select

from app.domain.paging import PageRequest
from app.repositories.recipient_filters import Filters

_PHONE_SIGNS = frozenset("0123456789+-() ./")
_FEWEST_DIGITS = 3


def ids(filters: Filters, request: PageRequest | None = None) -> Select[UUID]:
    """Who is found in the transaction's workspace: a page and one more, or everybody.

    By a function of the database, for behind a policy no index answers ``LIKE``.
    """
    found = func.search_recipients(
        filters.q,
        _digits(filters.q or ""),
        filters.phone,
        filters.external_id,
        filters.group_id,
        filters.consent,
        filters.reachable,
        request.after if request else None,
        request.newest_first if request else False,
        request.limit + 1 if request else None,
        type_=Uuid(),
    )
    return select(found.column_valued("id"))


def _digits(q: str) -> str | None:
    # "crm-100" is no number; with fewer digits than make a trigram nothing is found quickly.
    digits = "".join(sign for sign in q if sign in "0123456789")
    return digits if len(digits) >= _FEWEST_DIGITS and set(q) <= _PHONE_SIGNS else None
