"""The first wall: statements name their workspace. What works for all of them is listed here."""

import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"

# Whole modules of the engine, of log-in and of the installation: no request's data.
FOR_ALL = {
    *("callback_facts", "callback_inbox", "callback_people", "callback_senders"),
    *("callback_traffic", "cancellations", "claims", "clock_readings", "daily_limits"),
    *("dispatch_guard", "drains", "durability", "edits", "expansions", "health", "heartbeats"),
    *("delivery_locks", "expiries", "inbound_messages", "lanes"),
    *("links", "load", "login_tries", "marks", "pages", "resolutions", "restored"),
    *("retention", "row_edits", "server"),
    *("sessions", "settlements", "status_matches", "status_reports", "stop_orders"),
    *("unmatched_statuses", "users"),
}
# Elsewhere: found by a secret, asked by the engine, or given rows that name their workspace.
LISTED = {
    "api_keys": {"find_usable"},
    "audit_log": {"add_of_person", "commit_without_waiting"},
    "counts": {"of_occurrences", "of_schedules", "crowded", "fold"},
    "daily_waits": {"open_waits", "wake", "forget"},
    "deliveries": {"insert_direct", "attempts", "events"},
    "idempotency_keys": {"forget_before"},
    "imports": {"stalled"},
    "invitations": {"accept_if_open"},
    "message_versions": {"by_ids"},
    "messages": {"current_versions", "add"},
    "occurrences": {
        *("plan", "get_any", "planned_before", "move", "start", "complete", "finish_schedule"),
        *("run_dry", "held", "take_planned"),
    },
    "resends": {"note_minute", "due"},
    "schedules": {"next_due"},
    "senders": {
        *(
            "ref_of",
            "pause_if_base_differs",
            "stopped",
            "rested",
            "everybodys",
            "any_has_app_secret",
        ),
    },
    "template_guard": {"unfit", "unfit_held", "release", "stop", "not_asked_for"},
    "templates": {"database_now", "upsert"},
}


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _is_bound(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    notes = [ast.unparse(one.annotation) for one in arguments if one.annotation]
    if "Session" not in notes:
        return True
    return any(one.arg == "workspace_id" for one in arguments) or any(
        "Ref" in note for note in notes
    )


def test_repositories_are_asked_within_a_workspace() -> None:
    unbound = {
        path.stem: names
        for path in (APP / "repositories").glob("*.py")
        if path.stem not in FOR_ALL
        and (names := {one.name for one in _functions(path) if not _is_bound(one)})
    }
    assert unbound == LISTED


def test_the_api_says_for_whom_a_transaction_works() -> None:
    for path in (APP / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                silent = called in {"transaction", "reading"} and not node.args
                assert not silent, f"{path.name}:{node.lineno} would work for every workspace"
