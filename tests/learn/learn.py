#!/usr/bin/env python3
"""Teaches an agent a website of more than 100 real pages and a folder of real files, and asks about each of them:
`learn.py sqlite|postgres [--seed N] [--kills N]`.

First without disturbance: what is known, what is found, what is answered, with citations that open the right page or
file. Then once more with the server killed (SIGKILL) at random in the middle: the same must be known in the end, and the
site's own journal must show no page fetched twice but those in flight at a kill.

The server is `$ROBOFY_PROGRAM` (default `target/debug/robofy` of this repository), the cases are in `$ROBOFY_CASES`.
"""

import argparse
import contextlib
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import asking
import disturbed
import journal
import knowledge
from knowledge import Agent, Knowledge
from papers import Paper, papers
from program import Program, database
from sources import Source, rarity_of
from weave import DEPTH, EXCLUDED, MOST_PAGES, Woven, weave
from web import Site
from words import plain, twins

OPEN = ("--allow-public-network", "127.0.0.1/32")
# The crawl of the site, as it is asked for.
WISHES = {"max_crawl_pages": MOST_PAGES, "max_crawl_depth": DEPTH, "exclude_urls": EXCLUDED}
# Of the questions so many must be answered with a citation of the page or file that was asked about, and so many with
# one whose quote shows what was asked for.
CITED, ANSWERED = 0.95, 0.85


class Verdicts:
    """What was looked at, and what became of it."""

    def __init__(self, engine: str):
        self.engine, self.passed, self.failed = engine, 0, 0
        self.last = time.monotonic()

    def tell(self, what: str, problems: list[str]) -> None:
        now = time.monotonic()
        word = "FAILED" if problems else "ok"
        print(f"{word:6} {now - self.last:5.1f} s  {self.engine}: {what}", flush=True)
        for problem in problems[:30]:
            print(f"         {problem}", flush=True)
        if len(problems) > 30:
            print(f"         and {len(problems) - 30} more")
        self.last = now
        self.passed, self.failed = self.passed + (not problems), self.failed + bool(problems)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=["sqlite", "postgres"])
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--kills", type=int, default=4)
    arguments = parser.parse_args()
    cases = Path(os.environ["ROBOFY_CASES"]).resolve()
    print(f"learn {arguments.engine}: {arguments.kills} kills, seed {arguments.seed}", flush=True)
    verdicts = Verdicts(arguments.engine)
    site, elsewhere = Site(), Site()
    try:
        woven = weave(cases, site, elsewhere)
        folder = papers(cases)
        sources = [*woven.sources, *(paper.source for paper in folder if not paper.refused)]
        with fresh(arguments.engine) as program:
            calm, requests = undisturbed(program, woven, elsewhere, folder, sources, verdicts)
        with fresh(arguments.engine) as program:
            chance = random.Random(arguments.seed)
            lesson = disturbed.Lesson(woven, folder, requests, WISHES)
            killed = lesson.learnt(disturbed.Host(program, OPEN), arguments.kills, chance)
        compare(calm, killed, verdicts)
    finally:
        site.close()
        elsewhere.close()
    print(f"{verdicts.passed} passed, {verdicts.failed} failed, 0 skipped", flush=True)
    return 1 if verdicts.failed or not verdicts.passed else 0


@contextlib.contextmanager
def fresh(engine: str) -> Iterator[Program]:
    """The program with a new data folder and an empty database."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="robofy-learn-")))
        settings = stack.enter_context(database(folder)) if engine == "postgres" else {}
        yield Program(folder, settings)


def pair(sources: list[Source]) -> None:
    """Tells sources that say the same: either may be quoted, and a site's copies are known once."""
    alike = twins({source.name: source.text for source in sources if source.text})
    said = {source.name: plain(source.text) for source in sources}
    for source in sources:
        source.twins |= alike.get(source.name, set())
        phrases = [plain(phrase) for phrase in source.phrases]
        for other in sources:
            if other is not source and phrases and all(phrase in said[other.name] for phrase in phrases):
                source.twins.add(other.name)
                other.twins.add(source.name)


