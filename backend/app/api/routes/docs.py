"""The API's documentation for people: Swagger UI from our own files, and the error codes."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from app.api import error_codes, middleware
from app.core.config import settings

router = APIRouter(prefix="/docs", include_in_schema=False)

# Only its files are used: Swagger UI as published, so that no page asks another host for it.
_FILES = Path(fastapi_offline.__file__).parent / "static"
_SERVED = frozenset({"swagger-ui-bundle.js", "swagger-ui.css"})
# Swagger UI's style sheet draws its icons by data URIs.
_CSP = {"Content-Security-Policy": middleware.CSP.replace("img-src 'self'", "img-src 'self' data:")}
_A_DAY = {"Cache-Control": "public, max-age=86400"}
# The Content-Security-Policy allows no inline script, so the start is a file of its own.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WhatsApp Scheduler API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  displayRequestDuration: true,
});
"""


def _refuse_when_off() -> None:
    if settings().docs == "off":
        raise HTTPException(404, "The documentation is switched off here.")


@router.get("")
def get_docs() -> HTMLResponse:
    """Swagger UI."""
    _refuse_when_off()
    return HTMLResponse(_PAGE, headers=_CSP)


@router.get("/errors")
def get_errors() -> HTMLResponse:
    """Every error code: what the `type` of a problem points to."""
    return HTMLResponse(error_codes.page())


@router.get("/errors.css")
def get_errors_style() -> Response:
    """How that page looks."""
    return Response(error_codes.STYLE, media_type="text/css")


@router.get("/start.js")
def get_start() -> Response:
    """What opens Swagger UI in its page."""
    _refuse_when_off()
    return Response(_START, media_type="text/javascript")


@router.get("/{name}")
def get_file(name: str) -> FileResponse:
    """Swagger UI's own files."""
    _refuse_when_off()
    if name not in _SERVED:
        raise HTTPException(404, f"There is nothing at /docs/{name}.")
    return FileResponse(_FILES / name, headers=_A_DAY)
