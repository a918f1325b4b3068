"""Sender bodies. Secrets go in and never come out."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, Out, Title
from app.models.senders import Sender
from app.services.senders import Use

MetaId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,32}$")]
Throughput = Annotated[int, Field(ge=1, le=1000, strict=True)]


def _printable(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    # Goes into a header: a line break or an emoji would fail there, far from its cause.
    if not (0 < len(text) <= 1000 and text.isascii() and text.isprintable() and " " not in text):
        raise PydanticCustomError("invalid", "must be 1 to 1000 printable characters, no spaces")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_printable)]
_KEPT_BY_US = frozenset(
    {
        "id",
        "display_phone_number",
        "verified_name",
        "quality_rating",
        "messaging_limit",
        "messaging_used_24h",
        "messaging_room_at",
        "status",
        "status_reason",
        "paused_until",
        "version",
        "created_at",
    }
)


class SenderIn(In):
    """A number to connect; ``verify: false`` skips the calls to Meta."""

    read_only: ClassVar[frozenset[str]] = _KEPT_BY_US

    name: Title
    phone_number_id: MetaId
    waba_id: MetaId
    access_token: Secret
    app_secret: Secret | None = None
    throughput_mps: Throughput = 80
    verify: bool = True


class SenderChanges(In):
    """What may be changed of a sender; ``app_secret: null`` goes back to the environment's."""

    read_only: ClassVar[frozenset[str]] = _KEPT_BY_US | {"phone_number_id", "waba_id"}

    name: Title = ""
    access_token: Secret = SecretStr("")
    app_secret: Secret | None = None
    throughput_mps: Throughput = 80


class SenderOut(Out):
    """A sender. ``messaging_limit`` is people in 24 h; null is unlimited or unknown.

    ``messaging_used_24h`` counts those written to first, by all numbers of the portfolio;
    ``messaging_room_at``: all of it is used, and this is when the first place is free again.
    ``paused_until``: it goes on by itself then; null while paused means a person decides.
    """

    id: UUID
    name: str
    phone_number_id: str
    waba_id: str
    display_phone_number: str | None
    verified_name: str | None
    quality_rating: str | None
    messaging_limit: int | None
    messaging_used_24h: int | None = None
    messaging_room_at: Instant | None = None
    throughput_mps: int
    status: Literal["active", "paused", "disconnected"]
    status_reason: str | None
    paused_until: Instant | None
    version: int
    created_at: Instant

    @classmethod
    def of(cls, row: Sender, use: Use | None) -> "SenderOut":
        """From a row and how much of its limit is used."""
        shown = cls.model_validate(row)
        if use is not None:
            shown.messaging_used_24h, shown.messaging_room_at = use.used, use.room_at
        return shown
