"""Bodies of imports."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json

from app.api.schemas.base import Instant, Out
from app.api.schemas.recipients import ConsentIn
from app.api.schemas.workspaces import Country
from app.models.imports import RecipientImport
from app.services.imports.uploads import Options

_SHOWN_ERRORS = 50


def _list(value: Any) -> Any:
    # Forms repeat a field, give a list as JSON, or separate by commas: each is taken.
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        text = value[0].strip()
        if text.startswith("["):
            try:
                return json.loads(text)
            except ValueError:
                return value
        return [part.strip() for part in text.split(",") if part.strip()]
    return value


class ImportIn(BaseModel):
    """A CSV file and what to do with it; ``mapping`` and ``consent`` as JSON text."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile
    mapping: Json[dict[str, str | None]] | None = None
    group_ids: Annotated[list[UUID], BeforeValidator(_list), Field(max_length=200)] = []
    consent: Json[ConsentIn] | None = None
    default_country: Country | None = None
    on_conflict: Literal["skip", "update", "error"] = "skip"

    def options(self) -> Options:
        """As the services take it."""
        return Options(
            mapping=self.mapping,
            group_ids=self.group_ids,
            consent=self.consent.given() if self.consent else None,
            default_country=self.default_country,
            on_conflict=self.on_conflict,
        )


class RowError(Out):
    """A row that wasn't taken; ``row`` as a spreadsheet counts, the header is 1."""

    row: int
    field: str
    code: str
    message: str


class RowWarning(Out):
    """A row that was taken otherwise than given."""

    row: int
    code: Literal["opt_out_kept"]


class ImportOut(Out):
    """An import; ``errors`` are the first 50, all are in its ``errors.csv``."""

    id: UUID
    filename: str
    status: Literal["queued", "running", "completed", "failed"]
    detail: str | None
    mapping: dict[str, str | None]
    total: int
    processed: int
    created: int
    updated: int
    skipped: int
    failed: int
    errors: list[RowError]
    warnings: list[RowWarning]
    created_at: Instant
    finished_at: Instant | None

    @classmethod
    def of(cls, row: RecipientImport) -> "ImportOut":
        """From its row."""
        own = {
            name: getattr(row, name)
            for name in cls.model_fields.keys() - {"mapping", "errors", "warnings"}
        }
        return cls(
            **own,
            mapping=row.options["mapping"],
            errors=row.errors[:_SHOWN_ERRORS],
            warnings=row.warnings[:_SHOWN_ERRORS],
        )
