"""A website on this machine, with a journal of who asked for what and when."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A page takes so long, so that there is always something under way.
PACE_SECONDS = 0.02
# Whoever looks whether a page opens says so, and is not in the journal.
LOOKER = "x-looker"


@dataclass(frozen=True)
class Reply:
    """What an address answers."""

    body: bytes = b""
    kind: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # It answers 503 the first time.
    is_busy_first: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass
class Visit:
    """A request, by clock of this machine; `sent` is when its answer had left."""

    target: str
    begun: float
    status: int
    agent: str
    sent: float | None = None


class Site:
    """The replies at their addresses. `answer` gives those that are made as they are asked for, by path."""

    def __init__(self):
        self.replies: dict[str, Reply] = {}
        self.made = {}
        self.journal: list[Visit] = []
        self.lock = threading.Lock()
        self.busy: set[str] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # A client that was killed.
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def forget(self) -> None:
        """Begins a new journal."""
        with self.lock:
            self.journal, self.busy = [], set()

    def visits(self) -> list[Visit]:
        with self.lock:
            return list(self.journal)

    def targets(self) -> set[str]:
        """The addresses that were asked for."""
        return {visit.target for visit in self.visits()}

    def find(self, target: str) -> Reply:
        path = target.partition("?")[0]
        for beginning, make in self.made.items():
            if path.startswith(beginning):
                return make(path) or NOT_FOUND
        # A page that knows nothing of a query answers as without it.
        return self.replies.get(target) or self.replies.get(path) or NOT_FOUND

    def handler(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                begun = time.monotonic()
                reply = site.find(self.path)
                is_looker = LOOKER in self.headers
                if reply.is_busy_first and not is_looker:
                    with site.lock:
                        first, site.busy = self.path not in site.busy, site.busy | {self.path}
                    reply = BUSY if first else reply
                is_same = reply.status == 200 and self.headers.get("if-none-match") == reply.etag
                visit = Visit(self.path, begun, 304 if is_same else reply.status, self.headers.get("user-agent", ""))
                if not is_looker:
                    with site.lock:
                        site.journal.append(visit)
                    time.sleep(PACE_SECONDS)
                self.send_response(visit.status)
                if reply.kind and not is_same:
                    self.send_header("content-type", reply.kind)
                if reply.status == 200:
                    self.send_header("etag", reply.etag)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                body = b"" if is_same else reply.body
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                visit.sent = time.monotonic()

            def log_message(self, *_):
                pass

        return Handler


NOT_FOUND = Reply(b"<h1>Not found</h1><p>There is no such page.</p>", status=404)
BUSY = Reply(b"<p>Come back in a moment.</p>", status=503, headers={"retry-after": "1"})
