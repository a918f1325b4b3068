"""Bodies of the control calls that make a world."""

from pydantic import BaseModel, ConfigDict, Field

from simulator.behaviours import Share
from simulator.world import Json, Permission, Recipient


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppBody(_Body):
    """``id`` given again changes that app."""

    id: str | None = None
    name: str = "Simulated app"
    secret: str | None = None
    webhook_url: str | None = None
    verify_token: str | None = None
    handshake: bool = False


class WabaBody(_Body):
    id: str | None = None
    name: str = "Simulated account"
    business_id: str = "100000000000001"
    messaging_limit: str = "TIER_UNLIMITED"
    country: str = "US"
    subscribed_app_ids: list[str] = Field(default_factory=list)


class NumberBody(_Body):
    id: str | None = None
    waba_id: str
    display_phone_number: str
    verified_name: str = "Simulated business"
    throughput_mps: float = Field(default=80, gt=0)


class TokenBody(_Body):
    value: str | None = None
    app_id: str
    waba_ids: list[str] = Field(default_factory=list)
    permissions: list[Permission] | None = None
    expired: bool = False


class TemplateBody(_Body):
    id: str | None = None
    name: str
    language: str = "en_US"
    category: str = "UTILITY"
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    components: list[Json]
    pacing_first_n: int | None = None
    message_send_ttl_seconds: int | None = None


class TemplatesBody(_Body):
    waba_id: str
    items: list[TemplateBody]


class PeopleBody(_Body):
    """``mix`` replaces how everybody without an own behaviour behaves."""

    items: list[Recipient] = Field(default_factory=list)
    mix: list[Share] | None = None
