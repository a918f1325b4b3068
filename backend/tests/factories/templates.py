"""Templates."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.models.templates import Template
from app.services import templates

FILE = Path(__file__).parents[1] / "contract" / "fixtures" / "templates.json"
LISTED: dict[str, dict[str, Any]] = {item["name"]: item for item in json.loads(FILE.read_text())}
WABA = "200000000000001"


def template(session: Session, workspace_id: UUID, name: str = "order_update") -> Template:
    """One of the templates of the contract fixtures, as a sync stores it."""
    templates.store(session, workspace_id, f"{WABA}-{name}", [LISTED[name]], clock.now())
    session.commit()
    return session.query(Template).filter_by(workspace_id=workspace_id, name=name).one()
