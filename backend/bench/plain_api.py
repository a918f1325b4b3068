"""A minimal API beside ours: FastAPI, SQLAlchemy, one row a request, no credentials.

``uvicorn bench.plain_api:app`` with BENCH_DATABASE set.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

_engine = create_engine(os.environ["BENCH_DATABASE"], pool_size=10, max_overflow=35)
router = APIRouter()


class _Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSONB}  # noqa: RUF012 (as SQLAlchemy has it)


class _Person(_Base):
    __tablename__ = "bench_people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(unique=True)


class _Plan(_Base):
    __tablename__ = "bench_plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    message_id: Mapped[str]
    sender_id: Mapped[str]
    audience: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class PersonIn(BaseModel):
    """Whom."""

    name: str
    phone: str


class PersonOut(PersonIn):
    """As stored."""

    id: int


class PlanIn(BaseModel):
    """What, to whom, when."""

    name: str
    message_id: str
    sender_id: str
    audience: dict[str, Any]
    timing: dict[str, Any]


class PlanOut(BaseModel):
    """As stored."""

    id: int
    name: str
    message_id: str
    sender_id: str
    audience: dict[str, Any]
    at: datetime


def _session() -> Iterator[Session]:
    with Session(_engine) as session, session.begin():
        yield session


Writing = Annotated[Session, Depends(_session, scope="function")]


@router.get("/constant")
def constant() -> dict[str, bool]:
    """The least an endpoint can do."""
    return {"ok": True}


@router.post("/recipients", status_code=201)
def add_person(body: PersonIn, session: Writing) -> PersonOut:
    """Insert one."""
    row = _Person(**body.model_dump())
    session.add(row)
    session.flush()
    return PersonOut(id=row.id, name=row.name, phone=row.phone)


@router.post("/schedules", status_code=201)
def add_plan(body: PlanIn, session: Writing) -> PlanOut:
    """Insert one."""
    values = body.model_dump()
    at = datetime.fromisoformat(values.pop("timing")["at"])
    row = _Plan(at=at, **values)
    session.add(row)
    session.flush()
    return PlanOut(id=row.id, at=row.at, **values)


_Base.metadata.create_all(_engine)
app = FastAPI()
app.include_router(router)
