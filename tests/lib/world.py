"""What `with-server` handed out, and small calls, for suites in Python."""

import os
from pathlib import Path

import requests


def given(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set: start this suite with its `run` script")
    return value


BASE_URL = given("TEST_BASE_URL")
API_KEY = given("TEST_API_KEY")
EMAIL = given("TEST_EMAIL")
PASSWORD = given("TEST_PASSWORD")
PROJECT_ID = given("TEST_PROJECT_ID")
CHATBOT_ID = given("TEST_CHATBOT_ID")


def secret(value: str) -> str:
    """Tells `with-server` a secret that the server's log must not hold."""
    with Path(given("TEST_SECRETS")).open("a") as file:
        file.write(f"{value}\n")
    return value


def handshake(chatbot_id: str = CHATBOT_ID, project_id: str = PROJECT_ID) -> dict:
    """A client token, as a visitor's page gets one: the whole answer."""
    answer = requests.post(
        f"{BASE_URL}/v1/ai-agent/handshake",
        json={"chatbot_id": chatbot_id, "project_id": project_id, "version": 2},
        timeout=30,
    )
    answer.raise_for_status()
    secret(answer.json()["token"])
    return answer.json()


def ask(credential: str, query: str = "Hello", **fields: object) -> requests.Response:
    """Asks the agent and waits for the whole answer."""
    body = {"query": query, "pid": PROJECT_ID, "chatbot_id": CHATBOT_ID, "user_context": {"platform": "web"}} | fields
    return requests.post(
        f"{BASE_URL}/v1/ai-agent/chat", json=body, headers={"authorization": f"Bearer {credential}"}, timeout=30
    )
