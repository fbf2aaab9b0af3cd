#!/usr/bin/env python3
"""Every way in which a secret reaches the server, at the finest log level; then all that it wrote is searched."""

import base64
import json
import re
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
import leaks
from program import Agent, Program, Server, database

CSRF = {"x_robofy_csrf": "1"}


class Told(list):
    """The secrets that were used."""

    def note(self, secret: str) -> str:
        self.append(secret)
        return secret


def sqlite(folder: Path) -> None:
    everything(folder, {})


def postgres(folder: Path) -> None:
    with database(folder) as settings:
        everything(folder, settings)


def everything(folder: Path, settings: dict[str, str]) -> None:
    # Beyond loopback, so that a set-up code is asked for.
    program, told = Program(folder, settings | {"LOG": "trace", "PUBLIC_URL": "http://robofy.example"}), Told()
    logs = []
    server = Server(program)
    try:
        server.wait_until_ready()
        [code] = [line.split()[1] for line in server.out.read_text().splitlines() if line.strip().startswith("code ")]
        told.note(code)
        password, primary, cookie = sign_up(server, told, code)
        facts = quickstart(program, told, logs)
        agent = Agent.of(server, facts)
        assert facts["api_key"] == primary
        talk(agent, told, cookie)
        keys(agent, program, told, logs, cookie, password)
        mistakes(agent, told)
        server.stop()
    finally:
        server.kill()
    again = Server(program)
    try:
        again.wait_until_ready()
        assert agent.at(again).ask("Hello", credential=told.token).status == 200
        again.stop()
    finally:
        again.kill()
    key = Path(settings.get("MASTER_KEY_FILE", program.data / "master.key"))
    told.note(key.read_text().strip())
    if "DATABASE_URL" in settings:
        told.note(settings["DATABASE_URL"])
    told += leaks.web_sessions(program.data)
    logs += [server.log, again.log, again.out]
    # The banner is the one place that shows a secret: the set-up code, in its own line.
    banner = folder / "banner"
    banner.write_text("\n".join(line for line in server.out.read_text().splitlines() if not line.strip().startswith("code ")))
    size = sum(log.stat().st_size for log in logs)
    levels = set(re.findall(r'"level":"([A-Z]+)"', server.log.read_text(errors="replace")))
    # No part of the program writes at `trace` in this run; that it is let through is seen by the level below `info`.
    assert "DEBUG" in levels, f"the log is not at its finest level: {levels}"
    found = leaks.search([*logs, banner], told)
    assert not found, "\n".join(found)
    # The search itself can fail: a line with each secret is found.
    probe = folder / "probe"
    probe.write_text("\n".join(f'{{"x":"{secret}"}}' for secret in told if len(secret) >= leaks.SHORTEST))
    assert leaks.search([probe], told)
    print(f"{len(set(told))} secrets, none of them in {size // 1000} kB of log")


def sign_up(server: Server, told: Told, code: str) -> tuple[str, str, str]:
    origin = {"origin": "http://robofy.example"}
    password = told.note("walnut-" + uuid.uuid4().hex)
    person = {"email": "owner@example.com", "password": password, "name": "Owner"}
    wrong = server.call("POST", "/v1/auth/signup", person | {"setup_code": told.note("WrongCode1234")}, **origin)
    assert wrong.status in (401, 403), wrong
    made = server.call("POST", "/v1/auth/signup", person | {"setup_code": code}, idempotency_key=told.note(uuid.uuid4().hex), **origin)
    assert made.status == 201, made
    told.note(made.headers["set-cookie"].split(";")[0].partition("=")[2])
    wrong = server.call("POST", "/v1/auth/login", {"email": person["email"], "password": told.note("wrong-password-1")}, **origin)
    assert wrong.status == 401, wrong
    entered = server.call("POST", "/v1/auth/login", {"email": person["email"], "password": password}, **origin)
    assert entered.status == 200, entered
    cookie = entered.headers["set-cookie"].split(";")[0]
    told.note(cookie.partition("=")[2])
    assert server.call("GET", "/v1/auth/me", cookie=cookie).status == 200
    refused = server.call("POST", "/v1/api-keys/primary/reveal", {"password": told.note("wrong-password-2")}, cookie=cookie, **CSRF, **origin)
    assert refused.status in (401, 403), refused
    shown = server.call("POST", "/v1/api-keys/primary/reveal", {"password": password}, cookie=cookie, **CSRF, **origin)
    return password, told.note(shown.data()["key"]), cookie


def quickstart(program: Program, told: Told, logs: list[Path]) -> dict:
    done = program.run("quickstart", "--json", "--reset-password")
    assert done.returncode == 0, done
    log = program.folder / "quickstart-log"
    log.write_text(done.stderr)
    logs.append(log)
    facts = json.loads(done.stdout)
    told.note(facts["api_key"])
    told.note(facts["password"])
    return facts


