#!/usr/bin/env python3
"""Two nodes on one database: what one does, the other knows; and SQLite answers as they do."""

import contextlib
import json
import random
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
from program import HANG_SECONDS, Agent, Answer, Program, database
from streams import Model, Stream

ROUNDS = 10
DUPLICATES = 50
TURNS = 20
# Between two pieces of what the model says.
PACE_MS = 40


@dataclass
class Nodes:
    """One agent as each of two nodes serves it, and their database."""

    one: Agent
    two: Agent
    url: str

    def rows(self, statement: str) -> list[list[str]]:
        command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", self.url, "--command", statement]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return [line.split("|") for line in done.stdout.splitlines()]

    def turn_about(self) -> Iterator[tuple[int, Agent, Agent]]:
        """The rounds; the nodes change places in each."""
        for number in range(ROUNDS):
            yield number, *((self.one, self.two) if number % 2 == 0 else (self.two, self.one))


@contextlib.contextmanager
def two_nodes(folder: Path, more: dict[str, str] | None = None) -> Iterator[Nodes]:
    with database(folder) as settings, contextlib.ExitStack() as stack:
        programs = [Program(folder / name, settings | (more or {})) for name in ("one", "two")]
        for program in programs:
            program.folder.mkdir()
        facts = programs[0].quickstart()
        one, two = (stack.enter_context(program.serve()) for program in programs)
        yield Nodes(Agent.of(one, facts), Agent.of(two, facts), settings["DATABASE_URL"])


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    gate = threading.Barrier(len(calls), timeout=HANG_SECONDS)

    def go(call: Callable[[], Answer]) -> Answer:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def what_one_node_learns_the_other_answers(folder: Path) -> None:
    with two_nodes(folder) as nodes:
        for number, here, there in nodes.turn_about():
            word, other = f"walnut{number}", f"hazel{number}"
            text = here.teach("a.txt", f"The code word of cellar{number} is {word}.").json["asset_id"]
            assert word in there.ask(f"What is the code word of cellar{number}?").data()["answer"]
            page = f"<html><title>Attic</title><main><p>The code word of attic{number} is {other}.</p></main></html>"
            file = here.teach_file(f"attic{number}.html", page.encode()).data(201)["asset_id"]
            assert other in there.ask(f"What is the code word of attic{number}?").data()["answer"]
            for asset, place, known in ((text, f"cellar{number}", word), (file, f"attic{number}", other)):
                assert any(found["asset_id"] == asset for found in there.search(place))
                path = f"/v1/ai-agent/assets/{here.project}/{asset}"
                here.server.call("DELETE", path, credential=here.key).data()
                assert not there.search(place)
                told = there.ask(f"What is the code word of {place}?").data()
                assert known not in told["answer"], told
                assert asset not in [quote["asset_id"] for quote in told["citations"]], told


def all_engines_rank_and_answer_alike(folder: Path) -> None:
    (folder / "lite").mkdir()
    lite = Program(folder / "lite")
    facts = lite.quickstart()
    with lite.serve() as server, two_nodes(folder) as nodes:
        alone = Agent.of(server, facts)
        texts, questions = a_library()
        for number, (name, text) in enumerate(texts.items()):
            for node in (alone, (nodes.one, nodes.two)[number % 2]):
                asset = node.teach(name, text).json["asset_id"]
                # What is gone must not count.
                if number % 5 == 0:
                    path = f"/v1/ai-agent/assets/{node.project}/{asset}"
                    node.server.call("DELETE", path, credential=node.key).data()
        answered = 0
        for question in questions:
            expected = ranking(alone, question), reply(alone, question)
            answered += bool(expected[0] and expected[1][1])
            for node in (nodes.one, nodes.two):
                got = ranking(node, question), reply(node, question)
                assert got == expected, f"{question}\n{expected}\n{got}"
        # Equal silence would prove nothing.
        assert answered > len(questions) / 2, f"{answered} of {len(questions)} were answered"


def a_library() -> tuple[dict[str, str], list[str]]:
    """The same each time. No two texts are equal, or their order would be that of their random ids."""
    chance = random.Random(7)
    things = ["invoice", "parcel", "warranty", "garden", "museum", "ticket", "bicycle", "harbour", "library", "passport"]
    deeds = ["opens", "arrives", "expires", "closes", "returns", "starts"]
    texts, questions = {}, []
    for number in range(40):
        lines = [
            f"The {chance.choice(things)} of the {chance.choice(things)} {chance.choice(deeds)} after {chance.randint(2, 90)} days."
            for _ in range(chance.randint(2, 12))
        ]
        texts[f"text{number}.txt"] = f"# Rule {number}\n\n" + "\n".join(lines)
    for _ in range(15):
        questions.append(f"When is it that the {chance.choice(things)} of the {chance.choice(things)} {chance.choice(deeds)}?")
    return texts, [*questions, "Hello", "Who won the football match?"]


