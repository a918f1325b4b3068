"""The command line, for what needs no log-in: ``scheduler --help``, ``python -m app.cli``."""

from app.cli.commands import cli

__all__ = ["cli"]
