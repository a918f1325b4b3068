"""Shared by control handlers: checked bodies and refusals."""

from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from simulator import keys
from simulator.state import Simulator

Model = TypeVar("Model", bound=BaseModel)


class ControlError(Exception):
    """Refused with this HTTP status and text."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def simulator(request: web.Request) -> Simulator:
    return request.app[keys.SIMULATOR]


async def body(request: web.Request, model: type[Model]) -> Model:
    """The body as ``model``; an empty body is {}."""
    return model.model_validate_json(await request.read() or b"{}")


def found(kind: dict[str, Model], key: str) -> Model:
    if key not in kind:
        raise ControlError(404, f"There is no {key}")
    return kind[key]


def number_in(request: web.Request, name: str, default: float) -> float:
    try:
        value = float(request.query.get(name, default))
    except ValueError:
        raise ControlError(422, f"{name} must be a number") from None
    if value < 0:
        raise ControlError(422, f"{name} must not be negative")
    return value


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.path.startswith("/control"):
        return await handler(request)
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"detail": error.detail}, status=error.status)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return web.json_response({"detail": details}, status=422)
