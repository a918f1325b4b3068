"""A client of our own REST API, as an integrator would write it."""

from typing import Any

import requests

Json = dict[str, Any]
TIMEOUT_S = 30.0


class Api:
    """``with_token`` sends an access token or an API key along from then on."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v1"
        self._session = requests.Session()
        # Loopback must never go through a proxy of the environment.
        self._session.trust_env = False

    def with_token(self, token: str) -> None:
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | int) -> Json:
        """Raises requests.HTTPError with the problem's own words."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Json) -> Json:
        """Raises requests.HTTPError with the problem's own words."""
        return self._call("POST", path, body=body)

    def patch(self, path: str, body: Json) -> Json:
        """Raises requests.HTTPError with the problem's own words."""
        return self._call("PATCH", path, body=body)

    def all(self, path: str, **query: str | int) -> list[Json]:
        """A whole list, page after page."""
        found: list[Json] = []
        while True:
            page = self.get(path, limit=200, **query)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    def items(self, path: str, **query: str | int) -> list[Json]:
        """The first 200 of a list."""
        found: list[Json] = self.get(path, limit=200, **query)["items"]
        return found

    def found_or_made(self, path: str, key: str, body: Json) -> Json:
        """The object whose ``key`` is that of ``body``; made when there is none."""
        for item in self.items(path):
            if item[key] == body[key]:
                return item
        return self.post(path, body)

    def _call(self, method: str, path: str, *, query: Any = None, body: Json | None = None) -> Json:
        answer = self._session.request(
            method, f"{self._url}/{path}", params=query, json=body, timeout=TIMEOUT_S
        )
        if not answer.ok:
            message = f"{method} {path}: {answer.status_code} {answer.text}"
            raise requests.HTTPError(message, response=answer)
        shape: Json = answer.json() if answer.content else {}
        return shape
