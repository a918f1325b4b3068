"""Who runs on this data now: a lock the kernel frees with its holder, and a note beside it."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class RunState:
    """The note of a running stack; mode 600, since ``environment`` holds passwords."""

    pid: int
    url: str
    mode: str
    environment: dict[str, str]


class AlreadyRunningError(Exception):
    """Another run holds the data; ``state`` is its note, None while it is still starting."""

    def __init__(self, state: RunState | None) -> None:
        super().__init__("already running")
        self.state = state


class Lock:
    """Held from creation until ``release`` or the end of the process, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        """Raises AlreadyRunningError when another live process holds it."""
        data_dir.mkdir(parents=True, exist_ok=True)
        self._note = data_dir / "run.json"
        self._file: IO[str] = (data_dir / "run.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise AlreadyRunningError(read(data_dir)) from None
        self._note.unlink(missing_ok=True)

    def publish(self, state: RunState) -> None:
        """Write the note for whoever asks next, whole or not at all."""
        unfinished = self._note.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(state), indent=2))
        unfinished.replace(self._note)

    def release(self) -> None:
        """Take the note away, then let the next run in."""
        self._note.unlink(missing_ok=True)
        self._file.close()


def read(data_dir: Path) -> RunState | None:
    """The note of the run on ``data_dir``; None without one, or when its writer is gone."""
    try:
        state = RunState(**json.loads((data_dir / "run.json").read_text()))
        os.kill(state.pid, 0)
    except PermissionError:
        return state
    except (FileNotFoundError, ProcessLookupError, ValueError, TypeError):
        return None
    return state
