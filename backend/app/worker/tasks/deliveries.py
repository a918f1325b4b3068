"""Deliveries that stayed in doubt, and those that are too old to be kept."""

from app.services import resends, retention
from app.worker.celery_app import app


@app.task(name="deliveries.resend")
def resend() -> None:
    """Resend what is in doubt, where the schedule says so."""
    resends.run()


@app.task(name="deliveries.forget")
def forget() -> None:
    """Delete what ended longer ago than its workspace keeps it."""
    retention.run()
