#!/usr/bin/env python3
"""A conversation with a real language model end to end, and how often it answers from thin air or refuses."""

import http.client
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
from model_server import ModelServer, model_server
from program import HANG_SECONDS, ROOT, Agent, Program, Server, events

SHOP = """# Sprocket bicycle shop

The workshop is in Mill Lane 4. It opens at nine in the morning on weekdays and at ten on Saturdays. On Sundays it is closed.

# Prices

A full service costs 90 dollars and takes two days. Mending a puncture costs 15 dollars and is done while you wait.

# History

Anna Weaver founded the shop in 1987 in her father's barn. In 1994 she moved it to Mill Lane, because the barn had burnt
down. Her daughter Ruth has run it since 2011 and added the rental of cargo bicycles, which families use on weekends. In
2019 the shop won the town's prize for the best apprenticeship, and since then two apprentices start every summer.
"""
NOT_FOUND = "Sorry, we do not know that."
# As repeatable as a model can be.
SETTINGS = {"not_found_answer": NOT_FOUND, "temperature": "0"}

# Of so many questions of each group, how many.
QUESTIONS, SEED = 50, 1
MOST_FROM_THIN_AIR, MOST_REFUSED, LEAST_CITED = 0.10, 0.15, 0.50


class Stream:
    """A streamed answer, read event by event."""

    def __init__(self, server: Server, method: str, path: str, body: dict | None, token: str, **headers: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANG_SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"authorization": f"Bearer {token}", "content-type": "application/json"} | named
        self.connection.request(method, path, json.dumps(body) if body else None, sent)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, (self.response.status, self.response.read())
        self.ids: list[str] = []

    def __iter__(self):
        for line in self.response:
            text = line.decode().rstrip("\n")
            if text.startswith("id: "):
                self.ids.append(text.removeprefix("id: "))
            if text.startswith("data: "):
                yield events(line)[0]

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def a_shop(server: Server, facts: dict) -> Agent:
    agent = Agent.of(server, facts)
    assert agent.teach("shop.md", SHOP).status in (200, 201)
    settings = server.call(
        "PUT", f"/v1/ai-agent/chatbot_ai_settings/{agent.project}/{agent.chatbot}", SETTINGS, agent.key
    )
    assert settings.status == 200, settings
    return agent


def said(parts: list) -> str:
    return "".join(part["delta"] for part in parts if part != "[DONE]" and part["type"] == "text-delta")


def types(parts: list) -> list[str]:
    """The types of a stream's events, repetitions once."""
    found = [part if part == "[DONE]" else part["type"] for part in parts]
    return [kind for at, kind in enumerate(found) if at == 0 or kind != found[at - 1]]


def assert_whole(parts: list) -> None:
    kinds = [kind for kind in types(parts) if kind not in ("source-url", "source-document", "data-citation")]
    expected = ["start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish", "data-session"]
    assert kinds == [*expected, "data-finish-reason", "[DONE]"], kinds


def cited(parts: list) -> list[dict]:
    return [part["data"] for part in parts if part != "[DONE]" and part["type"] == "data-citation"]


def a_conversation(folder: Path) -> None:
    with model_server(folder) as model:
        program = Program(folder, model.settings)
        facts = program.quickstart()
        with program.serve() as server:
            agent = a_shop(server, facts)
            token = agent.handshake()["token"]
            answers_with_quotes(agent, token, model)
            remembers(agent, token)
            resumes(agent, token, model)
            answers_in_json(agent)
            does_not_know(agent)
            stops(agent, token, model)
            outlives_its_reader(agent, token, model)
            server.stop()
        counts_tokens(program, model)


def answers_with_quotes(agent: Agent, token: str, model: ModelServer) -> None:
    stream = Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", agent.question("How much is a full service?"), token)
    assert stream.response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    parts = list(stream)
    assert_whole(parts)
    assert "90" in said(parts), said(parts)
    assert cited(parts), f"nothing was cited: {said(parts)}"
    for citation in cited(parts):
        assert SHOP.encode()[citation["start"] : citation["end"]].decode() == citation["quote"], citation
    assert "<passage" not in said(parts)
    assert model.metric("tokens_predicted_total") > 0, "the model was not asked"
    print(f"       asked the price, it said: {said(parts)}")