def ranking(agent: Agent, question: str) -> list[tuple]:
    return [(found["file_name"], found["text"], found["score"], found["lexical_score"]) for found in agent.search(question)]


def reply(agent: Agent, question: str) -> tuple[str, list]:
    told = agent.ask(question).data()
    return told["answer"], [(quote["file_name"], quote["start"], quote["end"], quote["quote"]) for quote in told["citations"]]


def duplicates_over_both_nodes_have_one_effect(folder: Path) -> None:
    with two_nodes(folder) as nodes:
        both = [(nodes.one, nodes.two)[number % 2] for number in range(DUPLICATES)]
        once = {"idempotency_key": uuid.uuid4().hex}
        taught = at_once([lambda node=node: node.teach("a.txt", "The code word is walnut.", **once) for node in both])
        assert {answer.status for answer in taught} == {201}, [answer for answer in taught if answer.status != 201][:3]
        assert len({answer.body for answer in taught}) == 1, {answer.body for answer in taught}
        [[assets]] = nodes.rows("SELECT COUNT(*) FROM assets")
        assert assets == "1", f"{assets} assets"
        once = {"idempotency_key": uuid.uuid4().hex}
        told = at_once([lambda node=node: node.ask("What is the code word?", **once) for node in both])
        assert {answer.status for answer in told} == {200}, [answer for answer in told if answer.status != 200][:3]
        assert len({answer.body for answer in told}) == 1, {answer.body for answer in told}
        assert "walnut" in told[0].data()["answer"]
        for table in ("turns", "chat_sessions"):
            [[count]] = nodes.rows(f"SELECT COUNT(*) FROM {table}")
            assert count == "1", f"{count} {table}"


def turns_of_one_session_over_both_nodes_take_their_turn(folder: Path) -> None:
    with two_nodes(folder) as nodes:
        nodes.one.teach("a.txt", "The code word is walnut.")
        session = nodes.one.ask("Hello").data()["session_id"]
        both = [(nodes.one, nodes.two)[number % 2] for number in range(TURNS)]
        told = [answer.data() for answer in at_once([lambda node=node: node.ask("What is the code word?", session) for node in both])]
        assert all("walnut" in data["answer"] and data["session_id"] == session for data in told), told
        rows = nodes.rows("SELECT number, message_id, status FROM turns ORDER BY number")
        assert [row[0] for row in rows] == [str(number) for number in range(1, TURNS + 2)], rows
        assert {row[1] for row in rows[1:]} == {data["message_id"] for data in told}, rows
        # A turn that begins while another runs marks that one as interrupted. Their times prove nothing: one that waits
        # for the session's lock has looked at the clock before.
        assert {row[2] for row in rows} == {"done"}, rows


def what_one_node_refuses_the_other_refuses(folder: Path) -> None:
    with two_nodes(folder) as nodes:
        for _, here, there in nodes.turn_about():
            wanted = {"name": "Shop", "environment": "live", "scopes": ["chat"]}
            made = here.server.call("POST", "/v1/api-keys", wanted, here.key).data(201)
            token = there.handshake()["token"]
            for credential in (made["key"], token):
                assert [node.ask("Hello", credential=credential).status for node in (here, there)] == [200, 200]
            assert here.server.call("DELETE", f"/v1/api-keys/{made['id']}", credential=here.key).status in (200, 204)
            assert [node.ask("Hello", credential=made["key"]).status for node in (there, here)] == [401, 401]
            path = f"/v1/ai-agent/chatbot/{here.project}/{here.chatbot}"
            for enabled, status in ((False, 403), (True, 200)):
                here.server.call("PUT", path, {"enabled": enabled}, here.key).data()
                assert [there.ask("Hello", credential=credential).status for credential in (there.key, token)] == [status] * 2


def a_stream_cut_on_one_node_goes_on_at_the_other(folder: Path) -> None:
    with speaking_nodes(folder) as (nodes, model):
        for number, here, there in nodes.turn_about():
            if number == 4:
                return
            with Stream(here, "When is the cellar open?") as stream:
                before = stream.take(6)
                message, last = stream.message, before[-1][0]
                session = stream.session
                if number % 2:
                    elsewhere = Stream(there, path=f"/v1/ai-agent/chat/{session}/stream")
                else:
                    elsewhere = Stream(there, path=f"/v1/ai-agent/chat/stream/{message}", last=last)
            # The connection of the first is closed; the answer runs on.
            with elsewhere:
                after = elsewhere.all()
            with Stream(there, path=f"/v1/ai-agent/chat/stream/{message}") as again:
                whole = again.all()
            assert whole[-1] == (None, "[DONE]") and '"finish"' in whole[-4][1], whole[-5:]
            assert (after if number % 2 else before + after) == whole, (before, after, whole)
            gone = there.server.call("GET", f"/v1/ai-agent/chat/{session}/stream", credential=there.key)
            assert gone.status == 204, gone
            assert len(model.asked()) == number + 1, "one call of the model for each question"


