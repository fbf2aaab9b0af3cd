"""Puts the questions, by the documented calls, and judges what is found, answered and quoted."""

import urllib.request
from dataclasses import dataclass, field

import knowledge
from knowledge import Agent, Known, Knowledge
from sources import Question, Source
from web import LOOKER


@dataclass
class Asked:
    """A question, and what became of it."""

    source: Source
    question: Question
    # Search finds the page or file; a citation is of it; its quotes show what was asked for.
    is_found: bool = False
    is_cited: bool = False
    is_right: bool = False
    quotes: list[tuple[str, str]] = field(default_factory=list)
    # What must never be, whatever the answer: quotes that are not in the source, addresses that do not open.
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        what = "; ".join(f"{place}: {quote[:80]!r}" for place, quote in self.quotes) or "nothing"
        return f"{self.source.name}: {self.question.text} -> {what}"


class Examiner:
    """Asks an agent about what it knows."""

    def __init__(self, agent: Agent, known: Knowledge, origin: str):
        self.agent, self.known, self.origin = agent, known, origin
        self.by_asset = known.by_asset()
        self.versions: dict[tuple[int, int], Known] = {(one.asset, one.version): one for one in self.by_asset.values()}
        self.opened: dict[str, int] = {}

    def place(self, name: str) -> str:
        return self.origin + name if name.startswith("/") else name

    def places(self, source: Source) -> set[str]:
        return {self.place(name) for name in (source.name, *source.twins)}

    def ask(self, source: Source, question: Question) -> Asked:
        asked, right = Asked(source, question), self.places(source)
        hits = self.agent.search(question.text)
        asked.is_found = any((hit["source_url"] or hit["file_name"]) in right for hit in hits)
        data = self.agent.ask(question.text).data()
        for citation in data["citations"]:
            asked.problems += self.faults(citation)
            asked.quotes.append((citation["source_url"] or citation["file_name"], citation["quote"]))
        asked.is_cited = any(place in right for place, _ in asked.quotes)
        asked.is_right = question.is_shown_by("\n".join(quote for place, quote in asked.quotes if place in right))
        return asked

    def faults(self, citation: dict) -> list[str]:
        """What is wrong with a citation as such."""
        here = f"citation of asset {citation['asset_id']} version {citation['version']}"
        source = self.version(citation["asset_id"], citation["version"])
        found = []
        raw = source.text.encode()[citation["start"] : citation["end"]]
        if not raw or raw.decode(errors="replace") != citation["quote"]:
            found.append(f"{here}: bytes {citation['start']}..{citation['end']} are {raw[:80]!r}, quoted is {citation['quote'][:80]!r}")
        place = citation["source_url"] or citation["file_name"]
        if place != source.place:
            found.append(f"{here} names {place}, it is {source.place}")
        if citation["source_url"] and self.open(citation["source_url"]) != 200:
            found.append(f"{here}: {citation['source_url']} answers {self.open(citation['source_url'])}")
        return found

    def version(self, asset: int, version: int) -> Known:
        if (asset, version) not in self.versions:
            text = knowledge.read_text(self.agent, asset, version)["text"]
            self.versions[asset, version] = Known(asset, version, self.by_asset[asset].place, text)
        return self.versions[asset, version]

    def open(self, address: str) -> int:
        """What the address answers to a reader who follows it."""
        if address not in self.opened:
            request = urllib.request.Request(address, headers={LOOKER: "yes"})
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    self.opened[address] = response.status
            except urllib.error.HTTPError as error:
                self.opened[address] = error.code
        return self.opened[address]
