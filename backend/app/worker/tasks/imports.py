"""Imports of recipients are carried out here, away from any request."""

from uuid import UUID

from app.domain.refs import Ref
from app.services.imports import running
from app.worker.celery_app import app


@app.task(name="imports.run")
def run(workspace_id: str, import_id: str) -> None:
    """Do what is left of one import."""
    running.run(Ref(UUID(workspace_id), UUID(import_id)))


@app.task(name="imports.sweep")
def sweep() -> None:
    """Ring for imports that nobody moves."""
    running.sweep()
