"""Streams read event by event, and the scripted provider as a process. Python's own library only."""

import http.client
import json
import os
import subprocess
import urllib.request
import uuid
from pathlib import Path

from program import HANG_SECONDS, ROOT, Agent


class Model:
    """A scripted provider, as a process."""

    def __init__(self):
        beside = Path(os.environ.get("ROBOFY_PROGRAM", ROOT / "target/debug/robofy"))
        program = beside.with_name("scripted-provider")
        if not program.is_file():
            raise SystemExit(f"{program} is missing: build it with `cargo build -p robofy-testkit`")
        # It ends when this process does, however that comes: its standard input closes then.
        self.process = subprocess.Popen([program, "--with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.base_url, self.address = told["base_url"], told["address"]

    def __enter__(self) -> "Model":
        return self

    def __exit__(self, *_) -> None:
        self.end()

    def asked(self) -> list[dict]:
        with urllib.request.urlopen(f"http://{self.address}/requests", timeout=HANG_SECONDS) as answer:
            return json.load(answer)["requests"]

    def script(self, pieces: list[str], delay_ms: int) -> None:
        """What the next request gets."""
        body = json.dumps({"pieces": pieces, "delay_ms": delay_ms}).encode()
        request = urllib.request.Request(f"http://{self.address}/script", body, {"content-type": "application/json"})
        urllib.request.urlopen(request, timeout=HANG_SECONDS).close()

    def settings(self, name: str) -> dict[str, str]:
        """Settings of a server that asks it for the model of this name."""
        return {"LLM_BASE_URL": self.base_url, "LLM_MODEL": name, "LLM_API_KEY": "none"}

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(HANG_SECONDS)


class Stream:
    """A stream with event ids, read event by event; through another port than the server's where one is given."""

    def __init__(
        self,
        agent: Agent,
        query: str | None = None,
        path: str = "/v1/ai-agent/chat/stream",
        last: str | None = None,
        key: str | None = None,
        session: str | None = None,
        port: int | None = None,
    ):
        self.session = session or str(uuid.uuid4())
        headers = {"authorization": f"Bearer {agent.key}", "x-robofy-resume": "1"}
        headers |= {"last-event-id": last} if last else {}
        headers |= {"idempotency-key": key} if key else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port or agent.server.port, timeout=HANG_SECONDS)
        if query is None:
            self.connection.request("GET", path, headers=headers)
        else:
            body = json.dumps(agent.question(query, self.session))
            self.connection.request("POST", path, body, headers | {"content-type": "application/json"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, (self.response.status, self.response.read())
        self.message = ""
        self.comments = 0

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()

    def next(self) -> tuple[str | None, str] | None:
        """Id and data of the next event; comments are counted."""
        name, data = None, None
        for line in iter(self.response.readline, b""):
            text = line.decode().rstrip("\n")
            if text.startswith("id: "):
                name = text.removeprefix("id: ")
                self.message = name.split(":")[0]
            elif text.startswith("data: "):
                data = text.removeprefix("data: ")
            elif text.startswith(":"):
                self.comments += 1
            elif not text and data is not None:
                return name, data
        return None

    def take(self, count: int) -> list[tuple[str | None, str]]:
        return [event for event in (self.next() for _ in range(count)) if event]

    def all(self) -> list[tuple[str | None, str]]:
        return list(iter(self.next, None))


def kinds(events: list[tuple[str | None, str]]) -> list[str]:
    return [line if line == "[DONE]" else json.loads(line)["type"] for _, line in events]
