#!/usr/bin/env python3
"""The program from outside: quickstart, keys, start, stop, and what it says when something is broken."""

import base64
import contextlib
import json
import shlex
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
from program import HANG_SECONDS, ROOT, Agent, Program, Server, master_key
from streams import Model, Stream, kinds


def log_in(server: Server, facts: dict, password: str) -> int:
    return server.call("POST", "/v1/auth/login", {"email": facts["email"], "password": password}).status


def quickstart_again_gives_the_same_and_breaks_nothing(folder: Path) -> None:
    program = Program(folder)
    first = program.quickstart()
    again = program.quickstart()
    assert again == first | {"password": None}, (first, again)
    with program.serve() as server:
        agent = Agent.of(server, first)
        assert program.quickstart() == again
        assert agent.teach("a.txt", "The code word is walnut.").status in (200, 201)
        assert "walnut" in agent.ask("What is the code word?").data()["answer"]
        assert log_in(server, first, first["password"]) == 200


def quickstart_replaces_key_and_password_when_told(folder: Path) -> None:
    program = Program(folder)
    first = program.quickstart()
    with program.serve() as server:
        new = program.quickstart("--new-key", "--reset-password")
        assert new["api_key"] != first["api_key"] and new["password"] not in (None, first["password"])
        assert Agent.of(server, first).ask("Hello").status == 401
        assert Agent.of(server, new).ask("Hello").status == 200
        assert log_in(server, first, first["password"]) == 401
        assert log_in(server, first, new["password"]) == 200
        assert program.quickstart() == new | {"password": None}


def quickstart_with_reveal_off_makes_a_new_key(folder: Path) -> None:
    program = Program(folder)
    first = program.quickstart("--key-reveal", "off")
    second = program.quickstart("--key-reveal", "off")
    assert second["api_key"] != first["api_key"] and second["chatbot_id"] == first["chatbot_id"]
    with program.serve("--key-reveal", "off") as server:
        assert Agent.of(server, first).ask("Hello").status == 401
        assert Agent.of(server, second).ask("Hello").status == 200


def five_quickstarts_at_once_make_one(folder: Path) -> None:
    program = Program(folder)
    started = [program.begin("quickstart", "--json") for _ in range(5)]
    ended = [(process.communicate(timeout=HANG_SECONDS), process.returncode) for process in started]
    for (_, errors), code in ended:
        assert code == 0, errors
    made = [json.loads(out) for (out, _), _ in ended]
    for name in ("email", "api_key", "project_id", "chatbot_id"):
        assert len({facts[name] for facts in made}) == 1, f"{name} differs: {[facts[name] for facts in made]}"
    assert sum(facts["password"] is not None for facts in made) == 1
    with contextlib.closing(sqlite3.connect(program.data / "robofy.db")) as database:
        for table in ("accounts", "projects", "agents"):
            assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (1,), table


def a_folder_serves_one_server(folder: Path) -> None:
    program = Program(folder)
    with program.serve() as server:
        assert "another server uses the data folder" in program.ill("serve", "--listen", "127.0.0.1:0")
        assert server.call("GET", "/readyz").status == 200


def passwords_are_no_flags(folder: Path) -> None:
    for command in ("serve", "quickstart", "doctor", "migrate"):
        for url in ("postgres://u:hunter22@h/d", "postgres://u@h/d?password=hunter22"):
            done = Program(folder).run(command, "--database-url", url)
            assert done.returncode == 2 and "hunter22" not in done.stdout + done.stderr, done


def a_newer_schema_is_refused(folder: Path) -> None:
    program = Program(folder)
    program.well("migrate")
    with contextlib.closing(sqlite3.connect(program.data / "robofy.db")) as database:
        [(columns,)] = database.execute("SELECT group_concat(name) FROM pragma_table_info('_sqlx_migrations')")
        copied = ", ".join("9000" if name == "version" else name for name in columns.split(","))
        database.execute(f"INSERT INTO _sqlx_migrations ({columns}) SELECT {copied} FROM _sqlx_migrations LIMIT 1")
        database.commit()
    for command in (("serve", "--listen", "127.0.0.1:0"), ("quickstart",), ("migrate",)):
        line = program.ill(*command)
        assert "newer" in line, line
    found = program.run("doctor", "--offline")
    assert found.returncode == 1 and "Start the newer program" in found.stdout, found.stdout


def a_wrong_or_missing_master_key_is_refused(folder: Path) -> None:
    program = Program(folder)
    program.quickstart()
    key = program.data / "master.key"
    kept = key.read_text()
    key.write_text("0" * 64)
    assert "does not fit" in program.ill("serve", "--listen", "127.0.0.1:0")
    assert "does not fit" in program.run("doctor", "--offline").stdout
    key.unlink()
    assert "backup" in program.ill("serve", "--listen", "127.0.0.1:0")
    assert program.run("doctor", "--offline").returncode == 1 and not key.exists()
    key.touch(mode=0o600)
    key.write_text(kept)
    with program.serve():
        pass


