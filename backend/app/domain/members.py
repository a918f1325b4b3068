"""Who is calling: a person's session or an API key, bound to one workspace."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.permissions import Role
from app.domain.refs import Ref


@dataclass(frozen=True, slots=True)
class Member:
    """The caller. Exactly one of ``user_id`` and ``api_key_id`` is set."""

    workspace_id: UUID
    scopes: frozenset[str]
    user_id: UUID | None = None
    session_id: UUID | None = None
    role: Role | None = None
    api_key_id: UUID | None = None

    def ref(self, id_: UUID) -> Ref:
        """A row of the caller's workspace."""
        return Ref(self.workspace_id, id_)

    @property
    def actor(self) -> str:
        """How the caller is named in ledgers: ``user:<id>`` or ``api_key:<id>``."""
        return f"user:{self.user_id}" if self.user_id else f"api_key:{self.api_key_id}"

    @property
    def person_id(self) -> UUID:
        """The user's id, for calls that no key can make."""
        assert self.user_id is not None, "a route let a key do what takes a person"
        return self.user_id
