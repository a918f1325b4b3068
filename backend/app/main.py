"""The web application: routers, middleware, problems and the built dashboard."""

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from app.api import deps, intake, metrics, middleware, openapi, problems, startup, static
from app.api.routes import (
    api_keys,
    audit_log,
    auth,
    deliveries,
    docs,
    events,
    groups,
    health,
    invitations,
    media,
    members,
    message_sends,
    messages,
    not_built,
    occurrences,
    recipient_imports,
    recipients,
    schedule_control,
    schedules,
    senders,
    setup,
    templates,
    workspaces,
)
from app.api.routes import metrics as metrics_route
from app.core import logging
from app.core.config import settings
from app.core.version import VERSION

API_PREFIX = "/api/v1"
_BESIDE: tuple[APIRouter, ...] = (health.router, docs.router, metrics_route.router)
# Log-in, set-up and the like: no key is kept for them, some need no credential.
_OPEN_ROUTERS: tuple[APIRouter, ...] = (
    setup.router,
    auth.router,
    events.router,
    invitations.open_router,
    *not_built.open_routers,
    # Before the rest, whose paths with an id would take theirs for one.
    *not_built.scope_routers,
)
_ROUTERS: tuple[APIRouter, ...] = (
    workspaces.router,
    recipient_imports.router,
    recipients.router,
    groups.router,
    api_keys.router,
    audit_log.router,
    senders.router,
    templates.router,
    media.router,
    message_sends.router,
    messages.router,
    schedules.router,
    schedule_control.router,
    occurrences.router,
    deliveries.router,
    members.router,
    invitations.router,
)


def create_app() -> FastAPI:
    """Put the parts together."""
    logging.configure()
    app = FastAPI(
        title="WhatsApp Scheduler",
        version=VERSION,
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=startup.lifespan,
        generate_unique_id_function=openapi.operation_id,
    )
    for router in _BESIDE:
        app.include_router(router)
    for router in _OPEN_ROUTERS:
        app.include_router(router, prefix=API_PREFIX)
    for router in _ROUTERS:
        app.include_router(router, prefix=API_PREFIX, dependencies=[deps.Keyed])
    problems.install(app)
    openapi.install(app)
    app.mount("/assets", static.Assets(directory=static.DIST / "assets", check_dir=False))
    app.router.routes.append(static.Page("/{path:path}", static.page, methods=["GET", "HEAD"]))
    _add_middleware(app)
    return app


def _add_middleware(app: FastAPI) -> None:
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    if settings().cors_origins:
        # For programs in other sites' pages: by bearer token, never by cookie.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[origin.strip() for origin in settings().cors_origins.split(",")],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    app.add_middleware(intake.Intake)
    app.add_middleware(middleware.RequestContext)
    app.add_middleware(metrics.CountRequests)


app = create_app()
