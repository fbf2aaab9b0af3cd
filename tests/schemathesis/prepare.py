"""Makes one of everything, and writes what schemathesis's own command needs into a folder, `prepare.py FOLDER`: its
configuration with real ids, and the credentials to ask with, in the form of Web Fuzzing Commons: an account's key, and
that of another account, with which nothing of the first is to be had.
"""

import json
import os
import string
import sys
from pathlib import Path

import requests
from world import BASE_URL, CHATBOT_ID, PROJECT_ID, secret
from world_of_bookings import day
from world_of_ids import OWN_KEY, World, from_elsewhere, log_in, new_lead, new_pair, new_question, new_tab, new_user

FULL = bool(os.environ.get("TEST_FULL"))


def other_key() -> str:
    """A full key of another account."""
    headers = from_elsewhere() | {"cookie": f"robofy_session={log_in(*new_user())}", "x-robofy-csrf": "1", "origin": BASE_URL}
    body = {"name": "Other", "environment": "live", "scopes": ["*"]}
    made = requests.post(f"{BASE_URL}/v1/api-keys", json=body, headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    return secret(made.json()["data"]["key"])


def identity(name: str, headers: dict[str, str]) -> dict:
    return {"name": name, "fixedHeaders": [{"name": header, "value": value} for header, value in headers.items()]}


World("API key")
new_lead(), new_pair(), new_question(), new_tab(CHATBOT_ID)
credentials = {
    "auth": [
        identity("owner", {"Authorization": f"Bearer {OWN_KEY}"}),
        identity("stranger", {"Authorization": f"Bearer {other_key()}"}),
    ]
}
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
identities = folder / "identities.json"
identities.write_text(json.dumps(credentials))
template = string.Template((Path(__file__).parent / "every_check.toml").read_text())
config = template.substitute(
    IDENTITIES=identities,
    PROJECT_ID=PROJECT_ID,
    CHATBOT_ID=CHATBOT_ID,
    FROM=day(1),
    TO=day(8),
    SCENARIOS=800 if FULL else 100,
)
(folder / "every_check.toml").write_text(config)
