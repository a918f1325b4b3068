"""Whatever stops a send: each locks the row alone, changes it and commits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.evidence import Act
from chaos.simulation.database import Database, LostError
from chaos.simulation.loop import Host, Steps
from chaos.simulation.rows import Lane, Person, Sender

_POLL_S, _STEP_S, _LONGEST_S = 0.005, 0.002, 0.2


@dataclass
class Users:
    """Through the API; ``acts`` is what they did, and when they were told that it was done."""

    db: Database
    host: Host
    acts: list[Act] = field(default_factory=list)

    def opt_out(self, person: Person) -> Steps:
        """For good."""

        def change() -> None:
            self.db.note("consent", person.id, None, before="allowed", after="opted_out")
            person.opted_out = True

        if not person.opted_out:
            yield from self._act("opt_out", str(person.id), [person], change)

    def cancel(self, lane: Lane) -> Steps:
        """For good; its rows are turned over later."""
        yield from self._act("cancel", str(lane.schedule), [lane], self._set(lane, "cancelled"))

    def pause(self, lane: Lane, seconds: float) -> Steps:
        """And resume."""
        yield from self._act("pause", "", [lane], self._set(lane, "paused"))
        yield seconds
        yield from self.resume(lane)

    def resume(self, lane: Lane) -> Steps:
        """If it is paused."""
        if lane.state == "paused":
            yield from self._act("resume", "", [lane], self._set(lane, "runnable"))

    def edit(self, lane: Lane) -> Steps:
        """What is claimed under the version before must be claimed anew."""

        def change() -> None:
            lane.version += 1

        yield from self._act("edit", "", [lane], change)

    def pause_sender(self, sender: Sender, seconds: float) -> Steps:
        """A stop order; once it is obeyed, a person mends the cause and resumes."""
        yield from self._switch(sender, active=False)
        yield seconds
        yield from self._switch(sender, active=True)

    def _switch(self, sender: Sender, *, active: bool) -> Steps:
        for lane in sender.lanes:
            if lane.sender_active != active:
                yield from self._act("sender", "", [lane], self._activate(lane, active))

    def _set(self, lane: Lane, state: str) -> Callable[[], None]:
        def change() -> None:
            if lane.state not in (state, "cancelled"):
                before, lane.state = lane.stopped, state
                self._note(lane, before)

        return change

    def _activate(self, lane: Lane, active: bool) -> Callable[[], None]:
        def change() -> None:
            before, lane.sender_active = lane.stopped, active
            self._note(lane, before)

        return change

    def _note(self, lane: Lane, before: str) -> None:
        if lane.stopped != before:
            self.db.note("lane", lane.id, lane, before=before, after=lane.stopped)

    def _act(
        self, kind: str, subject: str, rows: list[Lane | Person], change: Callable[[], None]
    ) -> Steps:
        asked_at, loop = self.db.loop.now, self.db.loop
        while True:
            open_ = self.db.begin(self.host)
            while not open_.over and not open_.take(rows):
                yield _POLL_S
            yield loop.chance.uniform(0, _LONGEST_S)
            try:
                open_.commit(change)
            except LostError:
                # Nobody knows; each of these may be asked for again.
                yield _POLL_S
                continue
            break
        yield _STEP_S
        if subject:
            self.acts.append(Act(kind, subject, asked_at, loop.now))
