"""Items of a bulk body: each is read by itself, so that one bad one spoils nothing."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from app.api import problems
from app.api.schemas.recipients import BulkOut, ItemError, RecipientIn, Warned
from app.domain.errors import FieldError
from app.domain.recipient_bulk import OPT_OUT_KEPT, Outcome
from app.domain.recipients import Draft

IndexedErrors = list[tuple[int, FieldError]]


def read(items: Sequence[Any]) -> tuple[list[tuple[int, Draft]], IndexedErrors]:
    """Drafts of the items that can be read, by index, and what is wrong with the others."""
    drafts: list[tuple[int, Draft]] = []
    errors: IndexedErrors = []
    for index, item in enumerate(items):
        try:
            drafts.append((index, RecipientIn.model_validate(item).draft()))
        except ValidationError as error:
            errors += [
                (index, problems.field_error(found, of_request=False)) for found in error.errors()
            ]
    return drafts, errors


def answer(outcome: Outcome, unread: IndexedErrors) -> BulkOut:
    """What became of all items."""
    errors = sorted(unread + outcome.errors, key=lambda error: error[0])
    return BulkOut(
        created=outcome.created,
        updated=outcome.updated,
        skipped=outcome.skipped,
        errors=[
            ItemError(index=index, field=e.field, code=e.code, message=e.message)
            for index, e in errors
        ],
        warnings=[Warned(index=index, code=OPT_OUT_KEPT) for index in outcome.opt_outs_kept],
    )
