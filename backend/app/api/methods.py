"""Which methods a path takes, for ``Allow`` in a 405 (RFC 9110, section 15.5.6).

Every method is a route of its own, and the one that is refused knows only itself.
"""

from fastapi import FastAPI
from starlette.routing import compile_path


def allowed(app: FastAPI, path: str) -> str | None:
    """The methods the OpenAPI document names for a path; None for paths outside it."""
    paths = app.openapi()["paths"]
    return ", ".join(sorted(m.upper() for one in templates(app, path) for m in paths[one])) or None


def templates(app: FastAPI, path: str) -> list[str]:
    """The paths of the OpenAPI document that a path of a request stands for."""
    # As in OpenAPI, a path without parameters comes before a template that fits as well.
    paths = app.openapi()["paths"]
    return [path] if is_resource(app, path) else [one for one in paths if _fits(one, path)]


def is_resource(app: FastAPI, path: str) -> bool:
    """Whether a path stands in the document as it is, without parameters."""
    return path in app.openapi()["paths"]


def _fits(template: str, path: str) -> bool:
    return compile_path(template)[0].match(path) is not None
