"""What an agent knows, asked for by the documented calls."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

from program import Agent, Answer

# A crawl that has not ended by then hangs.
CRAWL_SECONDS = 240


@dataclass
class Known:
    """An asset that the agent is linked to."""

    asset: int
    version: int
    place: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass
class Knowledge:
    """All that an agent knows, by its place: the address of a page, the name of a file."""

    by_place: dict[str, Known] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)

    def by_asset(self) -> dict[int, Known]:
        return {known.asset: known for known in self.by_place.values()}

    def hashes(self) -> dict[str, str]:
        return {place: known.hash for place, known in self.by_place.items()}


def read(agent: Agent) -> Knowledge:
    found = Knowledge()
    for link in pages(agent, f"/v1/ai-agent/chatbot_asset_link/{agent.project}/{agent.chatbot}", "assets"):
        place = link["source_url"] or link["file_name"]
        text = read_text(agent, link["asset_id"])
        if place in found.by_place:
            found.doubled.append(place)
        found.by_place[place] = Known(link["asset_id"], text["version"], place, text["text"])
    return found


def read_text(agent: Agent, asset: int, version: int | None = None) -> dict:
    query = "" if version is None else f"?version={version}"
    return call(agent, "GET", f"/v1/ai-agent/assets/{agent.project}/{asset}/text{query}").data()


def pages(agent: Agent, path: str, name: str) -> Iterator[dict]:
    """The items of a list, page by page."""
    token = ""
    while token is not None:
        data = call(agent, "GET", f"{path}?pageSize=200" + (f"&nextPageToken={token}" if token else "")).data()
        yield from data[name]
        token = data["next_page_token"]


def call(agent: Agent, method: str, path: str, body=None) -> Answer:
    return agent.server.call(method, path, body, agent.key)


def crawl(agent: Agent, url: str, **wishes) -> str:
    """Begins a crawl as the public API's clients do; gives the run."""
    body = {
        "project_id": agent.project, "chatbot_id": agent.chatbot, "vector_provider": 1, "start_urls": [{"url": url}],
        "max_crawl_pages": 500, "max_crawl_depth": 8, "include_urls": [], "exclude_urls": [], "use_sitemap": "1",
        "is_main_website": 1, "crawl_mode": 0,
    }  # fmt: skip
    answer = call(agent, "POST", "/v1/ai-agent/crawl_website", body | wishes)
    assert answer.status == 201, f"crawl_website: {answer.status} {answer.body[:300]!r}"
    begun = answer.json
    assert begun["status"] == "crawling" and begun["started_at"], begun
    return begun["run_id"]


def status(agent: Agent, run: str) -> dict:
    runs = call(agent, "GET", f"/v1/ai-agent/crawl_status/{agent.project}/{agent.chatbot}").data()["runs"]
    return next(one for one in runs if one["run_id"] == run)


def wait(agent: Callable[[], Agent], run: str) -> dict:
    """The run as it is when it has ended."""
    until = time.monotonic() + CRAWL_SECONDS
    while time.monotonic() < until:
        now = status(agent(), run)
        if now["status"] != "crawling":
            return now
        time.sleep(0.2)
    raise AssertionError(f"the crawl goes on and on: {now | {'errors': len(now['errors'])}}")
