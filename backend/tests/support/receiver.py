"""A business's server: takes callbacks, keeps them, answers as told."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

Json = dict[str, Any]


@dataclass
class Receiver:
    """``answers`` are HTTP statuses for the next POSTs; after them 200."""

    url: str = ""
    verify_token: str = "handshake-token"
    answers: deque[int] = field(default_factory=deque)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str | None] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes, signature: str | None) -> int:
        with self.changed:
            status = self.answers.popleft() if self.answers else 200
            self.bodies.append(body)
            self.signatures.append(signature)
            self.changed.notify_all()
            return status

    def changes(self) -> list[Json]:
        """All ``changes[]`` received, in order, repeats included."""
        posts = [json.loads(body) for body in list(self.bodies)]
        return [c for post in posts for entry in post["entry"] for c in entry["changes"]]

    def items(self, slot: str) -> list[Json]:
        """All ``statuses``, ``messages`` or ``user_preferences`` received."""
        return [item for change in self.changes() for item in change["value"].get(slot, [])]

    def wait(self, condition: Callable[[], bool], timeout_s: float = 10) -> None:
        """Wait until the condition holds after some callback; fails at the deadline."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                assert self.changed.wait(deadline - time.monotonic()), self.bodies[-5:]

    def wait_for_statuses(self, count: int) -> list[Json]:
        self.wait(lambda: len(self.items("statuses")) >= count)
        return self.items("statuses")


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a free port of loopback."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/callback"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(receiver.take(body, self.headers.get("X-Hub-Signature-256")), b"")

        def do_GET(self) -> None:
            query = parse_qs(urlparse(self.path).query)
            right = query["hub.verify_token"] == [receiver.verify_token]
            body = query["hub.challenge"][0].encode() if right else b""
            self._answer(200 if right else 403, body)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            return

    return Handler