def undisturbed(program: Program, woven: Woven, elsewhere: Site, folder: list[Paper], sources: list[Source], verdicts: Verdicts) -> tuple[Knowledge, int]:
    """What is known in the end, and for how many addresses the site was asked."""
    site = woven.site
    facts = program.quickstart()
    with program.serve(*OPEN) as server:
        agent = Agent.of(server, facts)
        begun = time.monotonic()
        run = knowledge.crawl(agent, f"{site.origin}/", **WISHES)
        upload(agent, folder, verdicts)
        ended = knowledge.wait(lambda: agent, run)
        took = time.monotonic() - begun
        known = knowledge.read(agent)
        verdicts.tell(
            f"a crawl of {len(site.visits())} requests: {ended['pages_found']} pages found, {ended['pages_crawled']} read, "
            f"{ended['pages_failed']} failed, {len(known.by_place)} sources known, {took:.1f} s",
            [] if ended["status"] == "completed" and not ended["notice"] else [f"{ended['status']}: {ended['notice']}"],
        )
        pair(sources)
        verdicts.tell("what is known of the site is what it has to say", outcome(woven, known))
        verdicts.tell("the owner is told what could not be read", failures(woven, ended))
        repeated = journal.repeats(site.visits())
        verdicts.tell("the crawler kept to its rules, and asked for nothing twice", journal.trespasses(woven, elsewhere.visits()) + repeated)
        requests = len(site.targets())
        examine(agent, known, sources, site, verdicts)
        again(agent, woven, known, verdicts)
        capped(agent, woven, verdicts)
    return known, requests


def upload(agent: Agent, folder: list[Paper], verdicts: Verdicts) -> None:
    """Every file at once taken in, or refused in words that a person understands."""
    problems, kinds, refusals = [], set(), 0
    for paper in folder:
        answer = agent.teach_file(paper.name, paper.body)
        if paper.refused:
            refusals += 1
            detail = answer.json["error"]["detail"] if answer.status >= 400 else "it was taken"
            if not paper.is_refused_well(answer.status, detail):
                problems.append(f"{paper.name} ({paper.refused}): {answer.status} {detail}")
        elif answer.status != 201 or answer.json["data"]["status"] != "Processing":
            problems.append(f"{paper.name}: {answer.status} {answer.body[:200]!r}")
        else:
            kinds.add(Path(paper.name).suffix.removeprefix("."))
            if not paper.source.text:
                paper.source.text = knowledge.read_text(agent, answer.json["data"]["asset_id"])["text"]
    taken = len(folder) - refusals
    verdicts.tell(f"{taken} files of {len(kinds)} kinds ({', '.join(sorted(kinds))}) taken in, {refusals} refused with their reason", problems)


def outcome(woven: Woven, known: Knowledge) -> list[str]:
    """The differences between what should be known of the site and what is."""
    origin = woven.site.origin
    found = [f"{place} is known twice" for place in known.doubled]
    wanted = {source.name for source in woven.sources}
    paths = {place.removeprefix(origin) for place in known.by_place if place.startswith(origin)}
    for source in woven.sources:
        if not paths & {source.name, *source.twins}:
            found.append(f"{source.name} is not known")
    found += [f"{path} is known, and is no page of its own" for path in sorted(paths - wanted) if not woven.is_own(path)]
    for word in ("We use cookies", "4 Quay Street", "walruses", "Nobody may read this"):
        times = sum(word in one.text for one in known.by_place.values())
        # What stands on every page is kept on one of them.
        if times > (1 if word in ("We use cookies", "4 Quay Street") else 0):
            found.append(f"{word!r} stands in {times} texts")
    return found


def failures(woven: Woven, run: dict) -> list[str]:
    told = {error["url"]: error["error"] for error in run["errors"]}
    return [
        f"{path}: {told.get(woven.site.origin + path)!r} does not say {word!r}"
        for path, word in woven.failures.items()
        if word not in told.get(woven.site.origin + path, "")
    ]


def examine(agent: Agent, known: Knowledge, sources: list[Source], site: Site, verdicts: Verdicts) -> None:
    """Asks about every page and file."""
    rarity, examiner = rarity_of(sources), asking.Examiner(agent, known, site.origin)
    asked = [examiner.ask(source, question) for source in sources for question in source.questions(rarity)]
    unseen = [source.name for source in sources if not any(one.is_found for one in asked if one.source is source)]
    verdicts.tell(f"search finds {len(sources) - len(unseen)} of {len(sources)} pages and files", [f"{name} is not found" for name in unseen])
    verdicts.tell(
        f"{sum(len(one.quotes) for one in asked)} citations are in the text that is stored, and open",
        [problem for one in asked for problem in one.problems],
    )
    for one in asked:
        if not one.is_right:
            print(f"  missed {one}", flush=True)
    told(sources, asked, "cited", CITED, [one.is_cited for one in asked], verdicts)
    told(sources, asked, "answered with a quote that shows it", ANSWERED, [one.is_right for one in asked], verdicts)


