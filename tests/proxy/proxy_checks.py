#!/usr/bin/env python3
"""Streams through a proxy that knows nothing of us: nginx, with its own defaults except for the times that are named."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
from program import HANG_SECONDS, START_SECONDS, Agent, Program, free_port
from streams import Model, Stream, kinds

# A comment comes after 15 s of silence. A proxy that waits a little longer must not cut, one that waits less does.
PATIENT_SECONDS, HASTY_SECONDS = 17, 12
# Longer than either waits, and shorter than the server waits for a model.
SILENCE_MS = 24_000
QUESTION = "When is the cellar open?"


@dataclass
class Proxied:
    """One agent, its model, and the ports of a proxy before its server."""

    agent: Agent
    model: Model
    plain: int
    hasty: int
    buffering: int

    def ask(self, port: int, pieces: list[str], delay_ms: int) -> Stream:
        """A question through that port, answered so."""
        before = len(self.model.asked())
        self.model.script(pieces, delay_ms)
        stream = Stream(self.agent, QUESTION, port=port)
        until = time.monotonic() + HANG_SECONDS
        while len(self.model.asked()) == before:
            assert time.monotonic() < until, "the model was not asked"
            time.sleep(0.02)
        return stream


@contextlib.contextmanager
def behind_nginx(folder: Path) -> Iterator[Proxied]:
    with Model() as model:
        program = Program(folder, model.settings("usual"))
        facts = program.quickstart()
        with program.serve() as server:
            agent = Agent.of(server, facts)
            agent.teach("a.txt", "The cellar and the attic are open on Sundays.")
            # Each location has one setting of its own, all else is as nginx comes.
            plain, hasty, buffering = ports = free_port(), free_port(), free_port()
            own = [
                f"proxy_read_timeout {PATIENT_SECONDS}s;",
                f"proxy_read_timeout {HASTY_SECONDS}s;",
                "proxy_ignore_headers X-Accel-Buffering;",
            ]
            servers = [
                f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{server.port}; {setting} }} }}"
                for port, setting in zip(ports, own, strict=True)
            ]
            with nginx(folder, servers, ports):
                yield Proxied(agent, model, plain, hasty, buffering)


@contextlib.contextmanager
def nginx(folder: Path, servers: list[str], ports: tuple[int, ...]) -> Iterator[None]:
    temporary = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    # Its workers would else change to a user who cannot enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    log = folder / "nginx.log"
    config = folder / "nginx.conf"
    lines = [f"{user} worker_processes 1; pid {folder}/nginx.pid; events {{}}", "http {", "access_log off;", *temporary, *servers, "}"]
    config.write_text("\n".join(lines))
    process = subprocess.Popen([os.environ["NGINX_PROGRAM"], "-e", log, "-c", config, "-g", "daemon off;"], stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_SECONDS
        for port in ports:
            while True:
                assert process.poll() is None and time.monotonic() < until, f"nginx did not start: {log.read_text()}"
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(HANG_SECONDS)


def rest(stream: Stream) -> tuple[list, bool]:
    """What still comes, and whether the connection broke."""
    events = []
    with stream:
        try:
            while event := stream.next():
                events.append(event)
        except (OSError, http.client.HTTPException):
            return events, True
    return events, False


def a_silent_stream_is_kept_open_by_its_comments(folder: Path) -> None:
    with behind_nginx(folder) as proxied, ThreadPoolExecutor(2) as pool:
        pieces = ["The cellar", " is open on Sundays."]
        patient = proxied.ask(proxied.plain, pieces, SILENCE_MS)
        hasty = proxied.ask(proxied.hasty, pieces, SILENCE_MS)
        patient_rest, hasty_rest = (pool.submit(rest, stream) for stream in (patient, hasty))
        events, broken = patient_rest.result()
        assert not broken and kinds(events)[-1] == "[DONE]" and "finish" in kinds(events), events
        assert patient.comments >= 2, "one before each piece"
        # That proxy does cut what is silent for longer than it waits, so the comments are what kept the other open.
        seen, _ = hasty_rest.result()
        assert "[DONE]" not in kinds(seen) and "text-delta" not in kinds(seen), seen
        assert hasty.comments == 0
        # Its answer ran on, as after any lost connection, and is resumed through the proxy.
        path = f"/v1/ai-agent/chat/stream/{hasty.message}"
        resumed, broken = rest(Stream(proxied.agent, path=path, last=seen[-1][0], port=proxied.plain))
        assert not broken and kinds(seen + resumed) == kinds(events), (seen, resumed)
        asked = proxied.model.asked()
        assert len(asked) == 2 and all(one["finished_ms"] is not None for one in asked), asked


def deltas_pass_as_they_come_since_the_response_switches_buffering_off(folder: Path) -> None:
    with behind_nginx(folder) as proxied:
        pieces = ["The cellar", " is", " open", *(f" word{number}" for number in range(20)), "."]
        finished = {}
        for port in (proxied.plain, proxied.buffering):
            stream = proxied.ask(port, pieces, 150)
            while (event := stream.next()) and "text-delta" not in kinds([event]):
                pass
            # Asked when the first delta is here: is the model still speaking?
            finished[port] = proxied.model.asked()[-1]["finished_ms"] is not None
            events, broken = rest(stream)
            assert not broken and kinds(events)[-1] == "[DONE]", events
            assert kinds(events).count("text-delta") > 10
        assert finished == {proxied.plain: False, proxied.buffering: True}, "by port"


CHECKS = [
    a_silent_stream_is_kept_open_by_its_comments,
    deltas_pass_as_they_come_since_the_response_switches_buffering_off,
]

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(checks.run(CHECKS, sys.argv[1:]))
