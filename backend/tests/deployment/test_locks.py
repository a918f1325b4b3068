"""Locked dependencies: exact, hashed, and silent about where they were fetched."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "backend").glob("requirements*.in"))
# Hosts that serve packages, spelled so that this file does not match itself.
REGISTRIES = re.compile("pypi[.]org|python[h]osted|registry[.]npmjs")
TEXT = {".py", ".ts", ".tsx", ".js", ".mjs", ".json", ".toml", ".yml", ".yaml", ".txt", ".in",
        ".md", ".cfg", ".ini", ".sh", ""}  # fmt: skip
SKIPPED = {".git", ".venv", ".data", "node_modules", "dist", "__pycache__", "artifacts"}


def project_files(folder: Path = ROOT) -> list[Path]:
    found = []
    for path in folder.iterdir():
        if path.name in SKIPPED or path.name.endswith("_cache"):
            continue
        found += project_files(path) if path.is_dir() else [path]
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.name))
def test_every_requirement_is_exact_and_hashed(source: Path) -> None:
    blocks = re.split(r"\n(?=\S)", source.with_suffix(".txt").read_text().strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9][a-z0-9._\[\],-]*==\S+", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.name))
def test_requirements_name_no_address(source: Path) -> None:
    for file in (source, source.with_suffix(".txt")):
        assert "://" not in file.read_text()
        assert "index" not in file.read_text().split("\n", 1)[0]


def test_the_npm_lock_is_hashed_and_names_no_address() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    fetched = [entry for path, entry in packages.items() if path and not entry.get("link")]
    assert fetched
    assert all("resolved" not in entry and "integrity" in entry for entry in fetched)


def test_no_file_names_a_registry() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in project_files()
        if path.suffix in TEXT and REGISTRIES.search(path.read_text(errors="replace"))
    ]
    assert naming == []
