"""Templates are read from Meta here, away from any request."""

from uuid import UUID

from app.services import template_sync
from app.worker.celery_app import app


@app.task(name="templates.sync")
def sync(sender_id: str) -> None:
    """Read all templates of the sender's WABA."""
    template_sync.run(UUID(sender_id))
