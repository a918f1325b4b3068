"""Compose, Dockerfile, Railway, Procfile and .env.example agree with each other and the code."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.core.config import Settings

ROOT = Path(__file__).parents[3]
COMPOSE_FILE = ROOT / "docker-compose.yml"
RAILWAY_FILES = [ROOT / "railway.toml", *sorted((ROOT / "deploy").glob("railway.*.toml"))]
# What other programs of the Compose file read; the product does not.
NOT_SETTINGS = {"POSTGRES_PASSWORD"}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
    return loaded


def procfile() -> dict[str, str]:
    return dict(re.findall(r"^([a-z]+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))


def example_names() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", text, flags=re.MULTILINE))


def without_shell(command: str) -> str:
    """``/bin/sh -c "exec X"`` → ``X``: hosts that start no shell need it around variables."""
    inner = re.fullmatch(r'/bin/sh -c "exec (.*)"', command)
    return inner[1] if inner else command


def run_tool(name: str, *arguments: str) -> str:
    tool = Path(sys.executable).with_name(name)
    done = subprocess.run([tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    settings = {name.upper() for name in Settings.model_fields}
    assert example_names() - NOT_SETTINGS == settings


def test_every_variable_of_compose_is_in_the_example() -> None:
    text = COMPOSE_FILE.read_text().replace("$$", "")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= example_names()


def test_compose_passes_every_setting_but_what_is_for_this_machine_only() -> None:
    passed = set(compose()["x-product"]["environment"])
    local = {"DATA_DIR", "CRASH_POINTS"}
    assert passed == {name.upper() for name in Settings.model_fields} - local


def test_compose_runs_the_roles_of_the_procfile() -> None:
    roles = procfile()
    roles["migrate"] = roles.pop("release")
    services = compose()["services"]
    commands = {
        name: without_shell(services[name]["command"]).replace("$$", "$")
        for name in services
        if "build" in services[name]
    }
    assert commands == roles


def test_compose_waits_for_what_it_needs() -> None:
    services = compose()["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for {needed} for ever"
    assert all("depends_on" in service for service in services.values() if "build" in service)


@pytest.mark.parametrize("file", RAILWAY_FILES, ids=lambda file: str(file.name))
def test_railway_starts_the_roles_of_the_procfile(file: Path) -> None:
    role = file.name.split(".")[1] if file.parent.name == "deploy" else "web"
    deploy = tomllib.loads(file.read_text())["deploy"]
    assert without_shell(deploy["startCommand"]) == procfile()[role]


def test_railway_has_a_file_for_every_role_and_migrates_once() -> None:
    roles = procfile()
    assert len(RAILWAY_FILES) == len(roles) - 1
    migrating = [
        tomllib.loads(file.read_text())["deploy"].get("preDeployCommand") for file in RAILWAY_FILES
    ]
    assert migrating == [[roles["release"]], None, None, None]


def test_the_image_starts_the_web_role_as_a_plain_user() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert f'"exec {procfile()["web"]}"' in text
    last_stage = text.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\d+)", last_stage, flags=re.MULTILINE)
    assert users
    assert int(users[-1]) > 0


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    kept = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    for source in " ".join(copies).split():
        assert (ROOT / source).exists(), source
        assert any(source == entry or source.startswith(f"{entry}/") for entry in kept), source


@pytest.mark.parametrize(
    "arguments",
    [
        ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ["--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml"],
        ["--schemafile", "deploy/railway.schema.json", *map(str, RAILWAY_FILES)],
    ],
    ids=["compose", "workflow", "railway"],
)
def test_files_fit_their_schemas(arguments: list[str]) -> None:
    assert run_tool("check-jsonschema", *arguments) == ""


def test_a_wrong_railway_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "railway.toml"
    wrong.write_text((ROOT / "railway.toml").read_text().replace('"ALWAYS"', '"SOMETIMES"'))
    found = run_tool("check-jsonschema", "--schemafile", "deploy/railway.schema.json", str(wrong))
    assert "SOMETIMES" in found


def test_the_dockerfile_is_clean() -> None:
    assert run_tool("hadolint", "--config", ".hadolint.yaml", "Dockerfile") == ""


def test_actions_are_pinned_by_hash() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert all(re.search(r"@[0-9a-f]{40}$", action) for action in used)
