"""One exchange with the Graph API over ``requests``, for everything but sending.

No redirects, retries, cookies or proxies of the environment; whatever goes wrong ends in one of
two exceptions, and neither holds the access token.
"""

import json
import os
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any, Literal

import requests

from app.integrations.whatsapp import errors, provider_clock
from app.integrations.whatsapp.errors import MetaError

# A page of 100 templates is well under 1 MB.
ANSWER_LIMIT = 8 * 1024 * 1024
_CHUNK = 64 * 1024

Json = dict[str, Any]


class GraphRefusedError(Exception):
    """Meta answered with an error."""

    def __init__(self, error: MetaError) -> None:
        super().__init__(f"code {error.code}: {error.details}")
        self.error = error


class GraphUnreachableError(Exception):
    """No readable answer came; whether a change was made is unknown."""


class _AnswerError(Exception):
    """An answer that goes on for too long."""


def exchange(
    method: Literal["GET", "POST", "DELETE"],
    url: str,
    access_token: str,
    *,
    params: Json | None = None,
    body: Json | None = None,
    timeouts: tuple[float, float] = (5, 20),
) -> Json:
    """Return the decoded answer of a call that succeeded.

    ``timeouts`` are seconds to connect and to answer. Raises GraphRefusedError for errors Meta
    words, GraphUnreachableError for all else.
    """
    outcome = _outcome(method, url, access_token, params, body, timeouts)
    # Raised here and not where it was caught: the cause may hold headers.
    if isinstance(outcome, str):
        raise GraphUnreachableError(outcome)
    status, raw = outcome
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        answer = None
    if (error := errors.parse(answer, status, access_token)) is not None:
        raise GraphRefusedError(error)
    if not 200 <= status < 300 or not isinstance(answer, dict):
        raise GraphUnreachableError(f"unreadable answer with HTTP {status}")
    return answer


def _outcome(
    method: str,
    url: str,
    access_token: str,
    params: Json | None,
    body: Json | None,
    timeouts: tuple[float, float],
) -> tuple[int, bytes] | str:
    try:
        with _session(os.getpid()).request(
            method,
            url,
            params=params,
            json=body,
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=timeouts,
            allow_redirects=False,
            stream=True,
        ) as response:
            provider_clock.listen(response.headers.get("Date"))
            return response.status_code, _read(response, monotonic() + timeouts[1])
    except Exception as error:
        return type(error).__name__


def _read(response: requests.Response, deadline: float) -> bytes:
    answer = bytearray()
    # read1 gives what has arrived; iter_content would wait for a whole chunk of drips.
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        answer += chunk
        if len(answer) > ANSWER_LIMIT or monotonic() > deadline:
            raise _AnswerError
    return bytes(answer)


@lru_cache(maxsize=1)
def _session(_pid: int) -> requests.Session:
    # Keyed by process: connections must not be shared across a fork.
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
