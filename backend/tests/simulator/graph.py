"""A client's view of the imitated Graph API, with as little cleverness as possible."""

from typing import Any, Self

import requests

from devstack.simulator_types import Business

Json = dict[str, Any]
PERSON = "+16505551234"


class Graph:
    """Calls as the business; ``business`` holds ids, token and app secret."""

    def __init__(self, url: str, business: Business) -> None:
        self.base, self.business = f"{url}/v26.0", business
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {business.access_token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.session.request(method, f"{self.base}/{path}", timeout=10, **arguments)

    def send(self, **fields: Any) -> requests.Response:
        """POST a message; a text to PERSON unless ``fields`` say otherwise."""
        body: Json = {
            "messaging_product": "whatsapp", "to": PERSON, "type": "text",
            "text": {"body": "hello"}, **fields,
        }  # fmt: skip
        path = f"{self.business.phone_number_id}/messages"
        return self.call("POST", path, json={k: v for k, v in body.items() if v is not None})

    def send_template(
        self, name: str, *components: Json, language: str = "en_US", **fields: Any
    ) -> requests.Response:
        template: Json = {"name": name, "language": {"code": language}}
        if components:
            template["components"] = list(components)
        return self.send(type="template", text=None, template=template, **fields)


def texts(*values: str, kind: str = "body", **named: str) -> Json:
    """A component of text parameters, positional or named."""
    parameters = [{"type": "text", "text": value} for value in values]
    parameters += [
        {"type": "text", "parameter_name": name, "text": text} for name, text in named.items()
    ]
    return {"type": kind, "parameters": parameters}


def code_of(response: requests.Response) -> int:
    code: int = response.json()["error"]["code"]
    return code


def wamid_of(response: requests.Response) -> str:
    assert response.status_code == 200, response.text
    wamid: str = response.json()["messages"][0]["id"]
    return wamid
