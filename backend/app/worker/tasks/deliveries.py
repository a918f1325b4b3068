"""Deliveries that stayed in doubt."""

from app.services import resends
from app.worker.celery_app import app


@app.task(name="deliveries.resend")
def resend() -> None:
    """Resend what is in doubt, where the schedule says so."""
    resends.run()
