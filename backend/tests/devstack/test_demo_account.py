"""The demo's owner may be a person by now: their password is theirs."""

from pathlib import Path

import pytest
import requests

from devstack import credentials, demo
from devstack.rest_api import Api, Json


class Doors(Api):
    """An instance that is set up and answers a log-in with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__("http://127.0.0.1:9")
        self.status, self.asked = status, 0

    def get(self, path: str, **query: str | int) -> Json:
        return {"needed": False}

    def post(self, path: str, body: Json) -> Json:
        self.asked += 1
        if self.status != 200:
            answer = requests.Response()
            answer.status_code = self.status
            raise requests.HTTPError("refused", response=answer)
        return {"access_token": "token", "key": "wsk_1"}


def test_a_changed_password_ends_neither_this_start_nor_the_next(tmp_path: Path) -> None:
    credentials.write(tmp_path, credentials.fresh())
    doors = Doors(401)
    assert demo._log_in(doors, tmp_path) is None
    kept = credentials.read(tmp_path)
    assert kept is not None
    assert kept.log_in() == "demo@example.com / (the password you chose)"
    assert demo._log_in(doors, tmp_path) is None
    assert doors.asked == 1


def test_a_server_in_trouble_is_no_changed_password(tmp_path: Path) -> None:
    credentials.write(tmp_path, credentials.fresh())
    with pytest.raises(requests.HTTPError):
        demo._log_in(Doors(503), tmp_path)
    kept = credentials.read(tmp_path)
    assert kept is not None
    assert kept.password


def test_the_first_log_in_brings_a_key(tmp_path: Path) -> None:
    credentials.write(tmp_path, credentials.fresh())
    account = demo._log_in(Doors(200), tmp_path)
    assert account is not None
    assert account.api_key == "wsk_1"
    assert account.log_in() == f"demo@example.com / {account.password}"
