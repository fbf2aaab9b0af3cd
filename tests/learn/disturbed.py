"""The same site and folder, learnt while the server is killed at random."""

import http.client
import json
import random
import secrets
import threading
import time
from dataclasses import dataclass, field

import knowledge
from journal import Again, Kill, fetched_again
from knowledge import Agent, Knowledge
from papers import Paper
from program import Program, Server
from weave import Woven
from web import Reply

# An answer that left so long before the kill belongs to a page that must be stored by then; a document, and what is as
# long, is read meanwhile, on a machine that may have other work.
IN_FLIGHT_SECONDS, SLOW_SECONDS, LONG_BYTES = 0.5, 5, 100_000
# What a client sees of a server that is just being killed: it tries again.
AGAIN = (500, 502, 503, 504)
# A crawl that is not taken up by then is lost.
PATIENCE_SECONDS = 90


def in_flight(reply: Reply) -> float:
    """For how long at most what was answered so is under way."""
    is_page = reply.kind is None or reply.kind.startswith("text/html")
    return IN_FLIGHT_SECONDS if is_page and len(reply.body) < LONG_BYTES else SLOW_SECONDS


@dataclass
class Killed:
    """What became of it."""

    known: Knowledge
    kills: list[Kill]
    moments: list[str]
    again: Again
    problems: list[str] = field(default_factory=list)


class Uploader(threading.Thread):
    """Uploads the folder, each file with a key of its own, again and again until it is acknowledged."""

    def __init__(self, host: "Host", folder: list[Paper], chance: random.Random):
        super().__init__(daemon=True)
        self.host, self.folder, self.chance = host, folder, chance
        self.problems: list[str] = []

    def run(self) -> None:
        for paper in self.folder:
            key, until = secrets.token_hex(12), time.monotonic() + PATIENCE_SECONDS / 2
            while True:
                try:
                    status, body = self.host.upload(paper, key)
                except (OSError, http.client.HTTPException):
                    time.sleep(self.chance.uniform(0.02, 0.1))
                    continue
                if status not in AGAIN or time.monotonic() > until:
                    break
                time.sleep(self.chance.uniform(0.02, 0.1))
            if (status >= 400) != bool(paper.refused):
                self.problems.append(f"{paper.name}: {status} {body[:200]!r}")
            # So that the folder lasts as long as the crawl.
            time.sleep(self.chance.uniform(0.05, 0.4))


class Host:
    """The server, of which there is a new one after each kill."""

    def __init__(self, program: Program, arguments: tuple[str, ...]):
        self.program, self.arguments = program, arguments
        self.facts = program.quickstart()
        self.server = self.started()

    def started(self) -> Server:
        server = Server(self.program, self.arguments)
        server.wait_until_ready()
        return server

    @property
    def agent(self) -> Agent:
        return Agent.of(self.server, self.facts)

    def kill(self) -> Kill:
        before = time.monotonic()
        self.server.kill()
        return Kill(before, time.monotonic())

    def upload(self, paper: Paper, key: str) -> tuple[int, bytes]:
        agent, mark = self.agent, "learn-boundary"
        body = b"".join([
            f'--{mark}\r\ncontent-disposition: form-data; name="chatbot_id"\r\n\r\n{agent.chatbot}\r\n'.encode(),
            f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{paper.name}"\r\n\r\n'.encode(),
            paper.body,
            f"\r\n--{mark}--\r\n".encode(),
        ])  # fmt: skip
        answer = agent.server.call(
            "POST", f"/v1/ai-agent/upload_file/{agent.project}", body, agent.key,
            content_type=f"multipart/form-data; boundary={mark}", idempotency_key=key,
        )  # fmt: skip
        return answer.status, answer.body


@dataclass
class Lesson:
    """What is to be learnt: a site, of which so many addresses are asked for in all, and a folder."""

    woven: Woven
    folder: list[Paper]
    addresses: int
    wishes: dict

    def learnt(self, host: Host, kills: int, chance: random.Random) -> Killed:
        """Kills the server so often while it learns, the last time when everything has been fetched and it sorts what it
        has read."""
        site = self.woven.site
        site.forget()
        problems: list[str] = []
        done: list[Kill] = []
        moments: list[str] = []
        try:
            run = knowledge.crawl(host.agent, f"{site.origin}/", **self.wishes)
            uploader = Uploader(host, self.folder, random.Random(chance.random()))
            uploader.start()
            for number in range(1, kills + 1):
                share = 1 if number == kills else (number - 1 + chance.uniform(0.1, 1)) / kills
                self.wait(int(self.addresses * share), host, run)
                time.sleep(chance.uniform(0, 0.2))
                if knowledge.status(host.agent, run)["status"] != "crawling":
                    # The last may come too late: how long the sorting takes, nobody knows.
                    problems += [] if number == kills else [f"the crawl had ended before kill {number}"]
                    break
                moments.append(f"at {len(site.targets())} of {self.addresses} addresses")
                done.append(host.kill())
                host.server = host.started()
            ended = knowledge.wait(lambda: host.agent, run)
            if ended["status"] != "completed":
                problems.append(f"{ended['status']}: {ended['notice']}")
            uploader.join(knowledge.CRAWL_SECONDS)
            problems += ["the uploads do not end"] if uploader.is_alive() else uploader.problems
            known = knowledge.read(host.agent)
        finally:
            host.server.kill()
        return Killed(known, done, moments, fetched_again(site.visits(), done, lambda target: in_flight(site.find(target))), problems)

    def wait(self, addresses: int, host: Host, run: str) -> None:
        """Until so many addresses were asked for, or the crawl has ended with fewer: the comparison tells that."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (there := len(self.woven.site.targets())) < addresses:
            if there > addresses * 0.9 and knowledge.status(host.agent, run)["status"] != "crawling":
                return
            if time.monotonic() > until:
                raise AssertionError(f"the crawl stands still at {there} of {addresses} addresses")
            time.sleep(0.01)
