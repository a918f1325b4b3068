"""Every knob of the simulator, with its default; see README.md for what each does."""

from pydantic import BaseModel, ConfigDict, Field

from simulator.behaviours import Delay, Share


class _Knobs(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CallbackKnobs(_Knobs):
    """How callbacks travel. Probabilities are per status; delays are seconds."""

    paused: bool = False
    sent_delay: Delay = Delay()
    delivered_delay: Delay = Delay(low=0, high=0.05)
    read_delay: Delay = Delay(low=0, high=0.05)
    failed_delay: Delay = Delay()
    duplicate_probability: float = Field(default=0, ge=0, le=1)
    duplicate_copies: int = Field(default=1, ge=1, le=100)
    reorder_probability: float = Field(default=0, ge=0, le=1)
    read_without_delivered_probability: float = Field(default=0, ge=0, le=1)
    delivered_after_failed_probability: float = Field(default=0, ge=0, le=1)
    before_answer_probability: float = Field(default=0, ge=0, le=1)
    loss_probability: float = Field(default=0, ge=0, le=1)
    late_probability: float = Field(default=0, ge=0, le=1)
    late_s: float = Field(default=30, ge=0)
    opaque_on_failed: bool = True
    batch_max: int = Field(default=10, ge=1, le=1000)
    batch_linger_s: float = Field(default=0, ge=0)
    concurrency: int = Field(default=8, ge=1, le=256)
    ack_timeout_s: float = Field(default=10, gt=0)
    retry_delays_s: list[float] = Field(default=[0.5, 1, 2, 4, 8, 15, 30, 60], min_length=1)
    give_up_s: float = Field(default=7 * 86_400, gt=0)


class LimitKnobs(_Knobs):
    """Meta's limits; throughput itself belongs to the number."""

    throughput: bool = True
    pair: bool = True
    pair_interval_s: float = Field(default=6, gt=0)
    pair_burst: int = Field(default=45, ge=1)
    portfolio: bool = True
    # Meta documents no code of its own for an exhausted portfolio.
    portfolio_code: int = 131048
    management_calls_per_hour: int = Field(default=5_000, ge=1)


class Knobs(_Knobs):
    """All knobs; PATCH merges into nested objects."""

    answer_delay: Delay = Delay()
    durable_answers: bool = False
    record_bodies: bool = False
    enforce_window: bool = True
    us_marketing_refused: bool = False
    template_review_s: float | None = 0
    mix: list[Share] = Field(default=[Share(weight=1, reach="read")], min_length=1)
    callbacks: CallbackKnobs = CallbackKnobs()
    limits: LimitKnobs = LimitKnobs()
