#!/usr/bin/env python3
"""The suite's own rules: for how long something may be in flight."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lib"))

import checks
from disturbed import LONG_BYTES, in_flight
from journal import Again, Kill, fetched_again
from web import Reply, Visit

REPLIES = {
    "/page": Reply(b"<p>Short.</p>"),
    "/long": Reply(b"x" * LONG_BYTES),
    "/paper": Reply(b"%PDF", "application/pdf"),
    "/moved": Reply(status=301, kind=None),
}


def again(target: str, age: float) -> Again:
    """What is told of an answer that had left so long before a kill and was asked for again after it."""
    visits = [Visit(target, 100 - age, 200, "robofy", sent=100 - age), Visit(target, 101, 200, "robofy", sent=101)]
    return fetched_again(visits, [Kill(100, 100.1)], lambda one: in_flight(REPLIES[one]))


def a_page_is_stored_within_half_a_second(_):
    for target in ("/page", "/moved"):
        assert again(target, 0.4).problems == []
        assert len(again(target, 1.5).problems) == 1, target


def a_document_and_a_long_page_may_take_longer(_):
    for target in ("/long", "/paper"):
        assert again(target, 4).problems == []
        assert len(again(target, 6).problems) == 1, target


if __name__ == "__main__":
    sys.exit(checks.run([a_page_is_stored_within_half_a_second, a_document_and_a_long_page_may_take_longer]))
