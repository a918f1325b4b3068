"""The built dashboard: hashed assets for ever, everything else answers with the app."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).resolve().parents[3] / "frontend" / "dist"
_IMMUTABLE = "public, max-age=31536000, immutable"
_OF_PROGRAMS = ("/api/", "/webhook/", "/health", "/metrics", "/docs", "/assets/")
_NOT_BUILT = (
    "The API runs; the dashboard is not built yet.\n"
    "Build it with: cd frontend && npm ci && npm run build\n"
)


class Assets(StaticFiles):
    """Files whose names carry a hash of their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, cacheable for ever."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = _IMMUTABLE
        return response


class Page(Route):
    """Every path that is the dashboard's, and none of the API's: those answer 404 or 405."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Step back from paths that belong to programs."""
        if scope["type"] == "http" and scope["path"].startswith(_OF_PROGRAMS):
            return Match.NONE, {}
        return super().matches(scope)


async def page(request: Request) -> Response:
    """The app for any deep link, or a file of the build's root such as an icon."""
    path = request.path_params["path"]
    index = DIST / "index.html"
    if not index.is_file():
        return PlainTextResponse(_NOT_BUILT, 503 if path else 200)
    file = (DIST / path).resolve()
    if path and file.is_file() and DIST in file.parents:
        return FileResponse(file, headers={"Cache-Control": "no-cache"})
    return FileResponse(index, headers={"Cache-Control": "no-cache"})
