"""Live events of the workspace."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from app.api import live
from app.api.deps import CanReadSchedules
from app.api.problems import problems
from app.core import db, walls
from app.domain.members import Member
from app.services import authentication

router = APIRouter(prefix="/events", tags=["events"])


@router.get("", response_class=EventSourceResponse, responses=problems(401, 403))
async def follow_events(
    member: CanReadSchedules, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Follow what happens in the workspace, as Server-Sent Events.

    `schedule.updated`, `occurrence.progress`, `delivery.updated`, `sender.updated`,
    `import.progress`, `inbound.message`: each names the object that changed. `resync` means that
    events may have been missed: read again what you show. It is the first event after a
    reconnect with `Last-Event-ID`.
    """

    async def still_holds() -> bool:
        return await run_in_threadpool(_still_holds, member)

    stream = live.stream(member.workspace_id, still_holds, resumed=last_event_id is not None)
    async with aclosing(stream) as events:
        async for event in events:
            yield event


def _still_holds(member: Member) -> bool:
    with db.reading(walls.AUTH) as session:
        return authentication.still_holds(session, member)