def talk(agent: Agent, told: Told, cookie: str) -> None:
    once = {"idempotency_key": told.note(uuid.uuid4().hex)}
    words = told.note("The code word of the vault is " + uuid.uuid4().hex)
    assert agent.teach("a.txt", words + ".", **once).status == agent.teach("a.txt", words + ".", **once).status
    page = f"<html><title>Hours</title><main><p>Open from nine. {words}.</p></main></html>"
    assert agent.teach_file("a.html", page.encode()).status in (200, 201)
    agent.server.call("POST", "/v1/ai-agent/chat", agent.question("What is the code word of the vault?"), cookie=cookie, **CSRF)
    session = told.note(agent.ask("What is the code word of the vault?").data()["session_id"])
    assert agent.ask("Thanks", session, **{"idempotency_key": told.note(uuid.uuid4().hex)}).status == 200
    told.token = told.note(agent.handshake()["token"])
    claims = json.loads(base64.urlsafe_b64decode(told.token.split(".")[1] + "=="))
    told.note(claims["session"] if "session" in claims else session)
    answer, told_events = agent.stream(told.note("When is " + uuid.uuid4().hex + " open?"), credential=told.token)
    assert answer.status == 200 and told_events[-1] == "[DONE]", answer
    [own] = [event["data"] for event in told_events if event != "[DONE]" and event["type"] == "data-session"]
    told.note(own)
    renewed = agent.handshake(own)["token"]
    told.note(renewed)
    assert agent.server.call("GET", f"/v1/ai-agent/chat/{own}/stream", credential=renewed).status == 204
    agent.server.call("GET", f"/v1/ai-agent/chat/{told.note(str(uuid.uuid4()))}/stream?token={renewed}", credential=renewed)
    secret_key = {"llm_api_key": told.note("sk-" + uuid.uuid4().hex)}
    agent.server.call("PUT", f"/v1/ai-agent/chatbot_ai_settings/{agent.project}/{agent.chatbot}", secret_key, agent.key)


def keys(agent: Agent, program: Program, told: Told, logs: list[Path], cookie: str, password: str) -> None:
    server = agent.server
    made = server.call(
        "POST", "/v1/api-keys", {"name": "Shop", "environment": "test", "scopes": ["chat"]}, agent.key,
        idempotency_key=told.note(uuid.uuid4().hex),
    ).data(201)  # fmt: skip
    small = told.note(made["key"])
    assert agent.ask("Hello", credential=small).status == 200
    assert server.call("GET", "/v1/projects", credential=small).status == 403
    assert server.call("DELETE", f"/v1/api-keys/{made['id']}", credential=agent.key).status in (200, 204)
    assert agent.ask("Hello", credential=small).status == 401
    for command in (("keys", "create", "--name", "Trial"), ("account", "reset-password", "--email", "owner@example.com")):
        done = program.run(*command)
        assert done.returncode == 0, done
        told += [word for word in done.stdout.split() if len(word) >= 20]
        logs.append(program.folder / f"{command[1]}-log")
        logs[-1].write_text(done.stderr)
    rotated = program.run("keys", "rotate-signing")
    assert rotated.returncode == 0, rotated
    logs.append(program.folder / "rotate-log")
    logs[-1].write_text(rotated.stdout + rotated.stderr)
    server.call("POST", "/v1/auth/logout", {}, cookie=cookie, **CSRF)


def mistakes(agent: Agent, told: Told) -> None:
    """Credentials and requests that are wrong, each in its own way."""
    server, ask = agent.server, agent.question("Hello")
    bad_key = told.note(agent.key[:-4] + "AAAA")
    forged = told.note(told.token[:-6] + "AAAAAA")
    for credential in (bad_key, forged, told.note("x" * 5000), told.note("rbf_live_" + uuid.uuid4().hex)):
        assert server.call("POST", "/v1/ai-agent/chat", ask, credential).status in (400, 401, 431)
    assert server.call("GET", "/v1/projects", credential=told.token).status == 403
    assert server.call("GET", "/v1/auth/me", cookie="robofy_session=" + told.note(uuid.uuid4().hex)).status == 401
    assert server.call("GET", "/v1/auth/me", authorization="Basic " + told.note("dXNlcjpwYXNzd29yZA==")).status == 401
    for path in (f"/v1/{told.token}", f"/v1/projects/{told.token}", f"/v1/ai-agent/chat/{told.token}/stream", f"/nowhere?key={agent.key}"):
        assert server.call("GET", path, credential=agent.key).status in (400, 404), path
    broken = b'{"password": "' + told.note("half-a-password-1").encode()
    assert server.call("POST", "/v1/auth/login", broken, content_type="application/json").status == 400
    wrong_type = {"email": told.note("secret-as-an-email"), "password": [told.note("a-password-in-a-list")]}
    assert server.call("POST", "/v1/auth/login", wrong_type).status == 400
    assert server.call("POST", "/v1/api-keys", {"name": "x", told.note("a-secret-as-a-name"): 1}, agent.key).status == 400
    with server.connect() as plain:
        plain.sendall(f"GET / HTTP/1.1\r\nauthorization: Bearer {agent.key}\r\nbroken header {told.token}\r\n\r\n".encode())
        plain.recv(1000)


if __name__ == "__main__":
    sys.exit(checks.run([sqlite, postgres], sys.argv[1:]))
