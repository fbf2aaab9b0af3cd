"""What the site's own journal says of the crawler."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from web import Visit
from weave import DEPTH, FORBIDDEN, Woven

# The site's rules and lists, which a crawl that goes on reads anew.
RULES = ("/robots.txt", "/sitemap")
# Pages that the crawler has under way at once.
AT_ONCE = 4


@dataclass(frozen=True)
class Kill:
    """When the server was killed: the last moment at which it lived for certain, and the first at which it was dead."""

    before: float
    after: float


def trespasses(woven: Woven, elsewhere: list[Visit]) -> list[str]:
    """What was asked for and should not have been."""
    visits = woven.site.visits()
    found = [f"another site was asked for {visit.target}" for visit in elsewhere]
    for visit in visits:
        if visit.target.startswith(tuple(FORBIDDEN)) and not visit.target.startswith("/private/open/"):
            found.append(f"{visit.target} was asked for")
        if "utm_" in visit.target:
            found.append(f"{visit.target} was asked for with what says where a reader came from")
        if "robofy" not in visit.agent.casefold():
            found.append(f"{visit.target} was asked for by {visit.agent!r}")
    # The first month is a link away from the home page, and the months before and after it lead on.
    for trap, fewest, most in (("/calendar/", 3, 2 * DEPTH - 1), ("/deeper/", 1, 5)):
        times = sum(visit.target.startswith(trap) for visit in visits)
        if not fewest <= times <= most:
            found.append(f"{times} pages below {trap} were asked for, not {fewest} to {most}")
    return found


def repeats(visits: list[Visit]) -> list[str]:
    """What was asked for twice, but for a page that was busy."""
    times = Counter(visit.target for visit in visits if visit.status != 503)
    return [f"{target} was asked for {count} times" for target, count in times.items() if count > 1]


@dataclass
class Again:
    """Pages that were fetched again after a kill."""

    problems: list[str]
    # How many for each kill.
    times: list[int]
    # For how long the answers had been sent when the server was killed, in seconds.
    ages: list[float]


def fetched_again(visits: list[Visit], kills: list[Kill], in_flight: Callable[[str], float]) -> Again:
    """Only what was in flight at a kill may be fetched again: asked for before it, and answered, if at all, no more than
    the target's seconds before it."""
    again = Again([], [0] * len(kills), [])
    by_target: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.status != 503 and not visit.target.startswith(RULES):
            by_target[visit.target].append(visit)
    for target, those in by_target.items():
        for first, second in zip(those, those[1:], strict=False):
            between = [number for number, kill in enumerate(kills) if first.begun <= kill.after and second.begun >= kill.before]
            if not between:
                again.problems.append(f"{target} was fetched twice, with no kill between")
                continue
            age = max(0.0, kills[between[0]].before - (first.sent or kills[between[0]].before))
            again.times[between[0]] += 1
            again.ages.append(age)
            if age > in_flight(target):
                again.problems.append(f"{target} was fetched again, though its answer had left {age:.2f} s before the kill")
    for number, times in enumerate(again.times, 1):
        if times > AT_ONCE:
            again.problems.append(f"{times} pages were fetched again after kill {number}; {AT_ONCE} are under way at once")
    return again
