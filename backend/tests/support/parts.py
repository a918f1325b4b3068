"""Parts of the system that seem to run."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.services import health
from app.services.links import Link


@contextmanager
def linked() -> Iterator[dict[str, Link]]:
    """A link of each part that readiness asks for, all of this process."""
    links = {part: Link(part) for part in health.MAX_AGE_S}
    try:
        for link in links.values():
            link.keep()
        yield links
    finally:
        for link in links.values():
            link.end()
