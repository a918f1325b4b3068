"""Refusals: what callers may have done wrong, as typed exceptions.

The API maps each to problem+json (RFC 9457) once; services only raise them.
``code`` is stable and part of the contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of the caller's input and what would be right."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """A request that is understood and not carried out."""

    status = 400
    code = "bad_request"
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)
        self.retry_after = retry_after


class NotAuthenticatedError(Refusal):
    status, code, title = 401, "not_authenticated", "Not authenticated"


class ForbiddenError(Refusal):
    status, code, title = 403, "forbidden", "Not allowed"


class NotFoundError(Refusal):
    """Also for objects of another workspace: their existence is not told."""

    status, code, title = 404, "not_found", "Not found"

    def __init__(self, noun: str, id_: object) -> None:
        super().__init__(f"There is no {noun} {id_} in this workspace.")


class ConflictError(Refusal):
    status, code, title = 409, "conflict", "Not possible in this state"


class StaleVersionError(Refusal):
    status, code, title = 412, "stale_version", "Changed by somebody else meanwhile"


class TooLargeError(Refusal):
    status, code, title = 413, "too_large", "Too large"


class UnsupportedMediaError(Refusal):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class InvalidError(Refusal):
    """Input that can't be taken; ``errors`` names each field."""

    status, code, title = 422, "invalid", "Invalid input"

    @classmethod
    def of(cls, field: str, code: str, message: str) -> "InvalidError":
        """The common case: one field is wrong."""
        return cls(message, code=code, errors=[FieldError(field, code, message)])

    @classmethod
    def not_supported_yet(cls, field: str) -> "InvalidError":
        """For what the contract names and this version doesn't build."""
        return cls.of(field, "not_supported_yet", f"{field} is not supported by this version yet.")

    @classmethod
    def unknown_reference(cls, field: str, id_: object) -> "InvalidError":
        """An id in a body that names nothing in this workspace."""
        return cls.of(field, "unknown_reference", f"{field}: {id_} does not exist.")


class TooManyRequestsError(Refusal):
    status, code, title = 429, "too_many_requests", "Too many requests"


class UpstreamError(Refusal):
    """WhatsApp did not answer a management call; nothing was changed."""

    status, code, title = 502, "upstream_unavailable", "WhatsApp did not answer"
