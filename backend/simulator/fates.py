"""What becomes of an accepted message: Meta refuses most people only by callback."""

from dataclasses import dataclass
from random import Random

from simulator import messages
from simulator.behaviours import Reach, draw_share
from simulator.pacing import Parcel
from simulator.state import Simulator
from simulator.world import Recipient


@dataclass(frozen=True, slots=True)
class Fate:
    """How far a message gets; ``code`` with reach ``failed``, which a second device of the
    person may still turn into delivered."""

    reach: Reach
    code: int | None = None
    delivered_after: bool = False

    @property
    def furthest(self) -> Reach:
        return "delivered" if self.delivered_after else self.reach


def decide(sim: Simulator, parcel: Parcel, media_id: str | None, rng: Random) -> Fate:
    """Rules first, then the person's own behaviour, then the mix."""
    fate = _by_rules(sim, parcel, media_id) or _by_person(sim, parcel, rng)
    if fate.reach == "failed":
        after = rng.random() < sim.knobs.callbacks.delivered_after_failed_probability
        return Fate("failed", fate.code, delivered_after=after)
    return fate


def _by_rules(sim: Simulator, parcel: Parcel, media_id: str | None) -> Fate | None:
    if parcel.wa_id is None and parcel.user_id is None:
        return Fate("silent")
    number = sim.world.numbers[parcel.phone_number_id]
    in_window = sim.window_is_open(number, _key(sim, parcel))
    if parcel.type != "template" and sim.knobs.enforce_window and not in_window:
        return Fate("failed", 131047)
    if parcel.type in messages.MEDIA and not _media_is_usable(sim, media_id):
        return Fate("failed", 131053)
    person = sim.world.person(parcel.wa_id, parcel.user_id)
    refusal = _marketing_refusal(sim, parcel, person)
    return None if refusal is None else Fate("failed", refusal)


def _by_person(sim: Simulator, parcel: Parcel, rng: Random) -> Fate:
    fate = _own(sim.world.person(parcel.wa_id, parcel.user_id)) or _mixed(sim, rng)
    if fate.reach not in ("delivered", "read"):
        return fate
    if parcel.type == "reaction":
        return Fate("sent")
    number = sim.world.numbers[parcel.phone_number_id]
    if parcel.type != "template" or sim.window_is_open(number, _key(sim, parcel)):
        return fate
    return _within_portfolio(sim, parcel, fate)


def _key(sim: Simulator, parcel: Parcel) -> str:
    """By what a person is counted and has windows, however the message was addressed."""
    if parcel.wa_id is not None:
        return parcel.wa_id
    person = sim.world.person(None, parcel.user_id)
    return person.wa_id if person else parcel.user_id or ""


def _media_is_usable(sim: Simulator, media_id: str | None) -> bool:
    if media_id is None:
        return True
    media = sim.world.media.get(media_id)
    return media is not None and media.expires_at > sim.clock.now()


def _marketing_refusal(sim: Simulator, parcel: Parcel, person: Recipient | None) -> int | None:
    if parcel.category != "marketing":
        return None
    if person is not None and person.stopped_marketing:
        return 131050
    wa_id = parcel.wa_id or ""
    if sim.knobs.us_marketing_refused and wa_id.startswith("1") and len(wa_id) == 11:
        return 131049
    return None


def _own(person: Recipient | None) -> Fate | None:
    if person is None or person.reach is None:
        return None
    return Fate(person.reach, person.code)


def _mixed(sim: Simulator, rng: Random) -> Fate:
    share = draw_share(sim.knobs.mix, rng)
    return Fate(share.reach, share.code)


def _within_portfolio(sim: Simulator, parcel: Parcel, fate: Fate) -> Fate:
    knobs = sim.knobs.limits
    business_id = sim.world.wabas[parcel.waba_id].business_id
    limit = sim.world.people_limit(business_id) if knobs.portfolio else None
    if sim.limits.reach(business_id, _key(sim, parcel), limit, sim.clock.now()):
        return fate
    return Fate("failed", knobs.portfolio_code)
