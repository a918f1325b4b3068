"""Rows of deliveries as one would make them at first: objects, ``add_all``, one commit.

python -m bench.orm_rows COUNT, with BENCH_DATABASE set: prints its processor seconds, start-up
apart.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import Session, registry

from app.core.ids import new_id
from app.models.deliveries import Delivery


class Row:
    """A delivery in the bench's own table."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def main(count: int) -> None:
    """Make ``count`` rows."""
    table = Delivery.metadata.tables["deliveries"].to_metadata(MetaData(), name="bench_deliveries")
    registry().map_imperatively(Row, table)
    occurrence_id, workspace_id, sender_id, due_at = new_id(), new_id(), new_id(), datetime.now(UTC)
    with Session(create_engine(os.environ["BENCH_DATABASE"])) as session:
        session.connection()
        before = time.process_time()
        session.add_all(
            Row(
                occurrence_id=occurrence_id,
                id=new_id(),
                workspace_id=workspace_id,
                recipient_id=new_id(),
                sender_id=sender_id,
                origin="schedule",
                status="scheduled",
                due_at=due_at,
                next_attempt_at=due_at,
                expires_at=due_at + timedelta(days=1),
            )
            for _ in range(count)
        )
        session.commit()
        print(time.process_time() - before)


if __name__ == "__main__":
    main(int(sys.argv[1]))
