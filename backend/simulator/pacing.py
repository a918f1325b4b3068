"""Template pacing: messages held back until their template's quality is known."""

import json
from collections import Counter
from dataclasses import asdict, dataclass

from simulator.journal import Journal
from simulator.world import Template

_COLLECTION = "held"


@dataclass(frozen=True, slots=True)
class Parcel:
    """An accepted message, as far as its later reports need it."""

    wamid: str
    seq: int
    waba_id: str
    phone_number_id: str
    phone: str | None
    wa_id: str | None
    user_id: str | None
    opaque: str | None
    type: str
    category: str
    template_id: str | None = None


class Pacing:
    """Counts sends per template and keeps what is held."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sent: Counter[str] = Counter()
        self._held: dict[str, Parcel] = {
            wamid: Parcel(**json.loads(body))
            for wamid, body in journal.documents(_COLLECTION).items()
        }

    def must_hold(self, template: Template) -> bool:
        """Count one send; True when it comes after the first n."""
        self._sent[template.id] += 1
        first_n = template.pacing_first_n
        return first_n is not None and self._sent[template.id] > first_n

    def hold(self, parcel: Parcel) -> None:
        self._held[parcel.wamid] = parcel
        self._journal.put(_COLLECTION, parcel.wamid, json.dumps(asdict(parcel)))

    def release(self, template_id: str) -> list[Parcel]:
        """Give back all that is held of a template."""
        parcels = [p for p in self._held.values() if p.template_id == template_id]
        for parcel in parcels:
            del self._held[parcel.wamid]
            self._journal.delete(_COLLECTION, parcel.wamid)
        return parcels

    def clear(self) -> None:
        self._sent.clear()
        self._held.clear()
