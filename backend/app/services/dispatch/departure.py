"""One marked message on its way to the wire: it waits for its turn with a connection in hand."""

import time
from functools import partial

from app.integrations.whatsapp.transport import SendRequest
from app.services.dispatch.jobs import Job
from app.services.dispatch.state import State


class Departure:
    """``sent_at`` is when its first byte left (monotonic), or when it was made until then."""

    def __init__(self, state: State, job: Job, deadline: float) -> None:
        self._state, self._job, self._deadline = state, job, deadline
        self._waits = True
        self.sent_at = time.monotonic()

    def request(self) -> SendRequest:
        """What the transport is asked to send."""
        account = self._state.account
        return SendRequest(
            account.phone_number_id,
            account.access_token,
            self._job.body,
            self._deadline,
            on_begun=self._begun,
            admit=partial(self._state.gate.enter, self._deadline),
        )

    def _begun(self) -> None:
        self.sent_at = time.monotonic()
        self._state.warmth.used()
        self.over()

    def over(self) -> None:
        """It leaves, or never will: the next may be marked."""
        if self._waits:
            self._waits = False
            self._state.backlog.left(self._job)
            self._state.work.set()
