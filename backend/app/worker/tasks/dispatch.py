"""Dispatch: doorbells for drains, and the work around them."""

from uuid import UUID

from app.services.dispatch import completion, expand, row_edits, sweep
from app.worker import engine
from app.worker.celery_app import app


@app.task(name="dispatch.drain")
def drain(sender_id: str) -> None:
    """Send what is due for a sender."""
    engine.engine().serve(UUID(sender_id))


@app.task(name="dispatch.expand")
def expand_occurrence(occurrence_id: str) -> None:
    """Make the deliveries of a planned occurrence."""
    expand.open_occurrence(UUID(occurrence_id))


@app.task(name="dispatch.complete")
def complete(occurrence_id: str) -> None:
    """Complete an occurrence that has nothing to send."""
    completion.complete_if_done(UUID(occurrence_id))


@app.task(name="dispatch.turn_over")
def turn_over(occurrence_id: str) -> None:
    """Cancel the rows of a cancelled lane."""
    sweep.turn_over(UUID(occurrence_id))


@app.task(name="dispatch.edit_rows")
def edit_rows(occurrence_id: str) -> None:
    """Write an edit into the rows it has not reached."""
    row_edits.go_on(UUID(occurrence_id))


@app.task(name="dispatch.obey")
def obey() -> None:
    """Apply what must stop."""
    sweep.obey_stop_orders()


@app.task(name="dispatch.sweep")
def sweep_once() -> None:
    """Find whatever was missed."""
    sweep.run()
