"""What exists at the imitated Meta: apps, accounts, numbers, tokens, templates, people."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from simulator import components, phones
from simulator.behaviours import Reach

Permission = Literal["whatsapp_business_messaging", "whatsapp_business_management"]
Json = dict[str, Any]

# People a portfolio may reach outside open windows in 24 h; None is unlimited.
TIERS: dict[str, int | None] = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class MetaApp(Item):
    """An app in Meta's sense: signs callbacks and says where they go."""

    id: str
    name: str = "Simulated app"
    secret: str
    webhook_url: str | None = None
    verify_token: str | None = None


class Override(Item):
    callback_uri: str
    verify_token: str = ""


class Waba(Item):
    """A WhatsApp Business Account; accounts of one ``business_id`` share the daily limit."""

    id: str
    name: str = "Simulated account"
    business_id: str = "100000000000001"
    currency: str = "USD"
    timezone_id: str = "1"
    country: str = "US"
    # app id -> its override of the app's own address, if any
    subscriptions: dict[str, Override | None] = Field(default_factory=dict)


class Number(Item):
    """A business phone number; ``throughput_mps`` counts messages in and out."""

    id: str
    waba_id: str
    display_phone_number: str
    verified_name: str = "Simulated business"
    status: str = "CONNECTED"
    quality_rating: str = "GREEN"
    throughput_mps: float = Field(default=80, gt=0)
    name_status: str = "APPROVED"
    override: Override | None = None
    maintenance_until: float = 0

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.display_phone_number))


class Token(Item):
    """An access token; empty ``waba_ids`` sees every account."""

    value: str
    app_id: str
    waba_ids: list[str] = Field(default_factory=list)
    permissions: list[Permission] = [
        "whatsapp_business_messaging",
        "whatsapp_business_management",
    ]
    expired: bool = False


class Template(Item):
    """A message template; with ``pacing_first_n`` what follows the first n is held."""

    id: str
    waba_id: str
    name: str = Field(pattern=r"^[a-z0-9_]{1,512}$")
    language: str = "en_US"
    category: Literal["MARKETING", "UTILITY", "AUTHENTICATION"] = "UTILITY"
    status: str = "APPROVED"
    parameter_format: Literal["POSITIONAL", "NAMED"] = "POSITIONAL"
    components: Annotated[list[Json], AfterValidator(components.checked)]
    quality_score: str = "GREEN"
    rejected_reason: str = "NONE"
    message_send_ttl_seconds: int | None = None
    approve_at: float | None = None
    pacing_first_n: int | None = None


class Recipient(Item):
    """A person who differs from the default mix; kept by WhatsApp id.

    ``user_id`` is the business-scoped id; ``hide_phone`` leaves only that in callbacks.
    """

    phone: str
    reach: Reach | None = None
    code: int | None = None
    profile_name: str = "Simulated person"
    user_id: str | None = None
    username: str | None = None
    hide_phone: bool = False
    stopped_marketing: bool = False

    @property
    def wa_id(self) -> str:
        return phones.wa_id("".join(filter(str.isdigit, self.phone)))


class Media(Item):
    """An uploaded or received file; its bytes lie beside the database."""

    id: str
    phone_number_id: str
    mime_type: str
    sha256: str
    file_size: int
    expires_at: float


class World(BaseModel):
    """Everything above, by id; persisted as one document."""

    apps: dict[str, MetaApp] = Field(default_factory=dict)
    wabas: dict[str, Waba] = Field(default_factory=dict)
    numbers: dict[str, Number] = Field(default_factory=dict)
    tokens: dict[str, Token] = Field(default_factory=dict)
    templates: dict[str, Template] = Field(default_factory=dict)
    recipients: dict[str, Recipient] = Field(default_factory=dict)
    media: dict[str, Media] = Field(default_factory=dict)
    # business id -> tier of its messaging limit
    limits: dict[str, str] = Field(default_factory=dict)

    def people_limit(self, business_id: str) -> int | None:
        return TIERS[self.limits.get(business_id, "TIER_UNLIMITED")]

    def templates_of(self, waba_id: str) -> list[Template]:
        return [t for t in self.templates.values() if t.waba_id == waba_id]

    def numbers_of(self, waba_id: str) -> list[Number]:
        return [n for n in self.numbers.values() if n.waba_id == waba_id]

    def person(self, wa_id: str | None, user_id: str | None) -> Recipient | None:
        """Who was given a behaviour; people are kept by WhatsApp id."""
        if wa_id is not None:
            return self.recipients.get(wa_id)
        return next((p for p in self.recipients.values() if p.user_id == user_id), None)

    def clear(self) -> None:
        """Empty it in place: others hold this very object."""
        for name in type(self).model_fields:
            getattr(self, name).clear()