def remembers(agent: Agent, token: str) -> None:
    parts = list(Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", agent.question("And what does a puncture cost?"), token))
    assert_whole(parts)
    assert "15" in said(parts), said(parts)
    parts = list(Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", agent.question("How long does that take?"), token))
    assert_whole(parts)
    print(f"       asked how long that takes, it said: {said(parts)}")


def resumes(agent: Agent, token: str, model: ModelServer) -> None:
    question = agent.question("Who founded the shop, and when?")
    before = model.metric("tokens_predicted_total")
    cut = Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", question, token, x_robofy_resume="1")
    first = []
    for part in cut:
        first.append(part)
        if part != "[DONE]" and part["type"] in ("text-delta", "text-start"):
            break
    cut.close()
    message = first[0]["messageId"]
    path = f"/v1/ai-agent/chat/stream/{message}"
    rest = list(Stream(agent.server, "GET", path, None, token, last_event_id=cut.ids[-1]))
    whole = list(Stream(agent.server, "GET", path, None, token))
    assert first + rest == whole, (first, rest, whole)
    assert_whole(whole)
    model.wait(busy=False)
    spent = model.metric("tokens_predicted_total") - before
    assert spent <= 512, "asked more than once"


def answers_in_json(agent: Agent) -> None:
    answer = agent.ask("When does the workshop open on Saturdays?").data()
    assert "ten" in answer["answer"].lower() or "10" in answer["answer"], answer
    assert answer["session_id"] and answer["message_id"] and answer["citations"], answer


def does_not_know(agent: Agent) -> None:
    answer = agent.ask("Which dynasty ruled China before the Ming?").data()
    assert answer["answer"] == NOT_FOUND and answer["citations"] == [], answer


def stops(agent: Agent, token: str, model: ModelServer) -> None:
    """The model's own clock tells the time: after the stop it makes no more tokens than it makes in a second."""
    question = agent.question("Tell me the whole history of the shop with every detail, in many sentences, from 1987 until today.")
    before = model.metric("n_decode_total")
    stream = Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", question, token)
    parts = iter(stream)
    message = next(parts)["messageId"]
    until = time.monotonic() + HANG_SECONDS
    while model.metric("n_decode_total") < before + 4:
        assert time.monotonic() < until, "the model does not begin"
        time.sleep(0.02)
    begun = time.monotonic()
    answer = agent.server.call("DELETE", f"/v1/ai-agent/chat/stream/{message}", credential=token)
    assert answer.data()["stopped"] is True, answer
    told = model.metric("n_decode_total")
    model.wait(busy=False)
    waited = time.monotonic() - begun
    rest = list(parts)
    assert types(rest)[-2:] == ["abort", "[DONE]"], rest
    more, a_second = model.metric("n_decode_total") - told, speed(model)
    print(f"       stopped: idle {waited:.2f} s after the call, {more:.0f} tokens later; it makes {a_second:.0f} in a second")
    assert more <= a_second + 2, f"{more} tokens after the stop"


def speed(model: ModelServer) -> float:
    return model.metric("tokens_predicted_total") / model.metric("tokens_predicted_seconds_total")


def outlives_its_reader(agent: Agent, token: str, model: ModelServer) -> None:
    question = agent.question("Who runs the shop today, and since when?")
    stream = Stream(agent.server, "POST", "/v1/ai-agent/chat/stream", question, token)
    message = next(iter(stream))["messageId"]
    model.wait(busy=True)
    stream.close()
    parts = list(Stream(agent.server, "GET", f"/v1/ai-agent/chat/stream/{message}", None, token))
    assert_whole(parts)
    assert "Ruth" in said(parts), said(parts)


def counts_tokens(program: Program, model: ModelServer) -> None:
    """What the endpoint says that it made is what is stored, but for the answer that was stopped before it said so."""
    with closing(sqlite3.connect(program.data / "robofy.db")) as database:
        (stored,) = database.execute("SELECT SUM(output_tokens) FROM token_counts").fetchone()
        turns = database.execute("SELECT COUNT(*) FROM turns WHERE output_tokens > 0").fetchone()[0]
    made = model.metric("tokens_predicted_total")
    print(f"       {turns} turns with {stored} tokens stored; the model made {made:.0f}")
    assert turns >= 5 and stored > 0
    assert abs(stored - made) <= 64, (stored, made)


def the_figures(folder: Path) -> None:
    cases = Path(os.environ.get("ROBOFY_CASES", ROOT / "../shared/data")) / "retrieval/squad_dev_part.json"
    seeds = [SEED, *map(int, os.environ.get("MORE_SEEDS", "").split())]
    with model_server(folder) as model:
        program = Program(folder, model.settings)
        for seed in seeds:
            asked = program.begin(
                "eval", "answers", str(cases), "--model", "--questions", str(QUESTIONS), "--seed", str(seed), "--json", "--show"
            )
            out, errors = asked.communicate()
            assert asked.returncode == 0, errors
            *shown, line = out.splitlines()
            print("\n".join(f"       {text}" for text in shown))
            figures = json.loads(line)
            on, off = figures["answerable"], figures["off_topic"]
            air = (off["asked"] - off["refused"]) / off["asked"]
            refused, quoted = on["refused"] / on["asked"], on["cited"] / on["asked"]
            print(
                f"       seed {seed}: {off['asked']} off topic, {off['with_passages']} of them with passages: answered from thin air {air:.0%}"
                f" · {on['asked']} answerable: refused {refused:.0%}, with a verified citation {quoted:.0%}, right {on['right'] / on['asked']:.0%}"
                f" · {figures['seconds']:.0f} s, {figures['input_tokens']} tokens in, {figures['output_tokens']} out,"
                f" first word after {figures['first_word_seconds']:.1f} s",
                flush=True,
            )
            assert on["without_model"] + off["without_model"] == 0, figures
            assert off["with_passages"] >= off["asked"] / 2, figures
            assert air <= MOST_FROM_THIN_AIR, f"answered from thin air: {air:.0%}"
            assert refused <= MOST_REFUSED, f"refused: {refused:.0%}"
            assert quoted >= LEAST_CITED, f"with a citation: {quoted:.0%}"


if __name__ == "__main__":
    sys.exit(checks.run([a_conversation, the_figures], sys.argv[1:]))
