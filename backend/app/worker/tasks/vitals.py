"""The canary: that it arrives is all it has to do."""

from app.worker.celery_app import app
from app.worker.watchdog import CANARY


@app.task(name=CANARY)
def canary() -> None:
    """Heard by the watchdog when it is received."""
