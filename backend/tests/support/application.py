"""The application for tests that call it in-process."""

from fastapi import FastAPI


def application() -> FastAPI:
    """The one of this process, which has built its routes already, behind fresh middleware.

    FastAPI builds them at the first request: an application of its own would cost each test
    more than all its requests. What middleware remembers (known app secrets) is forgotten.
    """
    from app.main import app

    app.middleware_stack = None
    return app
