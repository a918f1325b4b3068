"""The disk: a SQLite file written behind the loop's back every few milliseconds.

A killed simulator loses at most the last interval, unless the knob ``durable_answers`` makes
answers wait for the disk.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INTERVAL_S = 0.05
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS documents (
  collection TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (collection, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
Key = tuple[str, str]


class Journal:
    """Coalesces writes: of many puts of one key within an interval the last counts.

    A body is text, or a callable asked for it only when the interval is written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "simulator.sqlite3", check_same_thread=False)
        self._db.executescript(_SCHEMA)
        self._writer = ThreadPoolExecutor(1, "journal")
        self._documents: dict[Key, str | Callable[[], str] | None] = {}
        self._rows: dict[int, Callable[[], str]] = {}
        self._next_write: asyncio.Future[None] | None = None

    def documents(self, collection: str) -> dict[str, str]:
        """What is stored; for start-up only."""
        query = "SELECT key, body FROM documents WHERE collection = ?"
        return dict(self._db.execute(query, (collection,)).fetchall())

    def ledger_rows(self) -> Iterable[str]:
        return (body for (body,) in self._db.execute("SELECT body FROM ledger ORDER BY seq"))

    def put(self, collection: str, key: str, body: str | Callable[[], str]) -> None:
        self._documents[(collection, key)] = body

    def delete(self, collection: str, key: str) -> None:
        self._documents[(collection, key)] = None

    def append(self, seq: int, body: Callable[[], str]) -> None:
        self._rows[seq] = body

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._documents.clear()
        self._rows.clear()
        self._writer.submit(self._erase).result()

    async def written(self) -> None:
        """Return once everything put so far is on disk."""
        if self._next_write is None:
            self._next_write = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._next_write)

    async def run(self) -> None:
        """Write for ever; cancel it, then ``close``."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(INTERVAL_S)
            waiting, self._next_write = self._next_write, None
            if self._documents or self._rows:
                await loop.run_in_executor(self._writer, self._write, *self._take())
            if waiting is not None:
                waiting.set_result(None)

    def close(self) -> None:
        self._writer.submit(self._write, *self._take()).result()
        self._writer.shutdown()
        self._db.close()

    def _take(self) -> tuple[list[tuple[Key, str | None]], list[tuple[int, str]]]:
        documents = [(k, b() if callable(b) else b) for k, b in self._documents.items()]
        rows = [(seq, body()) for seq, body in self._rows.items()]
        self._documents, self._rows = {}, {}
        return documents, rows

    def _write(self, documents: list[tuple[Key, str | None]], rows: list[tuple[int, str]]) -> None:
        puts = [(*key, body) for key, body in documents if body is not None]
        gone = [key for key, body in documents if body is None]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO ledger VALUES (?, ?)", rows)
            self._db.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", puts)
            self._db.executemany("DELETE FROM documents WHERE collection = ? AND key = ?", gone)

    def _erase(self) -> None:
        with self._db:
            self._db.execute("DELETE FROM documents")
            self._db.execute("DELETE FROM ledger")
