"""What users do meanwhile: they opt out and they cancel, in a thread of its own.

Each act is asked for until the API confirms it, and both instants are noted: from the
confirmation on nothing may be marked for it.
"""

import random
import threading
import time
from collections.abc import Callable
from functools import partial

import requests

from chaos.evidence import Act
from chaos.stage import Stage
from chaos.world import World

_LOOK_EVERY_S = 0.25
# One person in so many opts out during the run.
_OPT_OUT_ONE_IN = 40
_ALREADY = 409


class Acts:
    """``with``-able. ``done`` is what users did, to be read after the end."""

    def __init__(self, stage: Stage, world: World) -> None:
        self.done: list[Act] = []
        self._world = world
        self._random = random.Random(f"{stage.size.seed}/acts")
        people = list(world.people)
        self._random.shuffle(people)
        self._leaving = people[: max(1, len(people) // _OPT_OUT_ONE_IN)]
        self._doomed = {id_: self._random.uniform(0.05, 0.9) for id_ in world.doomed}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="users", daemon=True)

    def __enter__(self) -> "Acts":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.time()
        whole = max(1.0, self._world.ends_at - began)
        moments = sorted(began + self._random.uniform(0, whole) for _ in self._leaving)
        while not self._ended.wait(_LOOK_EVERY_S):
            while moments and moments[0] <= time.time() and not self._ended.is_set():
                moments.pop(0)
                self._opt_out(self._leaving.pop())
            self._cancel_what_sends()

    def _opt_out(self, external_id: str) -> None:
        body = {"all": "opted_out", "source": "api"}
        path = f"recipients/external:{external_id}/consent"
        self._ask("opt_out", external_id, partial(self._world.api.post, path, body))

    def _cancel_what_sends(self) -> None:
        for id_, share in list(self._doomed.items()):
            try:
                counts = self._world.api.get(f"schedules/{id_}")["counts"]
            except requests.RequestException:
                return
            left = counts["audience"] - counts["scheduled"]
            if counts["audience"] and left >= share * counts["audience"]:
                del self._doomed[id_]
                self._ask(
                    "cancel", id_, partial(self._world.api.post, f"schedules/{id_}/cancel", {})
                )

    def _ask(self, kind: str, subject: str, call: Callable[[], object]) -> None:
        asked_at = time.time()
        while not self._ended.is_set():
            try:
                call()
            except requests.HTTPError as refusal:
                if refusal.response.status_code != _ALREADY:
                    time.sleep(_LOOK_EVERY_S)
                    continue
            except requests.RequestException:
                time.sleep(_LOOK_EVERY_S)
                continue
            self.done.append(Act(kind, subject, asked_at, time.time()))
            return
        self.done.append(Act(kind, subject, asked_at, None))
