"""Waiting for a condition with a deadline, on the event loop."""

import asyncio
from collections.abc import Callable

Condition = Callable[[], bool]


class Watch:
    """Whoever changes what others wait for calls ``notify``."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Condition, asyncio.Future[None]]] = []

    async def until(self, condition: Condition, timeout_s: float) -> bool:
        """True as soon as the condition holds, False after ``timeout_s`` seconds."""
        if condition():
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = (condition, future)
        self._waiting.append(waiter)
        try:
            await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            return condition()
        finally:
            self._waiting.remove(waiter)
        return True

    def notify(self) -> None:
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(None)