def told(sources: list[Source], asked: list[asking.Asked], what: str, wanted: float, held: list[bool], verdicts: Verdicts) -> None:
    share = sum(held) / len(asked)
    about = {one.source.name for one, holds in zip(asked, held, strict=True) if holds}
    verdicts.tell(
        f"of {len(asked)} questions {sum(held)} are {what} ({share:.1%}, at least {wanted:.0%}), about {len(about)} of {len(sources)} pages and files",
        [] if share >= wanted else ["that is too few"],
    )


def again(agent: Agent, woven: Woven, known: Knowledge, verdicts: Verdicts) -> None:
    """The same site once more: nothing has changed, so nothing is sent, and no version is made."""
    woven.site.forget()
    ended = knowledge.wait(lambda: agent, knowledge.crawl(agent, f"{woven.site.origin}/", **WISHES))
    later = knowledge.read(agent)
    problems = [] if ended["status"] == "completed" else [f"{ended['status']}: {ended['notice']}"]
    problems += [f"{place} has changed" for place, one in known.by_place.items() if later.by_place.get(place) != one]
    problems += [f"{place} is new" for place in later.by_place if place not in known.by_place]
    whole = {visit.target for visit in woven.site.visits() if visit.status == 200}
    problems += [f"{place} was sent whole" for place in known.by_place if place.removeprefix(woven.site.origin) in whole]
    same = sum(visit.status == 304 for visit in woven.site.visits())
    verdicts.tell(f"a second crawl changes nothing: {same} pages were not sent again", problems)


def capped(agent: Agent, woven: Woven, verdicts: Verdicts) -> None:
    """A crawl of few pages, one of few links, and one of chosen addresses end where they are to."""
    problems = []
    with twin_site(woven) as site:
        ended = crawled(agent, f"{site.origin}/", max_crawl_pages=10)
        problems += [] if ended["pages_crawled"] == 10 else [f"10 pages were asked for, {ended['pages_crawled']} read"]
    with twin_site(woven) as site:
        crawled(agent, f"{site.origin}/world/", max_crawl_depth=1)
        near = set(re.findall(r'href="([^"]+)"', site.replies["/world/"].body.decode())) | {"/world/"}
        strays = {visit.target for visit in site.visits()} - near - {"/robots.txt"}
        problems += [f"{target} is more than one link away" for target in strays]
        problems += [f"{target} was not asked for" for target in near - {visit.target for visit in site.visits()}]
    with twin_site(woven) as site:
        crawled(agent, f"{site.origin}/", max_crawl_depth=2, include_urls=["/shops/*"], exclude_urls=["*-faq.html"])
        strays = {visit.target for visit in site.visits()} - {"/", "/robots.txt"}
        problems += [f"{target} was not wished for" for target in strays if not target.startswith("/shops/") or "-faq" in target]
        problems += [] if len(strays) == 5 else [f"asked for was {sorted(strays)}"]
    verdicts.tell("crawls end after as many pages and links as were asked for, and stay with the addresses that were", problems)


def crawled(agent: Agent, url: str, **wishes) -> dict:
    return knowledge.wait(lambda: agent, knowledge.crawl(agent, url, use_sitemap="0", **wishes))


@contextlib.contextmanager
def twin_site(woven: Woven) -> Iterator[Site]:
    """The same pages at another address, with a journal of its own."""
    site = Site()
    site.replies, site.made = woven.site.replies, woven.site.made
    try:
        yield site
    finally:
        site.close()


def compare(calm: Knowledge, killed: "disturbed.Killed", verdicts: Verdicts) -> None:
    again = killed.again
    oldest = max(again.ages, default=0.0)
    verdicts.tell(
        f"killed {len(killed.kills)} times ({', '.join(killed.moments)}): {sum(again.times)} pages in flight were fetched again, "
        f"{max(again.times, default=0)} after a kill at most; their answers had left {oldest * 1000:.0f} ms before it at most",
        killed.problems + again.problems,
    )
    one, other = calm.hashes(), killed.known.hashes()
    problems = [f"{place} is known twice" for place in killed.known.doubled]
    problems += [f"{place} is not known" for place in one.keys() - other.keys()]
    problems += [f"{place} is known, and was not without the kills" for place in other.keys() - one.keys()]
    problems += [f"{place} reads otherwise" for place in one.keys() & other.keys() if one[place] != other[place]]
    verdicts.tell(f"the same {len(other)} sources are known as without the kills, word by word", problems)


if __name__ == "__main__":
    sys.exit(main())
