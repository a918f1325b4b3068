"""What becomes of an accepted message: how far it gets, and after how long."""

from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Reach = Literal["silent", "sent", "delivered", "read", "failed"]


class Delay(BaseModel):
    """Seconds, uniform between ``low`` and ``high``."""

    model_config = ConfigDict(extra="forbid")

    low: float = Field(default=0, ge=0)
    high: float = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Delay":
        if self.high < self.low:
            raise ValueError("high must not be below low")
        return self

    def draw(self, rng: Random) -> float:
        return rng.uniform(self.low, self.high)


class Share(BaseModel):
    """One part of the mix people behave by; ``code`` only with ``failed``."""

    model_config = ConfigDict(extra="forbid")

    weight: float = Field(gt=0)
    reach: Reach
    code: int | None = None

    @model_validator(mode="after")
    def _code_fits(self) -> "Share":
        if (self.reach == "failed") != (self.code is not None):
            raise ValueError("a code belongs to reach 'failed' and to nothing else")
        return self


def draw_share(mix: list[Share], rng: Random) -> Share:
    return rng.choices(mix, [share.weight for share in mix])[0]
