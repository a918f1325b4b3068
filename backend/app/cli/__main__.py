"""``python -m app.cli``."""

from app.cli import cli

cli(prog_name="scheduler")
