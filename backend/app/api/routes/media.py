"""Media: files that messages carry."""

from fastapi import APIRouter

from app.api.deps import CanWriteMessages
from app.api.idempotency import Route
from app.api.problems import problems
from app.domain.errors import InvalidError

router = APIRouter(prefix="/media", tags=["media"], route_class=Route)


@router.post("", status_code=201, responses=problems(401, 403, 422))
def create_media(member: CanWriteMessages) -> None:
    """Uploading files is not supported yet."""
    raise InvalidError.not_supported_yet("file")
