"""A language model's server as a process, and what it says of itself."""

import contextlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from program import HANG_SECONDS, free_port

HERE = Path(__file__).parent


class ModelServer:
    """llama.cpp's server on a free port, with the model of this suite."""

    def __init__(self, log: Path):
        self.port = free_port()
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                [os.environ["MODEL_PYTHON"], HERE / "serve.py", os.environ["MODEL_FILE"], str(self.port)],
                stdin=subprocess.PIPE, stdout=sink, stderr=sink,
            )  # fmt: skip

    def wait_until_ready(self, log: Path) -> None:
        until = time.monotonic() + HANG_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/health")[0] == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"the model's server did not get ready; its log ends\n{log.read_text(errors='replace')[-2000:]}")

    @property
    def settings(self) -> dict[str, str]:
        """Options of the program that make this its model. The limits fit a slow machine."""
        return {
            "LLM_BASE_URL": f"http://127.0.0.1:{self.port}/v1",
            "LLM_MODEL": Path(os.environ["MODEL_FILE"]).stem,
            "LLM_API_KEY": "sk-not-asked-for",
            "LLM_FIRST_TOKEN_SECONDS": "600",
            "LLM_BETWEEN_TOKENS_SECONDS": "120",
        }

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def slots(self) -> list[dict]:
        return json.loads(self.get("/slots")[1])

    @property
    def is_busy(self) -> bool:
        return any(slot["is_processing"] for slot in self.slots())

    def metric(self, name: str) -> float:
        lines = self.get("/metrics")[1].splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"llamacpp:{name} "))

    def wait(self, busy: bool) -> None:
        until = time.monotonic() + HANG_SECONDS
        while self.is_busy != busy:
            assert time.monotonic() < until, f"the model did not become {'busy' if busy else 'idle'}"
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def model_server(folder: Path) -> Iterator[ModelServer]:
    log = folder / "model.log"
    server = ModelServer(log)
    try:
        server.wait_until_ready(log)
        yield server
    finally:
        server.stop()
