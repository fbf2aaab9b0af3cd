"""The PyPI package `openai` reads the scripted provider."""

import json
import os
import time
import urllib.request

import openai
import pytest

BASE_URL = os.environ["PROVIDER_BASE_URL"]
USUAL = "We are open from nine."
MESSAGES = [{"role": "user", "content": "When are you open?"}]


@pytest.fixture
def client() -> openai.OpenAI:
    return openai.OpenAI(base_url=BASE_URL, api_key="sk-test", max_retries=0, timeout=3)


def requests() -> dict:
    with urllib.request.urlopen(BASE_URL.removesuffix("/v1") + "/requests", timeout=10) as answer:
        return json.load(answer)


def stream(client: openai.OpenAI, model: str) -> list:
    """Every chunk of a stream, as the package's own type."""
    options = {"include_usage": True}
    return list(client.chat.completions.create(model=model, messages=MESSAGES, stream=True, stream_options=options))


def text(chunks: list) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def reason(chunks: list) -> str | None:
    return next((chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason), None)


def test_a_stream(client: openai.OpenAI) -> None:
    chunks = stream(client, "usual")
    assert text(chunks) == USUAL
    assert reason(chunks) == "stop"
    assert chunks[0].choices[0].delta.role == "assistant"
    last = chunks[-1]
    assert last.choices == []
    assert (last.usage.prompt_tokens, last.usage.completion_tokens, last.usage.total_tokens) == (21, 6, 27)
    assert all(chunk.usage is None for chunk in chunks[:-1])
    # Strict: what the package's types do not allow would fail here and not before.
    for chunk in chunks:
        type(chunk).model_validate(chunk.to_dict(), strict=True)


def test_a_document(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="usual", messages=MESSAGES)
    assert whole.choices[0].message.content == USUAL
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.total_tokens == 27
    type(whole).model_validate(whole.to_dict(), strict=True)


def test_it_is_asked_as_we_ask(client: openai.OpenAI) -> None:
    stream(client, "echo")
    asked = requests()["requests"][-1]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["headers"]["authorization"] == "Bearer sk-test"
    assert asked["headers"]["content-type"] == "application/json"
    assert asked["body"] == {"model": "echo", "messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}}


@pytest.mark.parametrize(("model", "wanted"), [("length", "length"), ("content-filter", "content_filter"), ("usual", "stop")])
def test_reasons(client: openai.OpenAI, model: str, wanted: str) -> None:
    assert reason(stream(client, model)) == wanted


@pytest.mark.parametrize("model", ["no-usage", "no-done", "thinks", "slow-first@300"])
def test_what_is_optional(client: openai.OpenAI, model: str) -> None:
    chunks = stream(client, model)
    assert text(chunks) == USUAL
    assert any(chunk.usage for chunk in chunks) == (model != "no-usage")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_errors(client: openai.OpenAI, status: int, kind: type[openai.APIStatusError]) -> None:
    with pytest.raises(kind) as raised:
        stream(client, f"error-{status}")
    assert raised.value.status_code == status
    assert raised.value.body["message"].startswith(f"scripted: {status}")
    assert isinstance(raised.value.code, str)


@pytest.mark.parametrize("model", ["cut-first", "cut"])
def test_a_cut(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.APIConnectionError):
        stream(client, model)


def test_an_error_within_the_stream(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="overloaded"):
        stream(client, "stream-error")


@pytest.mark.parametrize("model", ["malformed", "malformed-first"])
def test_broken_json(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(ValueError):
        stream(client, model)


@pytest.mark.parametrize("model", ["hang", "silent", "stall"])
def test_silence(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.APITimeoutError):
        stream(client.with_options(timeout=0.5), model)


def test_an_end_without_a_reason_is_taken_for_an_end(client: openai.OpenAI) -> None:
    """The package does not look at it; we take it for a cut."""
    chunks = stream(client, "no-end")
    assert text(chunks) == "We are"
    assert reason(chunks) is None


def test_another_type_is_no_stream(client: openai.OpenAI) -> None:
    """The package reads an HTML page as a stream without events; we say what it is."""
    assert stream(client, "wrong-type") == []


def test_its_own_retries(client: openai.OpenAI) -> None:
    before = len(requests()["requests"])
    assert text(stream(client.with_options(max_retries=2), "fail-2-then-ok")) == USUAL
    assert len(requests()["requests"]) - before == 3


def test_closing_a_stream_is_seen(client: openai.OpenAI) -> None:
    chunks = client.chat.completions.create(model="tokens-1000@20", messages=MESSAGES, stream=True)
    next(iter(chunks))
    chunks.close()
    until = time.monotonic() + 10
    while requests()["requests"][-1]["gone_ms"] is None:
        assert time.monotonic() < until, "the provider did not see it"
        time.sleep(0.02)
