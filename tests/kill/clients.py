"""Clients that repeat each request with its key until it is acknowledged."""

import http.client
import json
import random
import secrets
import threading
import time
from dataclasses import dataclass, field

from servers import Server

# What a client sees of a server or database that is just being killed: it tries again.
AGAIN = (500, 502, 503, 504)


@dataclass
class Acknowledged:
    """What was promised. Texts and files by name, turns by question."""

    texts: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    turns: dict[str, str] = field(default_factory=dict)
    # Names of texts that the server was asked for already.
    seen: set[str] = field(default_factory=set)
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def counts(self) -> str:
        return f"{len(self.texts)} texts, {len(self.files)} files, {len(self.turns)} turns"


class Client(threading.Thread):
    """One visitor or integrator: one request after another."""

    def __init__(self, server: Server, acknowledged: Acknowledged, enough: threading.Event, name: str, chance: random.Random):
        super().__init__(name=name, daemon=True)
        self.server, self.acknowledged, self.enough, self.chance = server, acknowledged, enough, chance
        self.problems: list[str] = []
        self.doing = "nothing"

    def run(self) -> None:
        number = 0
        while not self.enough.is_set() and not self.problems:
            number += 1
            word = f"{self.name}n{number}{secrets.token_hex(4)}"
            act = self.chance.choice([self.text, self.text, self.file, self.chat, self.chat, self.stream])
            self.doing = f"{act.__name__} {word}"
            try:
                act(word)
            except Refused as refused:
                self.problems.append(f"{self.doing}: {refused}")
            except Exception as error:  # noqa: BLE001: a thread's end must be seen
                self.problems.append(f"{self.doing}: {error!r}")

    def text(self, word: str) -> None:
        # Some are stored in one unit, some are staged in many.
        times = self.chance.choice([1, 20, 20_000])
        content = f"The code word of {word} is {word[::-1]}. " * times
        name = f"{word}.txt"
        body = json.dumps({"chatbot_id": self.server.chatbot, "content": content, "file_name": name}).encode()
        answer = self.post(f"/v1/ai-agent/link_content/{self.server.project}", body, "application/json", json.loads)
        with self.acknowledged.lock:
            self.acknowledged.texts[name] = (answer["asset_id"], content)

    def file(self, word: str) -> None:
        name = f"{word}.md"
        content = f"# {word}\n\n".encode() + b"Opening hours are nine to five. " * self.chance.choice([1, 300, 20_000])
        mark = "kill-boundary"
        parts = [
            f'--{mark}\r\ncontent-disposition: form-data; name="chatbot_id"\r\n\r\n{self.server.chatbot}\r\n'.encode(),
            f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\ncontent-type: text/markdown\r\n\r\n'.encode(),
            content,
            f"\r\n--{mark}--\r\n".encode(),
        ]
        path = f"/v1/ai-agent/upload_file/{self.server.project}"
        answer = self.post(path, b"".join(parts), f"multipart/form-data; boundary={mark}", json.loads)
        with self.acknowledged.lock:
            self.acknowledged.files[name] = (answer["data"]["asset_id"], content)

    def question(self, word: str) -> bytes:
        # Half of the talk is in one session, where turns queue.
        session = self.chance.choice(["shared", self.name])
        context = {"platform": "whatsapp", "session_id": session}
        return json.dumps(
            {"query": f"What is the code word of {word}?", "pid": self.server.project, "chatbot_id": self.server.chatbot, "user_context": context}
        ).encode()

    def chat(self, word: str) -> None:
        body = self.question(word)
        answer = self.post("/v1/ai-agent/chat", body, "application/json", json.loads)
        self.told(body, answer["data"]["message_id"])

    def stream(self, word: str) -> None:
        body = self.question(word)
        self.told(body, self.post("/v1/ai-agent/chat/stream", body, "application/json", finished))

    def told(self, body: bytes, message: str) -> None:
        with self.acknowledged.lock:
            self.acknowledged.turns[json.loads(body)["query"]] = message

    def post(self, path: str, body: bytes, kind: str, read):
        """Sends until acknowledged. `read` gives the answer of a whole response, or `None` when it is not whole."""
        headers = {"authorization": f"Bearer {self.server.key}", "content-type": kind, "idempotency-key": secrets.token_hex(12)}
        tries = 0
        while True:
            tries += 1
            if tries == 2:
                with self.acknowledged.lock:
                    self.acknowledged.repeated += 1
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
                try:
                    connection.request("POST", path, body, headers)
                    response = connection.getresponse()
                    answer = response.read()
                finally:
                    connection.close()
            except (OSError, http.client.HTTPException):
                time.sleep(self.chance.uniform(0.02, 0.1))
                continue
            if response.status in (200, 201):
                whole = read(answer)
                if whole is not None:
                    return whole
            elif response.status not in AGAIN:
                raise Refused(f"{response.status} {answer[:300]!r} at try {tries}")
            time.sleep(self.chance.uniform(0.02, 0.1))


class Refused(Exception):
    """An answer that no repeat will change."""


def finished(stream: bytes) -> str | None:
    """The message of a stream that came to its `finish`; `None` of one that broke off or failed."""
    message, done = None, False
    for line in stream.decode().split("\n"):
        if line.startswith("data: {"):
            try:
                event = json.loads(line.removeprefix("data: "))
            except ValueError:
                return None
            if event["type"] == "start":
                message = event["messageId"]
            done |= event["type"] == "finish"
    return message if done else None
