"""The web application: routers, middleware, problems and the built dashboard."""

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from app.api import deps, middleware, problems, static
from app.api.routes import workspaces
from app.core import logging

API_PREFIX = "/api/v1"
# Log-in, set-up and the like: no key is kept for them, some need no credential.
_OPEN_ROUTERS: tuple[APIRouter, ...] = ()
_ROUTERS: tuple[APIRouter, ...] = (workspaces.router,)


def create_app() -> FastAPI:
    """Put the parts together."""
    logging.configure()
    app = FastAPI(
        title="WhatsApp Scheduler",
        version="1.0.0",
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    for router in _OPEN_ROUTERS:
        app.include_router(router, prefix=API_PREFIX)
    for router in _ROUTERS:
        app.include_router(router, prefix=API_PREFIX, dependencies=[deps.Keyed])
    problems.install(app)
    app.mount("/assets", static.Assets(directory=static.DIST / "assets", check_dir=False))
    app.router.routes.append(Route("/{path:path}", static.page, methods=["GET", "HEAD"]))
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(middleware.RequestContext)
    return app


app = create_app()
