"""The worker of ``celery_sender``, and what a message costs there."""

from pathlib import Path
from types import TracebackType
from typing import Self

from bench import celery_sender, cpu
from bench.stage import Stage
from devstack.processes import StartError, wait_until

_MESSAGES = 1_000
_READY_S = 60.0


class Worker:
    """Two processes that send one message a task."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._sent = 0
        # A database of its own within the trial's Redis.
        self._broker = f"{stage.trial.valkey.url.rpartition('/')[0]}/5"

    def __enter__(self) -> Self:
        self._stage.execute(celery_sender.TABLE)
        self._process = self._stage.helper(
            "celery", "-A", "bench.celery_sender", "worker", "--pool", "prefork",
            "--concurrency", "2", "--loglevel", "INFO", "-n", "tasks@%h",
            BENCH_DATABASE=self._stage.trial.postgres.url,
            BENCH_BROKER=self._broker,
            BENCH_URL=f"{self._stage.answerer}/v26.0/1/messages",
        )  # fmt: skip
        log = Path(self._stage.folder / "celery.log")
        if not wait_until(lambda: " ready." in log.read_text(), seconds=_READY_S):
            raise StartError(log.read_text())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stage.end(self._process)

    def measure(self) -> float:
        """Processor seconds a message of workers, PostgreSQL and Redis; publishing apart."""
        stage, first = self._stage, self._sent + 1
        self._sent += _MESSAGES
        stage.execute(celery_sender.FILL, [first, self._sent])
        before = stage.used(tasks=self._process.pid)
        app = celery_sender.application(self._broker)
        with app.producer_pool.acquire(block=True) as producer:
            for number in range(first, self._sent + 1):
                app.send_task(celery_sender.TASK, [number], producer=producer)
        stage.wait(celery_sender.SENT, self._sent)
        return sum(cpu.since(before, stage.used(tasks=self._process.pid)).values()) / _MESSAGES
