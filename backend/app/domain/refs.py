"""How rows are addressed: never by a bare id, always inside a workspace."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ref:
    """One row of one workspace."""

    workspace_id: UUID
    id: UUID

    def beside(self, other_id: UUID) -> "Ref":
        """Another row of the same workspace."""
        return Ref(self.workspace_id, other_id)
