"""Requests that schemathesis makes from the OpenAPI document, with each kind of credential, against a real server.

No answer is a 5xx, and each has a status, headers, a content type and a body that the document names. Every operation
that a credential may call is reached: at least one 2xx. What was not meant to be valid, and one call after the other, is
the affair of schemathesis's own command (`every_check.toml`).
"""

import collections
import os
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case
from schemathesis.checks import CHECKS as REGISTERED
from schemathesis.checks import is_check_class
from world import BASE_URL
from world_of_ids import TEXT, World

SEED = 20261124
EXAMPLES = 50 if os.environ.get("TEST_FULL") else 25
EXCLUDED = {
    "positive_data_acceptance": "real things stand in the place of generated ones, and need not go together",
    "ignored_auth": "it calls again without the credential, which it would have to have put in itself",
}
CHECKS = [one for one in REGISTERED.get_all() if not is_check_class(one) and one.__name__ not in EXCLUDED]
SCHEMES = {"API key": "apiKey", "cookie": "session", "client token": "clientToken"}
REPORT = Path(__file__).parents[2] / "target/test-reports/schemathesis.txt"

document = schemathesis.openapi.from_url(f"{BASE_URL}/openapi.json")
operations = [result.ok() for result in document.get_all_operations()]
statuses: dict[str, dict[str, collections.Counter]] = collections.defaultdict(dict)


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {credential: World(credential) for credential in SCHEMES}


@pytest.fixture(scope="module", autouse=True)
def report():
    yield
    lines = [f"schemathesis {schemathesis.SCHEMATHESIS_VERSION}, seed {SEED}, {EXAMPLES} examples for each operation and credential", ""]
    lines.append(f"{'operation':70} " + " ".join(f"{credential:28}" for credential in SCHEMES))
    for label in sorted(statuses):
        cells = (" ".join(f"{status}×{times}" for status, times in sorted(statuses[label].get(credential, {}).items())) for credential in SCHEMES)
        lines.append(f"{label:70} " + " ".join(f"{cell:28}" for cell in cells))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")
    print("\n" + "\n".join(lines))


def may_call(operation: schemathesis.APIOperation, credential: str) -> bool:
    """Whether the document lets this credential in; no requirement at all lets in everybody."""
    required = operation.definition.raw.get("security", document.raw_schema.get("security", []))
    return not required or any(not one or SCHEMES[credential] in one for one in required)


@pytest.mark.parametrize("credential", SCHEMES)
@pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.label)
def test_operation(operation: schemathesis.APIOperation, credential: str, worlds: dict[str, World]) -> None:
    world = worlds[credential]
    seen = statuses[operation.label].setdefault(credential, collections.Counter())
    turn = 0

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=operation.as_strategy())
    def run(case: Case) -> None:
        nonlocal turn
        # Two of three requests are about real things, the third about whatever was generated.
        real = turn % 3 != 2
        turn += 1
        if real:
            fill(case, world.values(operation.label, operation.path))
        response = requests.request(**request(case, world, real), timeout=60)
        seen[response.status_code] += 1
        # A stream's events are judged by the client that reads them (tests/ai-sdk); the document types them as text.
        streamed = response.headers.get("content-type", "").startswith("text/event-stream")
        checks = [one for one in CHECKS if not streamed or one.__name__ != "response_schema_conformance"]
        case.validate_response(response, checks=checks)

    run()
    if may_call(operation, credential):
        assert any(200 <= status < 300 for status in seen), f"no request of {operation.label} with the {credential} succeeded: {dict(seen)}"


def fill(case: Case, values: dict[str, object]) -> None:
    """Puts the real values where their names stand, at any depth."""
    for place in (case.path_parameters, case.query):
        for name in place or {}:
            if name in values:
                place[name] = str(values[name])
    if "nextPageToken" in (case.query or {}):
        del case.query["nextPageToken"]
    fill_body(case.body, values)


def fill_body(body: object, values: dict[str, object]) -> None:
    if isinstance(body, dict):
        for name, value in body.items():
            if name in values:
                body[name] = values[name]
            elif isinstance(value, dict):
                fill_body(value, values)
        # A session named with a client token has to be its own; without one the token's is meant.
        if "platform" in body or "platfrom" in body:
            body.pop("session_id", None)


def request(case: Case, world: World, real: bool) -> dict:
    """What `requests` takes, with the credential put in and, for real things, a file that can be read."""
    options = case.as_transport_kwargs(base_url=BASE_URL)
    headers = {name: value for name, value in dict(options.get("headers") or {}).items() if name.lower() not in {"authorization", "cookie", "x-robofy-csrf"}}
    options["headers"] = headers | world.headers(case.operation.label)
    options["cookies"] = None
    if real and options.get("files"):
        fields = [(name, value) for name, value in _pairs(options["files"]) if name not in {"file", "metadata"}]
        options["files"] = [*fields, ("file", ("notes.md", TEXT.encode(), "text/markdown"))]
        options["headers"] = {name: value for name, value in options["headers"].items() if name.lower() != "content-type"}
    return options


def _pairs(files: object) -> list[tuple[str, object]]:
    return list(files.items()) if isinstance(files, dict) else list(files)