def a_reader_cut_at_any_event_goes_on_at_the_other_node(folder: Path) -> None:
    """Every event of one running answer: as soon as it is there, a reader elsewhere goes on from it."""
    with speaking_nodes(folder) as (nodes, model), contextlib.ExitStack() as stack:
        stream = stack.enter_context(Stream(nodes.one, "When is the cellar open?"))
        seen, readers = [], []
        while (event := stream.next()) and event[0]:
            seen.append(event)
            path = f"/v1/ai-agent/chat/stream/{stream.message}"
            readers.append(stack.enter_context(Stream(nodes.two, path=path, last=event[0])))
        whole = [*seen, (None, "[DONE]")]
        assert len(seen) > 100 and '"finish"' in seen[-3][1], seen[-4:]
        for at, reader in enumerate(readers, start=1):
            assert reader.all() == whole[at:], f"cut after {at} events"
        assert len(model.asked()) == 1


def either_node_stops_an_answer(folder: Path) -> None:
    with speaking_nodes(folder) as (nodes, model):
        for number, here, there in nodes.turn_about():
            if number == 2:
                return
            with Stream(here, "When is the attic open?") as stream:
                before = stream.take(6)
                path = f"/v1/ai-agent/chat/stream/{stream.message}"
                said = model.asked()[-1]["pieces"]
                told = there.server.call("DELETE", path, credential=there.key).data()
                assert told["stopped"] is True, told
                whole = before + stream.all()
            kinds = [json.loads(line)["type"] for _, line in whole[:-1]]
            assert kinds[-2:] == ["text-end", "abort"], kinds
            assert there.server.call("DELETE", path, credential=there.key).data()["stopped"] is False
            asked = model.asked()[-1]
            assert asked["gone_ms"] is not None, "the model was told"
            # Within a second of the call, by the model's own clock: it pauses between two pieces.
            assert asked["pieces"] - said <= 1000 / PACE_MS, (said, asked["pieces"])
            [[status]] = nodes.rows(f"SELECT status FROM turns WHERE message_id = '{stream.message}'")
            assert status == "stopped", status


def a_killed_node_s_answer_ends_in_an_error(folder: Path) -> None:
    with speaking_nodes(folder) as (nodes, model):
        with Stream(nodes.one, "When is the cellar open?") as stream:
            before = stream.take(8)
            path = f"/v1/ai-agent/chat/stream/{stream.message}"
            start, middle = Stream(nodes.two, path=path), Stream(nodes.two, path=path, last=before[-1][0])
            nodes.one.server.kill()
        with start, middle:
            start, middle = start.all(), middle.all()
        kinds = [json.loads(line)["type"] for _, line in start[:-1]]
        assert kinds == ["start", "start-step", "text-start", "text-end", "error"], kinds
        assert [json.loads(line)["type"] for _, line in middle[:-1]] == ["error"], middle
        [[status]] = nodes.rows("SELECT status FROM turns")
        assert status == "interrupted", status
        assert len(model.asked()) == 1, "nobody asked the model again"


@contextlib.contextmanager
def speaking_nodes(folder: Path) -> Iterator[tuple[Nodes, Model]]:
    """Two nodes with a model that speaks for a few seconds."""
    model = Model()
    try:
        settings = {"LLM_BASE_URL": model.base_url, "LLM_MODEL": f"tokens-120@{PACE_MS}", "LLM_API_KEY": "none"}
        with two_nodes(folder, settings) as nodes:
            nodes.one.teach("a.txt", "The cellar and the attic are open on Sundays.")
            yield nodes, model
    finally:
        model.end()


CHECKS = [
    what_one_node_learns_the_other_answers,
    all_engines_rank_and_answer_alike,
    duplicates_over_both_nodes_have_one_effect,
    turns_of_one_session_over_both_nodes_take_their_turn,
    what_one_node_refuses_the_other_refuses,
    a_stream_cut_on_one_node_goes_on_at_the_other,
    a_reader_cut_at_any_event_goes_on_at_the_other_node,
    either_node_stops_an_answer,
    a_killed_node_s_answer_ends_in_an_error,
]

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(checks.run(CHECKS, sys.argv[1:]))
