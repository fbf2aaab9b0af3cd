"""A client as somebody writes it who has read the product's introduction, and the reference for paths and bodies.

The introduction tells: a key for servers and a token for devices, both as `Authorization: Bearer`; a handshake that
answers `token` and `expiresIn`; a token is good for exactly an hour, and the client keeps the time; three errors, known
by status and phrase. Nothing else of this server is used.
"""

import json
import time
from collections.abc import Callable, Iterator

import requests

RENEW_BEFORE_SECONDS = 60


class Refused(Exception):
    """The introduction's errors: what it is, and what to do about it."""

    resolution = "See the API reference."


class Unauthorized(Refused):
    resolution = "Check your headers and ensure the Bearer token is formatted correctly."


class TokenExpired(Refused):
    resolution = "Call the Handshake API to generate a new token."


class Forbidden(Refused):
    resolution = "Verify that you are using the correct API key for the environment."


ERRORS = {(401, "Unauthorized"): Unauthorized, (401, "Token Expired"): TokenExpired, (403, "Forbidden"): Forbidden}


def checked(response: requests.Response) -> requests.Response:
    if response.ok:
        return response
    message = response.json()["message"]
    raise ERRORS.get((response.status_code, message), Refused)(f"{response.status_code} {message}")


class Server:
    """Server to server: the permanent API key, good for all calls."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url = base_url
        self.headers = {"Authorization": f"Bearer {api_key}"}

    def get(self, path: str) -> dict:
        return checked(requests.get(self.base_url + path, headers=self.headers, timeout=30)).json()

    def post(self, path: str, body: dict) -> dict:
        return checked(requests.post(self.base_url + path, json=body, headers=self.headers, timeout=30)).json()


class Visitor:
    """Client to server: a token from the handshake, renewed before its hour is over."""

    def __init__(
        self, base_url: str, chatbot_id: str, project_id: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.base_url = base_url
        self.chatbot_id = chatbot_id
        self.project_id = project_id
        self.clock = clock
        self.session_id: str | None = None
        self.handshakes = 0
        self.handshake()

    def handshake(self) -> None:
        body = {"chatbot_id": self.chatbot_id, "project_id": self.project_id, "version": 2}
        answer = checked(requests.post(f"{self.base_url}/v1/ai-agent/handshake", json=body, timeout=30)).json()
        self.token = answer["token"]
        self.renew_at = self.clock() + answer["expiresIn"] - RENEW_BEFORE_SECONDS
        self.handshakes += 1

    def post(self, path: str, query: str, **options: bool) -> requests.Response:
        """One question, with the token as it is."""
        context = {"platform": "web"} | ({"session_id": self.session_id} if self.session_id else {})
        body = {"query": query, "pid": self.project_id, "chatbot_id": self.chatbot_id, "user_context": context}
        headers = {"Authorization": f"Bearer {self.token}"}
        return checked(requests.post(self.base_url + path, json=body, headers=headers, timeout=30, **options))

    def ask(self, path: str, query: str, **options: bool) -> requests.Response:
        """One question, with a token that is good."""
        if self.clock() >= self.renew_at:
            self.handshake()
        try:
            return self.post(path, query, **options)
        except TokenExpired:
            self.handshake()
            return self.post(path, query, **options)

    def chat(self, query: str) -> str:
        data = self.ask("/v1/ai-agent/chat", query).json()["data"]
        self.session_id = data["session_id"]
        return data["answer"]

    def stream(self, query: str) -> Iterator[str]:
        for line in self.ask("/v1/ai-agent/chat/stream", query, stream=True).iter_lines():
            if line.startswith(b"data: {"):
                event = json.loads(line.removeprefix(b"data: "))
                if event["type"] == "text-delta":
                    yield event["delta"]
                elif event["type"] == "data-session":
                    self.session_id = event["data"]
