"""The folder of files: real ones of every kind that is taken, and some that must be refused in plain words."""

import html
import json
from dataclasses import dataclass
from pathlib import Path

from sources import Source
from weave import DOCUMENT

# Words of which one must stand in the reason that a person is told.
REASONS = {
    "encrypted": ("encrypt", "password", "protected"),
    "image only": ("image", "picture", "scan", "no text"),
    "damaged": ("damag", "corrupt", "broken", "invalid"),
}
# Of the folder `pdf`, which has no list of what is in its files: those that cannot be read, and why.
UNREADABLE = {"imagemagick-images.pdf": "image only", "libreoffice-writer-password.pdf": "encrypted"}


@dataclass
class Paper:
    """A file, and whether it is to be refused."""

    source: Source
    body: bytes
    refused: str | None = None

    @property
    def name(self) -> str:
        return self.source.name

    def is_refused_well(self, status: int, detail: str) -> bool:
        told = detail.casefold()
        is_sentence = detail.endswith(".") and len(detail.split()) >= 4
        return status in (400, 415) and is_sentence and any(word in told for word in REASONS[self.refused or "damaged"])


def papers(cases: Path) -> list[Paper]:
    made = []
    for case in json.loads((cases / "files/cases.json").read_text()):
        if case["file"] == DOCUMENT:
            continue
        phrases = case["must_contain"]
        refused = case["expect"].removeprefix("failed: ") if case["expect"].startswith("failed") else None
        source = Source(case["file"], "\n".join(phrases), phrases=phrases)
        made.append(Paper(source, (cases / "files" / case["file"]).read_bytes(), refused))
    for file in sorted((cases / "pdf").glob("*.pdf")):
        # What is in it, the server says; the questions are made of that.
        made.append(Paper(Source(file.name, ""), file.read_bytes(), UNREADABLE.get(file.name)))
    # Pages of public offices, as plain text and as a saved page.
    offices = json.loads((cases / "dialogues/doc2dial.json").read_text())["documents"]
    for office, kind in zip(offices[::20], ("txt", "html"), strict=False):
        made.append(saved(office, kind))
    return made


def saved(office: dict, kind: str) -> Paper:
    text = office["text"]
    name = f"{office['domain']}.{kind}"
    if kind == "html":
        blocks = "".join(f"<p>{html.escape(block)}</p>\n" for block in text.split("\n") if block.strip())
        body = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{html.escape(office["id"])}</title></head><body>\n{blocks}</body></html>'
    else:
        body = text
    return Paper(Source(name, text), body.encode())
