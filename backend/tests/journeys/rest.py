"""What a journey asks the API beside the browser."""

from typing import Any, Self

import requests

from tests.journeys.conftest import Demo


class Rest:
    """The API with a credential."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    def logged_in(cls, demo: Demo) -> Self:
        body = {"email": demo.email, "password": demo.password}
        answer = requests.post(f"{demo.url}/api/v1/auth/login", json=body, timeout=10)
        return cls(demo.url, answer.json()["access_token"])

    def items(self, what: str, limit: int = 1) -> list[dict[str, Any]]:
        """The first of ``what``; anything but 200 fails."""
        answer = requests.get(
            f"{self._url}/{what}?limit={limit}", headers=self._headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def first(self, what: str) -> str:
        """An id."""
        return str(self.items(what)[0]["id"])
