"""`make run` and `make dev`: take the lock, decide, run, let go."""

from devstack import console, orphans
from devstack import plan as plans
from devstack.processes import StartError
from devstack.run_state import AlreadyRunningError, Lock, RunState
from devstack.stack import Stack


def run(*, dev: bool) -> int:
    """Run the stack until asked to end; the exit code."""
    settings = plans.load_environment()
    try:
        lock = Lock(plans.data_dir(settings))
    except AlreadyRunningError as error:
        console.say(_who_runs(error.state))
        return 1
    try:
        plan = plans.decide(settings, dev=dev)
        orphans.finish(orphans.marked(plan.data_dir))
        port = plans.reserve(plan)
        try:
            return Stack(plan, lock, port, dev=dev).run_until_stopped()
        finally:
            port.release()
    except StartError as error:
        console.say(str(error))
        return 1
    finally:
        lock.release()


def _who_runs(state: RunState | None) -> str:
    if state is None:
        return "Another run on this data is just starting or ending. Try again in a moment."
    return f"Already running: pid {state.pid}, {state.url}  (stop it with: make down)"
