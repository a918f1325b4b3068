"""Callbacks are merged here, beside campaigns and never behind them."""

from app.services.webhooks import merge as merging
from app.worker.celery_app import app


@app.task(name="webhooks.merge")
def merge() -> None:
    """Merge all callbacks that wait."""
    merging.run()
