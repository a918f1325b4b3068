"""The first step, before any library is there."""

import sys
from pathlib import Path

import pytest

from devstack import bootstrap


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"Python 99.0 or newer is needed, this is 3\.\d+"):
        bootstrap._check_python()


@pytest.mark.parametrize("damage", ["moved", "cut short", "gone"])
def test_a_broken_environment_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.symlink_to(sys.executable if damage == "moved" else tmp_path / "nowhere")
    place = "/elsewhere/.venv" if damage == "moved" else str(venv)
    (venv / "bin" / "activate").write_text(f"VIRTUAL_ENV={place}\n")
    if damage == "cut short":
        python.unlink()
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o700)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", python)
    assert not bootstrap._is_whole()


def test_the_stamp_changes_with_requirements_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one==1\n")
    first = bootstrap._fingerprint(requirements)
    assert bootstrap._fingerprint(requirements) == first
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    moved = bootstrap._fingerprint(requirements)
    requirements.write_text("one==2\n")
    assert len({first, moved, bootstrap._fingerprint(requirements)}) == 3


def test_processes_may_keep_what_they_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PATH", "/somewhere")
    environment = bootstrap._environment()
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PATH"].endswith("/somewhere")
