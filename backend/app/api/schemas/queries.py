"""Query parameters that several lists share."""

from datetime import datetime
from typing import Annotated

from pydantic.functional_validators import BeforeValidator

from app.domain import local_time
from app.domain.errors import InvalidError


def _instant(text: object) -> datetime:
    try:
        return local_time.parse_instant(str(text))
    except InvalidError as error:
        raise ValueError(error.detail) from None


# An instant with an offset: 2026-12-01T15:00:00Z
QueryInstant = Annotated[datetime, BeforeValidator(_instant)]
