"""The shape of template components, as far as the simulator reads them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter


class _Part(BaseModel):
    """Meta adds fields without notice, so unknown ones pass."""

    model_config = ConfigDict(extra="allow", strict=True)

    type: str
    text: str = ""


class _Button(_Part):
    url: str = ""


class _Component(_Part):
    format: str = "TEXT"
    buttons: list[_Button] = []


_COMPONENTS = TypeAdapter(list[_Component])


def checked(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same list; raises pydantic's ValidationError when a part can't be read."""
    _COMPONENTS.validate_python(components)
    return components
