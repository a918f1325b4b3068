"""Ask the API how it is, with the standard library only."""

import json
import urllib.error
import urllib.request
from typing import Any

# Loopback must never go through a proxy of the environment.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, *, seconds: float = 2) -> tuple[int, Any]:
    """Status and JSON body; ``(0, None)`` when nobody answers in time."""
    try:
        with _opener.open(url, timeout=seconds) as answer:
            return answer.status, _json(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read())
    except OSError:
        return 0, None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
