"""Write the API's OpenAPI document to ``docs/openapi.json``: ``python -m devstack.openapi``.

The dashboard's types are generated from that file; a test fails when it is out of date.
"""

import json
import os

from devstack.layout import ROOT

TARGET = ROOT / "docs" / "openapi.json"
# The document depends on no setting, but the application doesn't load without these.
_PLACEHOLDERS = {
    "DATABASE_URL": "postgresql://127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SECRET_KEY": "-" * 32,
}


def render() -> str:
    """The document as text, the same for the same code."""
    for name, value in _PLACEHOLDERS.items():
        os.environ.setdefault(name, value)
    from app.main import create_app

    return json.dumps(create_app().openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render())
