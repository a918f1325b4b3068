import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, BoundedSemaphore
from time import process_time
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from app.core import passwords
from app.domain.errors import TooManyRequestsError

OLD = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


def test_hash_is_argon2id_at_the_agreed_cost() -> None:
    parameters = extract_parameters(passwords.hash_password("correct horse battery"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 19_456, 2)
    assert parameters.parallelism == 1


def test_verify_tells_right_from_wrong() -> None:
    stored = passwords.hash_password("ñandú y café ☕")
    assert passwords.verify("ñandú y café ☕", stored) == (True, None)
    assert passwords.verify("nandu y cafe", stored) == (False, None)


def test_salts_differ() -> None:
    assert passwords.hash_password("same") != passwords.hash_password("same")


def test_verify_offers_a_new_hash_when_the_cost_has_changed() -> None:
    ok, replacement = passwords.verify("old but right", OLD.hash("old but right"))
    assert ok
    assert replacement is not None
    assert passwords.verify("old but right", replacement) == (True, None)


def test_verify_offers_nothing_for_a_wrong_password() -> None:
    assert passwords.verify("wrong", OLD.hash("right")) == (False, None)


@pytest.mark.parametrize("stored", ["", "!", "plain", "$2b$12$abc", "$argon2id$v=19$broken"])
def test_what_is_no_argon2_hash_matches_nothing(stored: str) -> None:
    assert passwords.verify(stored, stored) == (False, None)


@pytest.mark.parametrize("password", ["x" * 5000, "\ud800"])
def test_text_that_cannot_be_hashed(password: str) -> None:
    assert passwords.verify(password, passwords.hash_password("other")) == (False, None)
    with pytest.raises(ValueError):
        passwords.hash_password(password)


def test_unknown_accounts_cost_what_known_ones_do() -> None:
    stored = passwords.hash_password("known")

    def cost(dummy: bool) -> float:
        start = process_time()
        passwords.verify_dummy("guess") if dummy else passwords.verify("guess", stored)
        return process_time() - start

    known, unknown = (min(cost(dummy) for _ in range(5)) for dummy in (False, True))
    assert 0.5 < unknown / known < 2


def test_dummy_hash_has_the_current_cost() -> None:
    fields = passwords.hash_password("x").split("$")[:4]
    assert passwords._DUMMY_HASH.split("$")[:4] == fields


def test_few_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    both, running, most = Barrier(passwords._AT_ONCE), 0, 0

    def slow(_: str) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        both.wait(timeout=10)
        running -= 1
        return "hash"

    monkeypatch.setattr(passwords, "_context", SimpleNamespace(hash=slow))
    room = passwords._AT_ONCE + passwords._WAITING
    with ThreadPoolExecutor(room) as threads:
        assert list(threads.map(passwords.hash_password, ["x"] * room)) == ["hash"] * room
    assert most == passwords._AT_ONCE


def test_who_finds_too_many_waiting_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_let_in", BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(TooManyRequestsError) as refused:
        passwords.hash_password("x")
    assert refused.value.retry_after == 1
    assert passwords.hash_password("x")


def test_import_warns_of_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "from app.core import passwords"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