def doctor_says_what_to_do(folder: Path) -> None:
    program = Program(folder)
    program.quickstart()
    assert program.run("doctor", "--offline").returncode == 0
    program.data.chmod(0o755)
    assert "chmod 700" in program.well("doctor", "--offline")
    program.data.chmod(0o700)
    (program.data / "master.key").chmod(0o644)
    found = program.run("doctor", "--offline")
    assert found.returncode == 1 and "chmod 600" in found.stdout, found.stdout
    (program.data / "master.key").chmod(0o600)
    for left in program.data.glob("robofy.db-*"):
        left.unlink()
    (program.data / "robofy.db").write_bytes(b"no database at all" * 1000)
    found = program.run("doctor", "--offline")
    assert found.returncode == 1 and "backup" in found.stdout, found.stdout
    away = Program(folder, {"DATABASE_URL": "postgres://robofy@127.0.0.1:1/none", "MASTER_KEY_FILE": str(master_key(folder))})
    found = away.run("doctor", "--offline")
    assert found.returncode == 1 and "whether the server runs" in found.stdout, found.stdout
    away.ill("serve", "--listen", "127.0.0.1:0")


def an_answer_that_is_read_slowly_is_finished_after_a_stop(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve() as server:
        agent = Agent.of(server, facts)
        text = "".join(f"Line {number} of a long text.\n" for number in range(150_000))
        asset = agent.teach("long.txt", text).json["asset_id"]
        with server.connect(receive_buffer=32_768) as slow:
            path = f"/v1/ai-agent/assets/{agent.project}/{asset}/text"
            slow.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {agent.key}\r\n\r\n".encode())
            got = slow.recv(100)
            server.terminate()
            # From here on nobody new is served, and the reader still is.
            with contextlib.suppress(OSError):
                while True:
                    server.connect().close()
                    time.sleep(0.02)
            while piece := slow.recv(1 << 16):
                got += piece
        assert json.loads(got.partition(b"\r\n\r\n")[2])["data"]["text"].rstrip() == text.rstrip()
        assert server.code() == 0


def streams_are_finished_after_a_stop(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve() as server:
        agent = Agent.of(server, facts)
        agent.teach("a.txt", "The code word is walnut.")
        begun = threading.Semaphore(0)

        def ask(number: int) -> bytes | None:
            body = json.dumps(agent.question(f"What is the code word, for the {number}th time?")).encode()
            head = f"POST /v1/ai-agent/chat/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {agent.key}\r\n" \
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"  # fmt: skip
            with server.connect() as plain:
                plain.sendall(head.encode() + body)
                got = plain.recv(64)
                begun.release()
                while piece := plain.recv(1 << 16):
                    got += piece
                return got

        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(ask, number) for number in range(20)]
            begun.acquire(timeout=HANG_SECONDS)
            server.terminate()
            for answer in asked:
                with contextlib.suppress(ConnectionError):
                    got = answer.result()
                    # Refused before it began, or whole.
                    assert got == b"" or (b"200 OK" in got and b"data: [DONE]" in got), got
        assert server.code() == 0


def streams_that_outlast_a_stop_are_told_and_their_answers_kept(folder: Path) -> None:
    with Model() as model:
        program = Program(folder, model.settings("tokens-1000@40"))
        facts = program.quickstart()
        question, key = "When is the cellar open?", "once"
        with program.serve("--shutdown-seconds", "1") as server:
            agent = Agent.of(server, facts)
            agent.teach("a.txt", "The cellar and the attic are open on Sundays.")
            with Stream(agent, question, key=key) as stream:
                before = stream.take(6)
                message, session = stream.message, stream.session
                with ThreadPoolExecutor(1) as pool:
                    whole = pool.submit(agent.ask, "When is the attic open?")
                    while len(model.asked()) < 2:
                        time.sleep(0.02)
                    server.terminate()
                    after = stream.all()
                    assert whole.result().status == 500, whole.result()
            assert kinds(after)[-3:] == ["text-end", "error", "[DONE]"], after[-4:]
            assert "finish" not in kinds(after)
            assert server.code() == 0, server.tail()
        # A second start: what was said is there, each event once; its own request, repeated, is answered anew.
        program.settings |= model.settings("tokens-20")
        with program.serve() as server:
            agent = agent.at(server)
            path = f"/v1/ai-agent/chat/stream/{message}"
            with Stream(agent, path=path) as again:
                assert again.all() == before + after
            with Stream(agent, path=path, last=before[-1][0]) as again:
                assert again.all() == after
            with Stream(agent, question, key=key, session=session) as repeat:
                answered = repeat.all()
            assert "finish" in kinds(answered) and answered[0][0] == f"{message}.2:0", answered[0]
            with Stream(agent, path=path, last=before[-1][0]) as again:
                assert kinds(again.all()) == ["error", "[DONE]"]
            assert len(model.asked()) == 3


def a_reader_who_never_reads_cannot_hold_up_a_stop(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve("--shutdown-seconds", "1") as server:
        agent = Agent.of(server, facts)
        asset = agent.teach("long.txt", "A long text that nobody reads.\n" * 250_000).json["asset_id"]
        with server.connect(receive_buffer=4096) as slow:
            path = f"/v1/ai-agent/assets/{agent.project}/{asset}/text"
            slow.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {agent.key}\r\n\r\n".encode())
            slow.recv(100)
            server.stop()


def readiness_follows_the_database(folder: Path) -> None:
    with own_postgres() as (url, place):
        program = Program(folder, {"DATABASE_URL": url, "MASTER_KEY_FILE": str(master_key(folder))})
        with program.serve() as server:
            subprocess.run([ROOT / "scripts/postgres", "kill", place], check=True)
            assert server.call("GET", "/readyz").status == 503
            assert server.call("GET", "/healthz").status == 200
            subprocess.run([ROOT / "scripts/postgres", "again", place], check=True)
            server.wait_until_ready()
            server.stop()


@contextlib.contextmanager
def own_postgres() -> Iterator[tuple[str, str]]:
    started = subprocess.run([ROOT / "scripts/postgres", "start"], capture_output=True, text=True, check=True)
    told = {name: shlex.split(value)[0] for name, value in (line.split("=", 1) for line in started.stdout.splitlines())}
    try:
        yield told["ROBOFY_TEST_DATABASE_URL"], told["ROBOFY_TEST_POSTGRES"]
    finally:
        subprocess.run([ROOT / "scripts/postgres", "stop", told["ROBOFY_TEST_POSTGRES"]], check=False)


def eight_logins_at_once_succeed(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve() as server, ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(lambda _: log_in(server, facts, facts["password"]), range(8))) == [200] * 8


def slow_clients_block_nobody(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve() as server, contextlib.ExitStack() as stack:
        agent = Agent.of(server, facts)
        for number in range(300):
            slow = stack.enter_context(server.connect())
            # Half of them stop in the head, half in the body.
            slow.sendall(b"POST /v1/ai-agent/chat HTTP/1.1\r\nhost: x\r\n" + (b"content-length: 500\r\n\r\n{" if number % 2 else b"x-slow: "))
        for _ in range(5):
            assert agent.ask("Hello").status == 200
        assert log_in(server, facts, facts["password"]) == 200


def a_rotated_signing_key_ends_no_conversation(folder: Path) -> None:
    program = Program(folder)
    facts = program.quickstart()
    with program.serve() as server:
        agent = Agent.of(server, facts)
        old = agent.handshake()["token"]
        program.well("keys", "rotate-signing")
        until = time.monotonic() + HANG_SECONDS
        while kid(agent.handshake()["token"]) == kid(old):
            assert time.monotonic() < until, "still signed with the old key"
            time.sleep(0.5)
        new = agent.handshake()["token"]
        assert [agent.ask("Hello", credential=token).status for token in (old, new)] == [200, 200]
        server.stop()
    with program.serve() as server:
        agent = Agent.of(server, facts)
        assert [agent.ask("Hello", credential=token).status for token in (old, new)] == [200, 200]
        assert kid(agent.handshake()["token"]) == kid(new)


def kid(token: str) -> str:
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


CHECKS = [
    quickstart_again_gives_the_same_and_breaks_nothing,
    quickstart_replaces_key_and_password_when_told,
    quickstart_with_reveal_off_makes_a_new_key,
    five_quickstarts_at_once_make_one,
    a_folder_serves_one_server,
    passwords_are_no_flags,
    a_newer_schema_is_refused,
    a_wrong_or_missing_master_key_is_refused,
    doctor_says_what_to_do,
    an_answer_that_is_read_slowly_is_finished_after_a_stop,
    streams_are_finished_after_a_stop,
    streams_that_outlast_a_stop_are_told_and_their_answers_kept,
    a_reader_who_never_reads_cannot_hold_up_a_stop,
    readiness_follows_the_database,
    eight_logins_at_once_succeed,
    slow_clients_block_nobody,
    a_rotated_signing_key_ends_no_conversation,
]

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(checks.run(CHECKS, sys.argv[1:]))
