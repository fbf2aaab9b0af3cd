"""What stands between schemathesis's own command and the server: formats, page tokens, and what must outlive the run."""

import itertools
import json
import os
import uuid
import zoneinfo
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, HookContext, Response
from schemathesis.core.parameters import ParameterLocation
from world import BASE_URL, CHATBOT_ID, handshake
from world_of_ids import api, log_in, new_agent

KEYS = {one["id"] for one in api("GET", "/v1/api-keys?pageSize=200")["data"]["api_keys"]}
# Whose settings are tried out: the agent that the others talk to stays as it is.
SPARE = new_agent()
OWNER = json.loads((Path(os.environ["TEST_DATA_DIR"]) / "identities.json").read_text())["auth"][0]["fixedHeaders"][0]["value"]
VISITOR = f"Bearer {handshake()['token']}"
COOKIE = log_in()
count = itertools.count(1)
pages: dict[str, tuple] = {}

schemathesis.openapi.format("time-zone", st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})))


def listed(case: Case) -> tuple:
    """The list that a page belongs to: the same path and filters."""
    filters = {name: str(value) for name, value in case.query.items() if name not in {"nextPageToken", "pageSize"}}
    return case.formatted_path, tuple(sorted(filters.items()))


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict) -> None:
    """Each request comes from an address of its own, so that limits by address let it through."""
    number = next(count)
    case.headers["x-forwarded-for"] = f"11.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    speak(case)
    keep(case)
    if case.meta is not None and case.meta.is_negative_at(ParameterLocation.QUERY):
        return
    # A token that the list has not given is refused, as it should be; so it is sent only where a refusal is asked for.
    token = case.query.get("nextPageToken")
    if token is not None and pages.get(token) != listed(case):
        del case.query["nextPageToken"]
    # A visitor is one of this agent's.
    if case.path.startswith("/v1/ai-agent/chat/booking/"):
        case.query["chatbotId"] = CHATBOT_ID


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    if response.status_code == 200 and case.method == "GET" and "nextPageToken" in {one.name for one in case.operation.query}:
        body = response.json()
        data = body["data"].get("report", body["data"])
        token = body.get("next_page_token") or data.get("next_page_token")
        if token:
            pages[token] = listed(case)


def speak(case: Case) -> None:
    """Where a key opens nothing, its owner comes with the credential that does: as a visitor, or as a person."""
    if case.headers.get("Authorization") != OWNER:
        return
    if case.path.startswith("/v1/ai-agent/chat/booking/"):
        case.headers["Authorization"] = VISITOR
    elif case.path.startswith("/v1/api-keys/primary/") or case.path == "/v1/auth/logout":
        del case.headers["Authorization"]
        cookie = log_in() if case.path.endswith("/logout") else COOKIE
        case.headers.update({"Cookie": f"robofy_session={cookie}", "x-robofy-csrf": "1", "Origin": BASE_URL})


def keep(case: Case) -> None:
    """Turns away what would end the credentials in use, or the agent that is talked to."""
    label = case.operation.label
    if label == "DELETE /v1/api-keys/{id}" and case.path_parameters.get("id") in KEYS:
        case.path_parameters["id"] = str(uuid.uuid4())
    elif case.path_parameters.get("chatbotId") == CHATBOT_ID:
        if label == "DELETE /v1/ai-agent/chatbot/{projectId}/{chatbotId}":
            case.path_parameters["chatbotId"] = new_agent()
        elif case.method == "PUT" and case.path.startswith(("/v1/ai-agent/chatbot/", "/v1/ai-agent/chatbot_ai_settings/")):
            case.path_parameters["chatbotId"] = SPARE
