"""The program as a process, for suites that start, stop and break it themselves. Python's own library only."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# No measure of speed: what has not ended by then hangs. A suite with slow parts sets more.
HANG_SECONDS = int(os.environ.get("HANG_SECONDS", "120"))


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    def data(self, status: int = 200):
        """The `data` of an answer that must have this status."""
        assert self.status == status, f"{self.status} {self.body[:300]!r}"
        return self.json["data"]


@dataclass
class Program:
    """The built program with a data folder, and settings of its environment."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.file = Path(os.environ.get("ROBOFY_PROGRAM", ROOT / "target/debug/robofy")).resolve()
        if not self.file.is_file():
            raise SystemExit(f"{self.file} is missing: build it with `cargo build`, or name another in ROBOFY_PROGRAM")
        self.data = self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        # Settings of the caller's own server must not reach this one.
        own = {name: value for name, value in os.environ.items() if not name.startswith("ROBOFY_")}
        return own | {f"ROBOFY_{name}": value for name, value in self.settings.items()}

    def begin(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [self.file, *arguments], env=self.environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.file, *arguments], env=self.environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=HANG_SECONDS,
        )  # fmt: skip

    def well(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
        return done.stdout

    def ill(self, *arguments: str, code: int = 1) -> str:
        """The one line of a command that must fail."""
        done = self.run(*arguments)
        assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
        lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
        assert len(lines) == 1 and lines[0].startswith("robofy: "), f"{arguments}: {done.stderr}"
        return lines[0]

    def quickstart(self, *arguments: str) -> dict:
        return json.loads(self.well("quickstart", "--json", *arguments))

    @contextlib.contextmanager
    def serve(self, *arguments: str) -> Iterator["Server"]:
        server = Server(self, arguments)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.kill()


class Server:
    """`robofy serve` on a free port."""

    def __init__(self, program: Program, arguments: tuple[str, ...] = (), host: str = "127.0.0.1"):
        self.port = free_port()
        self.out, self.log = program.folder / f"out-{self.port}", program.folder / f"log-{self.port}"
        with self.out.open("wb") as out, self.log.open("wb") as log:
            command = [program.file, "serve", "--listen", f"{host}:{self.port}", *arguments]
            self.process = subprocess.Popen(
                command, env=program.environment, cwd=program.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=log
            )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.call("GET", "/readyz").status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the server did not get ready; its log ends\n{self.tail()}")

    def call(self, method: str, path: str, body=None, credential: str | None = None, **headers: str) -> Answer:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if credential:
            headers["authorization"] = f"Bearer {credential}"
        if body is not None and not isinstance(body, bytes):
            headers.setdefault("content-type", "application/json")
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def upload(self, path: str, chatbot: str, name: str, content: bytes, credential: str) -> Answer:
        mark = "suite-boundary"
        parts = [
            f'--{mark}\r\ncontent-disposition: form-data; name="chatbot_id"\r\n\r\n{chatbot}\r\n'.encode(),
            f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode(),
            content,
            f"\r\n--{mark}--\r\n".encode(),
        ]
        return self.call("POST", path, b"".join(parts), credential, content_type=f"multipart/form-data; boundary={mark}")

    def connect(self, receive_buffer: int | None = None) -> socket.socket:
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(HANG_SECONDS)
        plain.connect(("127.0.0.1", self.port))
        return plain

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def code(self) -> int:
        return self.process.wait(HANG_SECONDS)

    def stop(self) -> None:
        self.terminate()
        assert self.code() == 0, f"ended with {self.process.returncode}; its log ends\n{self.tail()}"

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Agent:
    """An agent by what addresses it."""

    server: Server
    key: str
    project: str
    chatbot: str

    @classmethod
    def of(cls, server: Server, facts: dict) -> "Agent":
        return cls(server, facts["api_key"], str(facts["project_id"]), facts["chatbot_id"])

    def at(self, server: Server) -> "Agent":
        return Agent(server, self.key, self.project, self.chatbot)

    def teach(self, name: str, content: str, **headers: str) -> Answer:
        body = {"chatbot_id": self.chatbot, "content": content, "file_name": name}
        return self.server.call("POST", f"/v1/ai-agent/link_content/{self.project}", body, self.key, **headers)

    def teach_file(self, name: str, content: bytes) -> Answer:
        return self.server.upload(f"/v1/ai-agent/upload_file/{self.project}", self.chatbot, name, content, self.key)

    def question(self, query: str, session: str | None = None, platform: str = "web") -> dict:
        context = {"platform": platform} | ({"session_id": session} if session else {})
        return {"query": query, "pid": self.project, "chatbot_id": self.chatbot, "user_context": context}

    def ask(self, query: str, session: str | None = None, credential: str | None = None, platform: str = "web", **headers: str) -> Answer:
        return self.server.call("POST", "/v1/ai-agent/chat", self.question(query, session, platform), credential or self.key, **headers)

    def stream(self, query: str, session: str | None = None, credential: str | None = None) -> tuple[Answer, list]:
        """The answer and its events, the last of which is the text `[DONE]` when it is whole."""
        answer = self.server.call("POST", "/v1/ai-agent/chat/stream", self.question(query, session), credential or self.key)
        return answer, events(answer.body)

    def search(self, query: str) -> list[dict]:
        path = f"/v1/ai-agent/search/{self.project}/{self.chatbot}"
        return self.server.call("POST", path, {"query": query, "limit": 10}, self.key).data()["results"]

    def handshake(self, session: str | None = None) -> dict:
        body = {"chatbot_id": self.chatbot, "project_id": self.project, "version": 2} | ({"session_id": session} if session else {})
        answer = self.server.call("POST", "/v1/ai-agent/handshake", body)
        assert answer.status == 200, answer
        return answer.json


def events(stream: bytes) -> list:
    lines = [line.removeprefix("data: ") for line in stream.decode().split("\n") if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """A fresh PostgreSQL database and a master key, as settings of the program."""
    url = os.environ.get("ROBOFY_TEST_DATABASE_URL")
    if not url:
        raise SystemExit("ROBOFY_TEST_DATABASE_URL is not set: run the suite under `scripts/postgres run`")
    name = f"suite_{secrets.token_hex(8)}"
    psql = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url, "--command"]
    subprocess.run([*psql, f"CREATE DATABASE {name}"], check=True)
    try:
        parts = urllib.parse.urlsplit(url)
        yield {"DATABASE_URL": parts._replace(path=f"/{name}").geturl(), "MASTER_KEY_FILE": str(master_key(folder))}
    finally:
        subprocess.run([*psql, f"DROP DATABASE {name} WITH (FORCE)"], check=True)


def master_key(folder: Path) -> Path:
    key = folder / "given-master.key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    return key


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
