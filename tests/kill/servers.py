"""The server and its databases, as processes that can be killed."""

import contextlib
import hashlib
import json
import os
import secrets
import shlex
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


class Sqlite:
    """A database in the data folder: it dies with the server."""

    victims = ("server",)

    def __init__(self, folder: Path):
        self.data = folder / "data"
        self.settings: dict[str, str] = {}

    def rows(self, query: str) -> list[tuple]:
        """The rows of a query whose columns are texts and numbers."""
        connection = sqlite3.connect(f"file:{self.data / 'robofy.db'}?mode=ro", uri=True)
        try:
            return [tuple(str(value) for value in row) for row in connection.execute(query)]
        finally:
            connection.close()

    def check(self) -> list[str]:
        return [f"integrity: {row[0]}" for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]

    def file_hashes(self) -> set[str]:
        """Of every file that lies there whole."""
        files = (path for path in (self.data / "files").rglob("*") if path.is_file() and len(path.name) == 64)
        return {path.name for path in files if hashlib.sha256(path.read_bytes()).hexdigest() == path.name}

    def hex_id(self, column: str) -> str:
        return f"lower(hex({column}))"

    def remove(self) -> None:
        pass


class Postgres:
    """A database server of this run's own, which is killed too."""

    victims = ("server", "database", "both")

    def __init__(self, folder: Path):
        started = subprocess.run([ROOT / "scripts/postgres", "start", "--durable"], capture_output=True, text=True, check=True)
        assignments = dict(line.split("=", 1) for line in started.stdout.splitlines())
        self.folder = shlex.split(assignments["ROBOFY_TEST_POSTGRES"])[0]
        self.url = shlex.split(assignments["ROBOFY_TEST_DATABASE_URL"])[0]
        self.data = folder / "data"
        key = folder / "master.key"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
        self.settings = {"DATABASE_URL": self.url, "MASTER_KEY_FILE": str(key)}

    def rows(self, query: str) -> list[tuple]:
        command = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--tuples-only", "--no-align", "--field-separator=\x1f", self.url]
        done = subprocess.run([*command, "--command", query], capture_output=True, text=True, check=True)
        return [tuple(line.split("\x1f")) for line in done.stdout.splitlines()]

    def check(self) -> list[str]:
        return []

    def file_hashes(self) -> set[str]:
        rows = self.rows("SELECT encode(file_hash, 'hex'), encode(sha256(string_agg(body, ''::bytea ORDER BY piece)), 'hex') FROM file_pieces GROUP BY file_hash")
        return {name for name, found in rows if name == found}

    def hex_id(self, column: str) -> str:
        return f"CAST({column} AS TEXT)"

    def kill(self) -> None:
        subprocess.run([ROOT / "scripts/postgres", "kill", self.folder], check=True)

    def again(self) -> None:
        subprocess.run([ROOT / "scripts/postgres", "again", self.folder], check=True)

    def remove(self) -> None:
        subprocess.run([ROOT / "scripts/postgres", "stop", self.folder], check=False)


@contextlib.contextmanager
def database(name: str, folder: Path) -> Iterator[Sqlite | Postgres]:
    """`sqlite` or `postgres`, gone in the end."""
    made = Sqlite(folder) if name == "sqlite" else Postgres(folder)
    try:
        yield made
    finally:
        made.remove()


class Server:
    """`robofy serve` on one address and one database."""

    def __init__(self, database: Sqlite | Postgres, folder: Path):
        self.database = database
        self.program = Path(os.environ.get("ROBOFY_PROGRAM", ROOT / "target/debug/robofy")).resolve()
        if not self.program.is_file():
            raise SystemExit(f"kill: {self.program} is missing: build it with `cargo build`, or name another in ROBOFY_PROGRAM")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "server.log"
        # Settings of the caller's own server must not reach this one.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ROBOFY_")}
        self.environment |= {f"ROBOFY_{name}": value for name, value in database.settings.items()}
        self.environment["RUST_LOG"] = "info"
        self.folder = folder
        self.process: subprocess.Popen | None = None
        self.key = self.project = self.chatbot = ""

    def make_account(self) -> None:
        made = subprocess.run(
            [self.program, "quickstart", "--data-dir", self.database.data, "--json"],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False,
        )
        if made.returncode != 0:
            raise SystemExit(f"kill: quickstart failed ({made.returncode}): {made.stderr.strip()}")
        facts = json.loads(made.stdout)
        self.key, self.project, self.chatbot = facts["api_key"], str(facts["project_id"]), facts["chatbot_id"]

    def start(self) -> None:
        command = [self.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.database.data]
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=sink, stderr=sink)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.is_alive():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit(f"kill: the server did not get ready; its log ends\n{self.tail()}")

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        if self.is_alive():
            self.process.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
