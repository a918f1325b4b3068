"""Processor time of whole process trees, from proc(5): user and system, in seconds.

A tree's time includes children that have ended and were waited for, such as PostgreSQL's
backends. The kernel counts in hundredths of a second: measure what takes seconds.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PARENT, _USED = 1, slice(11, 15)


def read(roots: Mapping[str, int]) -> dict[str, float]:
    """Seconds used so far by the tree below each root (name to process id)."""
    children, used = _processes()
    return {name: _of_tree(pid, children, used) / _TICK for name, pid in roots.items()}


def memory(roots: Mapping[str, int]) -> dict[str, int]:
    """Bytes in memory of each tree, what is shared divided among those who share it (PSS)."""
    children, used = _processes()
    shares = {pid: _share(pid) for pid in used}
    return {name: _of_tree(pid, children, shares) * 1024 for name, pid in roots.items()}


def _processes() -> tuple[Mapping[int, list[int]], dict[int, int]]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    used: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (fields := _fields(folder)):
            children[int(fields[_PARENT])].append(int(folder.name))
            used[int(folder.name)] = sum(map(int, fields[_USED]))
    return children, used


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def since(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each used between two readings."""
    return {name: after[name] - before[name] for name in after}


def _fields(folder: Path) -> list[str]:
    try:
        # The name, in brackets, may hold anything.
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _of_tree(pid: int, children: Mapping[int, list[int]], used: Mapping[int, int]) -> int:
    below = sum(_of_tree(child, children, used) for child in children.get(pid, ()))
    return used.get(pid, 0) + below
