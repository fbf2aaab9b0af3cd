"""The pages of the site, made of the cases: real pages as they are, and real texts in a template of our own."""

import csv
import html
import io
import json
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from sources import Source
from web import Reply
from words import of_html

# Paragraphs on a part of an article, and on its first page.
PART, FIRST = 12, 4
# What stands on every page of the template.
COOKIES = "We use cookies to remember how far you have read, and nothing else."
FOOTER = "The Reading Room, 4 Quay Street, Galway. Open from Monday to Saturday, nine to five."
MENU = [("/", "Home"), ("/library/", "Library"), ("/reading/", "Reading list"), ("/shops/", "Shops"), ("/world/", "World"), ("/calendar/2026/11/", "Calendar")]


@dataclass
class Page:
    """A page with something to learn."""

    path: str
    source: Source
    title: str
    # Its content, for the template; or its bytes, as they are.
    main: str = ""
    raw: bytes | None = None
    charset: str = "utf-8"
    # Where it says in what it is written.
    says_charset: str = "both"
    links: list[tuple[str, str]] = field(default_factory=list)
    # Whether the first page of its article leads to it.
    is_linked: bool = True

    def reply(self) -> Reply:
        if self.raw is not None:
            return Reply(self.raw, "text/html" if b"charset" in self.raw[:2000].lower() else "text/html; charset=utf-8")
        # The web's name for the wider set is that of the narrower.
        name = {"cp932": "shift_jis"}.get(self.charset, self.charset)
        text = template(self.title, self.main, self.links, charset=name if self.says_charset != "head" else None)
        # With a mark at its beginning where it is UTF-16.
        kind = "text/html" if self.says_charset == "meta" else f"text/html; charset={name}"
        return Reply(text.encode(self.charset), kind)


def template(title: str, main: str, links: list[tuple[str, str]], charset: str | None = "utf-8", head: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    menu = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in MENU)
    more = "".join(f'<li><a href="{html.escape(path)}">{html.escape(name)}</a></li>' for path, name in links)
    more = f"<ul>{more}</ul>" if more else ""
    return (
        f"<!DOCTYPE html>\n<html><head>{meta}<title>{html.escape(title)} | The Reading Room</title>{head}</head>\n<body>\n"
        f'<div class="top"><a href="/">The Reading Room</a><nav><ul>{menu}</ul></nav></div>\n<div><p>{COOKIES}</p></div>\n'
        f"<main><h1>{html.escape(title)}</h1>\n{main}\n{more}</main>\n<div><p>{FOOTER}</p></div>\n</body></html>\n"
    )


def paragraphs(texts: list[str]) -> str:
    return "\n".join(f"<p>{html.escape(text)}</p>" for text in texts)


def address(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")


def parts(title: str, entries: list[dict], path: str, number: int) -> Page:
    """A page of an article of a question set, with the questions that were asked about it."""
    name = title.replace("_", " ")
    texts = [entry["context"] for entry in entries]
    pairs = [pair for entry in entries for pair in pairs_of(entry)]
    source = Source(path, "\n".join(texts), given=pairs)
    return Page(path, source, name if number == 1 else f"{name}, part {number}", paragraphs(texts))


def pairs_of(entry: dict) -> list[tuple[str, list[str]]]:
    found = []
    for qa in entry["qas"]:
        answers = [answer if isinstance(answer, str) else answer["text"] for answer in qa["answers"]]
        if answers and not qa.get("is_impossible"):
            found.append((qa["question"], answers))
    return found


def articles(cases: Path) -> dict[str, list[Page]]:
    """The library: each article on pages of its own, the first of which is its overview."""
    library = {}
    for article in json.loads((cases / "retrieval/squad_dev_part.json").read_text())["data"]:
        slug, entries = address(article["title"]), article["paragraphs"]
        cuts = [entries[:FIRST], *(entries[at : at + PART] for at in range(FIRST, len(entries), PART))]
        library[slug] = [
            parts(article["title"], cut, f"/library/{slug}/" + (str(number) if number > 1 else ""), number)
            for number, cut in enumerate(cuts, 1)
        ]
    return library


# Pages of the world, in the character sets that its sites are written in: language, character set, and where it is said.
WORLD = [
    ("es", "windows-1252", "head"),
    ("es", "windows-1252", "meta"),
    ("es", "utf-8", "both"),
    ("zh", "utf-16", "head"),
    ("zh", "gb18030", "meta"),
    ("zh", "utf-8", "head"),
]


def world(cases: Path) -> list[Page]:
    """Articles in other languages and character sets, none of which is in the library."""
    known = {article["title"] for article in json.loads((cases / "retrieval/squad_dev_part.json").read_text())["data"]}
    made = []
    for language, charset, says in WORLD:
        every = json.loads((cases / f"retrieval/xquad.{language}.json").read_text())["data"]
        article = next(article for article in every if article["title"] not in known and is_in(article, charset))
        known.add(article["title"])
        page = parts(article["title"], article["paragraphs"], f"/world/{language}/{address(article['title'])}.html", 1)
        page.charset, page.says_charset = charset, says
        made.append(page)
    made.append(japanese(cases))
    return made


def is_in(article: dict, charset: str) -> bool:
    try:
        "".join(entry["context"] for entry in article["paragraphs"]).encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def japanese(cases: Path) -> Page:
    """A table of people, in Shift JIS, as it was saved."""
    given = (cases / "files/markitdown-test_mskanji.csv").read_bytes().decode("cp932")
    rows = list(csv.reader(io.StringIO(given)))
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    phrases = next(case["must_contain"] for case in case_list(cases, "files") if case["file"] == "markitdown-test_mskanji.csv")
    source = Source("/world/ja/meibo.html", "\n".join(" ".join(row) for row in rows), phrases=phrases)
    return Page(source.name, source, "名簿", f"<table>{cells}</table>", charset="cp932", says_charset="meta")


def case_list(cases: Path, folder: str) -> list[dict]:
    return json.loads((cases / folder / "cases.json").read_text())


def real(cases: Path) -> list[Page]:
    """Pages that were found on the web, as they are."""
    made = []
    for folder in sorted(path for path in (cases / "html").iterdir() if path.is_dir()):
        text = of_html((folder / "expected.html").read_text())
        title = json.loads((folder / "expected-metadata.json").read_text()).get("title") or folder.name
        path = f"/reading/{folder.name}.html"
        made.append(Page(path, Source(path, text), title, raw=(folder / "source.html").read_bytes()))
    return made


def shops(cases: Path) -> list[Page]:
    """Pages of small businesses."""
    made = []
    for case in case_list(cases, "business"):
        raw = (cases / "business" / case["file"]).read_bytes()
        path = f"/shops/{case['file']}"
        made.append(Page(path, Source(path, of_html(raw.decode()), phrases=case["must_contain"]), case["file"], raw=raw))
    return made


def relinked(page: Page, targets: list[str]) -> bytes:
    """A real page whose links within its own site lead to pages of this one; those to other sites stay."""

    def lead(found: re.Match[bytes]) -> bytes:
        href = found[3]
        if re.match(rb"(?i)[a-z][a-z0-9+.-]*:|//|#", href) or not href:
            return found[0]
        target = targets[zlib.crc32(href) % len(targets)]
        return found[1] + found[2] + target.encode() + found[2]

    return re.sub(rb"""(?is)(<a\b[^>]*?\bhref\s*=\s*)(["'])(.*?)\2""", lead, page.raw or b"")
