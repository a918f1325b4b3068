"""A stack of small stand-ins under the real supervisor; run as a process of its own.

python dummy_stack.py FOLDER: each part writes what happens to it to FOLDER/events.
"""

import sys
from pathlib import Path

from devstack.supervisor import Part, StopRequested, Supervisor

# Notes its start and its clean end; with "deaf" it ignores the request to end.
SCRIPT = """
import os, signal, sys
name, events, deaf = sys.argv[1], sys.argv[2], len(sys.argv) > 3
def note(what):
    with open(events, "a") as file: file.write(f"{what} {name} {os.getpid()}\\n")
def stop(*_):
    if deaf: return
    note("ended"); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("started")
while True: signal.pause()
"""


def part(name: str, stage: int, events: Path, *extra: str) -> Part:
    argv = [sys.executable, "-c", SCRIPT, name, str(events), *extra]
    return Part(name, stage, lambda: argv, patience=60)


def main(folder: Path, *extra: str) -> int:
    events = folder / "events"
    supervisor = Supervisor(logs=folder / "logs", root=folder, environment={})
    try:
        for stage, name in enumerate(("database", "api", "beat")):
            supervisor.start(part(name, stage, events, *extra))
        supervisor.watch()
    except StopRequested:
        return 0
    finally:
        supervisor.stop()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
