"""What each error code of the WhatsApp Cloud API means for a delivery and for what sends it.

Source: Meta's "Cloud API error codes" and Graph API error handling. The code decides, never
the HTTP status (Meta documents neither consistently) nor the wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What to do. The first four leave the message undecided: it is sent later."""

    RETRY = "retry"  # this message again
    BACKOFF = "backoff"  # slow the scope down, then again
    TEMPLATE = "template"  # hold the occurrence: each message of it would be refused
    STOP = "stop"  # pause the scope and tell people
    FAIL = "fail"  # only this message, for good
    COOL = "cool"  # failed; leave this recipient alone for ``delay_s``
    MARK = "mark"  # failed; and a fact about the recipient to remember, named by the reason


class Scope(StrEnum):
    """Whose fault it is, so what is slowed, held or paused."""

    MESSAGE = "message"
    RECIPIENT = "recipient"
    TEMPLATE = "template"
    SENDER = "sender"
    WABA = "waba"
    APP = "app"
    COUNTRY = "country"


class Path(StrEnum):
    """Where the error came: in the answer to the request, or in a ``failed`` callback."""

    ANSWER = "answer"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is a code of ``domain.reasons``; ``delay_s`` the least wait, 0 = the usual.

    ``requeue``: the delivery becomes ``scheduled`` again, which needs a refusal in the answer.
    ``counts_as``: a ``try`` of at most ``max_tries``, or a ``deferral``, bounded only by the
    delivery's expiry; None when it isn't requeued.
    """

    kind: Kind
    scope: Scope
    reason: str
    counts_as: Literal["try", "deferral"] | None = None
    max_tries: int = 5
    delay_s: int = 0

    @property
    def requeue(self) -> bool:
        """Whether the delivery is sent again later."""
        return self.counts_as is not None


_K, _S = Kind, Scope
_HOUR = 3600

UNKNOWN = Verdict(_K.RETRY, _S.MESSAGE, "unknown_error", "try", max_tries=2)

_TOKEN = Verdict(_K.STOP, _S.SENDER, "token_invalid", "deferral")
_NUMBER = Verdict(_K.STOP, _S.SENDER, "sender_unavailable", "deferral")
_RESTRICTED = Verdict(_K.STOP, _S.WABA, "account_restricted", "deferral")
_REFUSED = Verdict(_K.FAIL, _S.MESSAGE, "request_refused")
_UNAVAILABLE = Verdict(_K.TEMPLATE, _S.TEMPLATE, "template_unavailable", "deferral")
_TEMPLATE_REFUSED = Verdict(_K.TEMPLATE, _S.TEMPLATE, "template_refused", "deferral")
_MISMATCH = Verdict(_K.TEMPLATE, _S.TEMPLATE, "template_mismatch", "deferral")
_APP_LIMIT = Verdict(_K.BACKOFF, _S.APP, "rate_limited", "deferral")

_RULES: tuple[tuple[Verdict, tuple[int, ...]], ...] = (
    (_TOKEN, (0, 3, 102, 104, 190, 131005)),
    (_NUMBER, (10, 33, 803, 131037, 131045, 133000, 133005, 133006, 133010)),
    (_RESTRICTED, (368, 131031, 131064)),
    (Verdict(_K.STOP, _S.WABA, "payment_problem", "deferral"), (131042,)),
    (Verdict(_K.STOP, _S.SENDER, "spam_limited", "deferral", delay_s=4 * _HOUR), (131048,)),
    (Verdict(_K.RETRY, _S.MESSAGE, "meta_unavailable", "try"), (1, 131000)),
    (Verdict(_K.BACKOFF, _S.APP, "meta_unavailable", "try"), (2,)),
    (Verdict(_K.BACKOFF, _S.SENDER, "meta_unavailable", "try"), (131016, 133004)),
    (Verdict(_K.BACKOFF, _S.SENDER, "meta_unavailable", "try", delay_s=60), (131057,)),
    (_APP_LIMIT, (4, 17, 32, 613)),
    (Verdict(_K.BACKOFF, _S.WABA, "rate_limited", "deferral"), (80007,)),
    (Verdict(_K.BACKOFF, _S.SENDER, "rate_limited", "deferral"), (130429,)),
    (Verdict(_K.BACKOFF, _S.SENDER, "rate_limited", "deferral", delay_s=300), (133015,)),
    (
        Verdict(_K.BACKOFF, _S.SENDER, "rate_limited", "deferral", delay_s=_HOUR),
        (133008, 133009, 133016),
    ),
    (Verdict(_K.BACKOFF, _S.RECIPIENT, "pair_rate_limited", "deferral"), (131056,)),
    (_UNAVAILABLE, (132015, 132016)),
    (_TEMPLATE_REFUSED, (131063, 132001, 132007, 132068, 132069, 134102)),
    (_MISMATCH, (132000, 132008, 132012)),
    (
        Verdict(_K.RETRY, _S.MESSAGE, "template_unavailable", "try", max_tries=2, delay_s=600),
        (134101,),
    ),
    (Verdict(_K.FAIL, _S.MESSAGE, "template_mismatch"), (132005, 132018)),
    (Verdict(_K.FAIL, _S.MESSAGE, "media_failed"), (131052, 131053)),
    (_REFUSED, (100, 130501, 131008, 131009, 131051, 131055, 134011, 134100, 135000)),
    (_REFUSED, (136024, 139100, 139101, 139102, 139103)),
    (_REFUSED, (2388019, 2388024, 2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299)),
    (Verdict(_K.FAIL, _S.MESSAGE, "own_number"), (131021,)),
    (Verdict(_K.FAIL, _S.RECIPIENT, "window_closed"), (131047,)),
    (Verdict(_K.FAIL, _S.RECIPIENT, "experiment"), (130472,)),
    (Verdict(_K.FAIL, _S.RECIPIENT, "test_recipients_only"), (131030,)),
    (Verdict(_K.FAIL, _S.RECIPIENT, "phone_needed"), (131062,)),
    (Verdict(_K.FAIL, _S.RECIPIENT, "identity_changed"), (137000,)),
    (Verdict(_K.FAIL, _S.COUNTRY, "country_barred"), (130497,)),
    (Verdict(_K.COOL, _S.RECIPIENT, "marketing_limit", delay_s=24 * _HOUR), (131049,)),
    (Verdict(_K.MARK, _S.RECIPIENT, "undeliverable"), (131026,)),
    (Verdict(_K.MARK, _S.RECIPIENT, "opted_out"), (131050,)),
    (Verdict(_K.MARK, _S.RECIPIENT, "blocked_by_you"), (130403,)),
)

VERDICTS: Mapping[int, Verdict] = {code: verdict for verdict, codes in _RULES for code in codes}

THROTTLED = 130429  # more than the number's throughput: a few among many may be chance
_PERMISSIONS = range(200, 300)
_OBJECT_NOT_VISIBLE = 33  # subcode of 100: the number's id is gone or not ours to see


def classify(code: int | None, subcode: int | None = None, path: Path = Path.ANSWER) -> Verdict:
    """What to do about an error. Codes we don't know are tried twice and blame nobody.

    In a callback WhatsApp had accepted the message, so nothing is requeued by machine; what the
    error says about sender, account, template or recipient holds just the same.
    """
    verdict = _lookup(code, subcode)
    if path is Path.ANSWER or not verdict.requeue:
        return verdict
    kind = Kind.FAIL if verdict.kind is Kind.RETRY else verdict.kind
    return replace(verdict, kind=kind, counts_as=None)


def _lookup(code: int | None, subcode: int | None) -> Verdict:
    if code is None:
        return UNKNOWN
    if code == 100 and subcode == _OBJECT_NOT_VISIBLE:
        return _NUMBER
    if code in _PERMISSIONS:
        return _TOKEN
    return VERDICTS.get(code, UNKNOWN)
