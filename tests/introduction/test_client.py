"""The client of the introduction, unchanged, against the server: handshake, chat, renewal at the hour, three errors.

The server's wall clock is put forward while it runs (`clock.c`), so that its hour really passes; the tests run in the
order of that clock.
"""

import os
import struct
import time
from pathlib import Path

import pytest
import requests
from client import Forbidden, Server, TokenExpired, Unauthorized, Visitor
from world import API_KEY, BASE_URL, CHATBOT_ID, PROJECT_ID, secret

SHIFT = Path(os.environ["CLOCK_SHIFT_FILE"])


class Time:
    """The time of server and client alike, which the tests put forward."""

    def __init__(self) -> None:
        self.shift = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.shift

    def pass_by(self, seconds: int, *, client_asleep: bool = False) -> None:
        now = struct.unpack("=q", SHIFT.read_bytes())[0] + seconds
        with SHIFT.open("r+b") as file:
            file.write(struct.pack("=q", now))
        if not client_asleep:
            self.shift += seconds


@pytest.fixture
def clock() -> Time:
    return Time()


def visitor(clock: Time) -> Visitor:
    made = Visitor(BASE_URL, CHATBOT_ID, PROJECT_ID, clock)
    secret(made.token)
    return made


@pytest.fixture(scope="module", autouse=True)
def taught() -> None:
    body = {"chatbot_id": CHATBOT_ID, "file_name": "parking.md", "content": "Parking is free behind the house."}
    Server(BASE_URL, API_KEY).post(f"/v1/ai-agent/link_content/{PROJECT_ID}", body)


def test_a_server_calls_any_api_with_its_key() -> None:
    server = Server(BASE_URL, API_KEY)
    projects = server.get("/v1/projects")["data"]["projects"]
    assert str(projects[0]["id"]) == PROJECT_ID
    body = {"query": "Where can I park?", "pid": PROJECT_ID, "chatbot_id": CHATBOT_ID, "user_context": {"platform": "web"}}
    answer = server.post("/v1/ai-agent/chat", body)["data"]
    secret(answer["session_id"])
    assert "behind the house" in answer["answer"]


def test_the_handshake_answers_a_token_for_exactly_an_hour() -> None:
    body = {"chatbot_id": CHATBOT_ID, "project_id": PROJECT_ID, "version": 2}
    answer = requests.post(f"{BASE_URL}/v1/ai-agent/handshake", json=body, timeout=30).json()
    secret(answer["token"])
    assert answer["token"].count(".") == 2
    assert answer["expiresIn"] == 3600


def test_a_visitor_chats_and_streams(clock: Time) -> None:
    guest = visitor(clock)
    assert "behind the house" in guest.chat("Where can I park?")
    session = secret(guest.session_id)
    pieces = list(guest.stream("Where can I park?"))
    assert "behind the house" in "".join(pieces)
    assert guest.session_id == session
    assert guest.handshakes == 1


@pytest.mark.parametrize("credential", ["", "no-such-key", API_KEY[:-1], "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"])
def test_401_unauthorized(clock: Time, credential: str) -> None:
    with pytest.raises(Unauthorized, match="401 Unauthorized"):
        Server(BASE_URL, credential).get("/v1/projects")
    guest = visitor(clock)
    guest.token = credential
    with pytest.raises(Unauthorized):
        guest.post("/v1/ai-agent/chat/stream", "Hello", stream=True)


def test_401_without_the_word_bearer() -> None:
    for headers in ({}, {"Authorization": API_KEY}, {"Authorization": f"Basic {API_KEY}"}):
        answer = requests.get(f"{BASE_URL}/v1/projects", headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized")


def test_403_forbidden(clock: Time) -> None:
    # A token opens the chat only.
    with pytest.raises(Forbidden, match="403 Forbidden"):
        Server(BASE_URL, visitor(clock).token).get("/v1/projects")
    # A key opens what its scopes allow.
    body = {"name": "Leads", "environment": "live", "scopes": ["leads:read"]}
    made = Server(BASE_URL, API_KEY).post("/v1/api-keys", body)["data"]
    reader = Server(BASE_URL, secret(made["key"]))
    reader.get(f"/v1/ai-agent/leads/{PROJECT_ID}/{CHATBOT_ID}")
    with pytest.raises(Forbidden):
        reader.get("/v1/projects")


def test_a_client_that_keeps_the_time_never_sees_its_token_expire(clock: Time) -> None:
    guest = visitor(clock)
    guest.chat("Where can I park?")
    session, first = secret(guest.session_id), guest.token
    clock.pass_by(3_530)
    guest.chat("Where can I park?")
    assert guest.token == first, "58:50 are no reason to renew"
    clock.pass_by(20)
    assert "behind the house" in "".join(guest.stream("Where can I park?"))
    secret(guest.token)
    assert guest.token != first
    assert guest.handshakes == 2
    assert guest.session_id == session, "the same conversation goes on"
    # What the first token was good for, the renewed one is good for as well.
    clock.pass_by(3_000)
    assert "behind the house" in guest.chat("Where can I park?")
    assert (guest.handshakes, guest.session_id) == (2, session)


def test_401_token_expired_at_the_hour_and_not_before(clock: Time) -> None:
    guest = visitor(clock)
    clock.pass_by(3_590)
    assert guest.post("/v1/ai-agent/chat", "Hello").ok, "good up to the end of its hour"
    clock.pass_by(11)
    for path in ("/v1/ai-agent/chat", "/v1/ai-agent/chat/stream"):
        with pytest.raises(TokenExpired, match="401 Token Expired"):
            guest.post(path, "Hello")


def test_a_client_that_slept_shakes_hands_again(clock: Time) -> None:
    guest = visitor(clock)
    guest.chat("Where can I park?")
    session = secret(guest.session_id)
    clock.pass_by(7_200, client_asleep=True)
    assert "behind the house" in guest.chat("Where can I park?")
    secret(guest.token)
    assert (guest.handshakes, guest.session_id) == (2, session)
